import { RUN_WORDS } from "../cli/words.ts";
import type { Status } from "../observe/status.ts";
import { cliExecutable } from "../operate/curvine_cli.ts";
import { ConfigError, type Problem } from "../plan/config_error.ts";
import { curvinePaths } from "../plan/curvine/paths.ts";
import { detectMode } from "../plan/detect_mode.ts";
import { nativePaths } from "../plan/fluid/load_paths.ts";
import { type Draft, draftPlan } from "../plan/generate/generate_plan.ts";
import { masterEndpoints } from "../plan/generate/masters.ts";
import type { Inputs } from "../plan/inputs.ts";
import { namesSecretFile } from "../plan/secrets.ts";
import { NOTHING_SET, type PlanSettings, readSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import { readSmall } from "../system/read_small.ts";
import { resolveHost } from "../system/resolve_host.ts";
import { userId } from "../system/user_id.ts";
import { askFolder } from "../tools/doctor/ask_folder.ts";
import type { KnownMasters, Patient } from "../tools/doctor/patient.ts";
import { LIMITS } from "../tools/doctor/time_limits.ts";
import { controlClientFor } from "./control_client_for.ts";
import { doctorWorld } from "./doctor_world.ts";
import { inputsOf } from "./inputs_of.ts";
import { inputsOfJob } from "./inputs_of_job.ts";
import { mastersOfJob } from "./masters_of_job.ts";

/**
 * Who is examined: this container as its first process sees it, or what a person names.
 *
 * @param operands the component's word, or none
 */
export function patientOf(operands: readonly string[], host: Host): Patient {
  const { env } = host;
  const words = operands.length > 0 ? operands : wordsOfFirst(readSmall("/proc/1/cmdline") ?? "");
  const { settings, badSettings } = settingsOf(host);
  const secretFiles = new Map<string, boolean>();
  const inputs = { ...inputsOf(host, words, settings), pipesHold: host.pipesHold };
  const detection = detectMode(inputs);
  const { hostname } = inputs;
  const isDataLoad = operands.length === 0 &&
    ("FLUID_DATALOAD_DATA_PATH" in env || /-loader-job(-|$)/.test(hostname));
  const { draft, unusable } = drafted(() =>
    draftPlan({ ...inputs, readFile: watched(inputs, secretFiles) }, detection)
  );
  if (draft !== undefined) lookAtMounts(draft, inputs, secretFiles);
  const isPod = Boolean(env["KUBERNETES_SERVICE_HOST"]);
  const world = doctorWorld();
  const program = draft?.plan.process.argv[0];
  return {
    env,
    hostname,
    user: userId(),
    isDataLoad,
    isPod,
    isHere: !isDataLoad &&
      (isPod || (program !== undefined && world.cannotExecute(program) === undefined)),
    detection,
    draft,
    unusable,
    badSettings,
    cli: cliExecutable(env, curvinePaths(env).home),
    secretFiles,
    masters: once(() => mastersOf(draft, isDataLoad, host)),
    status: once(() => statusOf(host)),
    folder: onceForEach((path) => askFolder(path, world)),
    world,
  };
}

/** The words of the container's first process: they may be all that names the component. */
function wordsOfFirst(commandLine: string): string[] {
  const [, ...words] = commandLine.split("\0");
  return words.filter((word) => RUN_WORDS.includes(word)).slice(0, 1);
}

function settingsOf(
  { env }: Host,
): { readonly settings: PlanSettings; readonly badSettings: readonly Problem[] } {
  try {
    return { settings: readSettings(env), badSettings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { settings: NOTHING_SET, badSettings: error.problems };
  }
}

function drafted(
  make: () => Draft,
): { readonly draft: Draft | undefined; readonly unusable: ConfigError | undefined } {
  try {
    return { draft: make(), unusable: undefined };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { draft: undefined, unusable: error };
  }
}

/** Reads files, and writes down which secret ones could be. */
function watched(
  { readFile }: Pick<Inputs, "readFile">,
  secretFiles: Map<string, boolean>,
): Inputs["readFile"] {
  return (path) => {
    if (!namesSecretFile(path)) return readFile(path);
    secretFiles.set(path, false);
    const content = readFile(path);
    secretFiles.set(path, content !== undefined);
    return content;
  };
}

/** A master's `mount-ufs` reads the secrets of the Dataset's mounts, though its plan does not. */
function lookAtMounts(
  { plan, config }: Draft,
  inputs: Pick<Inputs, "readFile">,
  secretFiles: Map<string, boolean>,
): void {
  if (plan.mode !== "cache-runtime" || plan.component !== "master") return;
  const read = watched(inputs, secretFiles);
  for (const { options, encryptOptions } of config?.mounts ?? []) {
    const values = [...Object.values(options), ...Object.values(encryptOptions)];
    for (const value of values.filter(namesSecretFile)) {
      try {
        read(value);
      } catch {
        // It is written down as one that cannot be read.
      }
    }
  }
}

function mastersOfFile(inputs: Inputs): KnownMasters {
  const { draft, unusable } = drafted(() => draftPlan(inputs));
  if (draft === undefined) {
    return { ok: false, tried: unusable === undefined ? [] : [unusable.message] };
  }
  const endpoints = masterEndpoints(draft.plan.config.toml);
  return { ok: true, endpoints, how: draft.subject, native: nativePaths(draft.config) };
}

async function mastersOf(
  draft: Draft | undefined,
  isDataLoad: boolean,
  host: Host,
): Promise<KnownMasters> {
  if (isDataLoad) {
    const { inputs } = inputsOfJob(host);
    if (inputs !== undefined) return mastersOfFile(inputs);
    return await mastersOfJob({
      masters: [],
      dataset: undefined,
      namespace: undefined,
      resolve: (name) => resolveHost(name, LIMITS.resolve),
      labelsLimit: LIMITS.labels,
      say: () => {},
    }, host);
  }
  if (draft === undefined) return { ok: false, tried: [] };
  const { subject, plan } = draft;
  return { ok: true, endpoints: masterEndpoints(plan.config.toml), how: subject };
}

async function statusOf(host: Host): Promise<Status | undefined> {
  const answer = await askSupervisor("GET", "/status", controlClientFor(host, LIMITS.supervisor));
  return answer?.status === 200 ? JSON.parse(answer.body) as Status : undefined;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => value ??= make();
}

function onceForEach<Value>(
  make: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const made = new Map<string, Promise<Value>>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
