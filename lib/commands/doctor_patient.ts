import { RUN_WORDS } from "../cli/words.ts";
import type { Status } from "../observe/status.ts";
import { ConfigError } from "../plan/config_error.ts";
import { detectMode } from "../plan/detect_mode.ts";
import { draftPlan } from "../plan/generate/generate_plan.ts";
import { masterEndpoints } from "../plan/generate/masters.ts";
import type { Host } from "../ports/host.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import { disposableChild } from "../system/disposable_child.ts";
import { askAlone } from "../system/probe_child.ts";
import { readLink } from "../system/read_link.ts";
import { readSmall } from "../system/read_small.ts";
import { childNames } from "../system/read_tree.ts";
import { lookUpHost, resolveHost } from "../system/resolve_host.ts";
import { systemSockets } from "../system/sockets.ts";
import { userId } from "../system/user_id.ts";
import type { DoctorWorld, KnownMasters, Patient } from "../tools/doctor/patient.ts";
import { LIMITS } from "../tools/doctor/time_limits.ts";
import { controlClientFor } from "./control_client_for.ts";
import { inputsOf } from "./inputs_of.ts";
import { mastersOfJob } from "./masters_of_job.ts";

/**
 * Who is examined: this container as its first process sees it, or what a person names.
 *
 * @param operands the component's word, or none
 */
export async function patientOf(operands: readonly string[], host: Host): Promise<Patient> {
  const { env } = host;
  const words = operands.length > 0 ? operands : wordsOfFirst(readSmall("/proc/1/cmdline") ?? "");
  // On this machine it is not planned to happen: a splice that is refused is a finding of its own.
  const inputs = inputsOf(host, words);
  const detection = detectMode(inputs);
  const { hostname } = inputs;
  const isDataLoad = operands.length === 0 &&
    ("FLUID_DATALOAD_DATA_PATH" in env || /-loader-job(-|$)/.test(hostname));
  const drafted = await draftPlan(inputs, detection).catch((error) => {
    if (error instanceof ConfigError) return error;
    throw error;
  });
  const [draft, unusable] = drafted instanceof ConfigError
    ? [undefined, drafted]
    : [drafted, undefined];
  const known = async (): Promise<KnownMasters> => {
    if (draft !== undefined && !isDataLoad) {
      return {
        ok: true,
        endpoints: masterEndpoints(draft.plan.config.toml),
        how: draft.subject,
      };
    }
    return isDataLoad ? await ofJob(host) : { ok: false, tried: [] };
  };
  let masters: Promise<KnownMasters> | undefined;
  return {
    env,
    hostname,
    user: userId(),
    isDataLoad,
    isPod: Boolean(env["KUBERNETES_SERVICE_HOST"]),
    detection,
    draft,
    unusable,
    masters: () => masters ??= known(),
    world: worldOf(host),
  };
}

/** The words of the container's first process: they may be all that names the component. */
function wordsOfFirst(commandLine: string): string[] {
  const [, ...words] = commandLine.split("\0");
  return words.filter((word) => RUN_WORDS.includes(word)).slice(0, 1);
}

async function ofJob(host: Host): Promise<KnownMasters> {
  return await mastersOfJob({
    masters: [],
    dataset: undefined,
    namespace: undefined,
    resolve: (name) => resolveHost(name, LIMITS.resolve),
    labelsLimit: LIMITS.labels,
    say: () => {},
  }, host);
}

function worldOf(host: Host): DoctorWorld {
  return {
    read: readSmall,
    names: childNames,
    readLink,
    ask: askAlone,
    child: disposableChild,
    lookup: lookUpHost,
    connectTcp: systemSockets.connectTcp,
    async status(limit): Promise<Status | undefined> {
      const answer = await askSupervisor("GET", "/status", controlClientFor(host, limit));
      return answer?.status === 200 ? JSON.parse(answer.body) as Status : undefined;
    },
    now: () => performance.now(),
    date: () => Date.now(),
  };
}
