import { ConfigError, type Problem, problemLine } from "../../plan/config_error.ts";
import { loadJson } from "../../plan/fluid/load_json.ts";
import { SECRETS_FOLDER } from "../../plan/secrets.ts";
import { checkRuntimeFile } from "../../plan/fluid/check_runtime_file.ts";
import { draftPlan } from "../../plan/generate/generate_plan.ts";
import { readSettings, settingSpecs } from "../../plan/settings.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { VARIABLES } from "../explain/variables.ts";
import type { Inputs } from "../../plan/inputs.ts";
import type { Warning } from "../../plan/plan.ts";
import type { Found } from "./found.ts";
import type { HandedComponent, HandedFile } from "./handed_file.ts";
import type { Manifest } from "./manifest.ts";
import type { Place } from "./yaml_documents.ts";

/** Checks a derived file as each component would read it; what is found leads to the manifests. */
export function checkHanded(
  handed: HandedFile,
  inputs: Inputs,
  found: Found,
): void {
  const bytes = new TextEncoder().encode(JSON.stringify(handed.value, textOfBig));
  const told = new Set<string>();
  const at = (path: string): { manifest: Manifest; place: Place } => handed.origins.find(path);
  for (const { message } of checkRuntimeFile(loadJson(bytes, "it").value).warnings) {
    throw new Error(`a runtime config was derived in which ${message}`);
  }
  for (const component of handed.components) {
    const draft = draftOf(component, handed, bytes, inputs);
    const problems = [...draft.problems, ...settingProblems(component)];
    const warnings = [...draft.warnings, ...settingWarnings(component)];
    if (handed.runtime === "thin" && awaitsMount(handed, component, problems)) {
      const { manifest, place } = at("mounts");
      found.warn(
        manifest,
        place,
        "no-mount-yet",
        "has no mount yet: the client waits for the first",
      );
      continue;
    }
    for (const problem of problems.filter((one) => !told.has(problemLine(one)))) {
      told.add(problemLine(problem));
      if (isOfUnknown(problem, component)) continue;
      const { manifest, place } = at(problem.path);
      if (found.knows(manifest, place)) continue;
      found.at(manifest, place, withPath(problem, handed), problem.hint);
    }
    for (const warning of warnings.filter(({ message }) => !told.has(message))) {
      told.add(warning.message);
      if (isOfUnknown({ path: "", ...warning }, component)) continue;
      const { manifest, place } = at(warning.path ?? "");
      found.warn(manifest, place, warning.code, withoutPath(warning, handed));
    }
  }
}

/** A Dataset without mounts: whoever starts waits for the first one. */
function awaitsMount(
  { value }: HandedFile,
  { env }: HandedComponent,
  problems: readonly Problem[],
): boolean {
  const mounts = value["mounts"];
  return Array.isArray(mounts) && mounts.length === 0 && !env["CURVINE_MOUNT_POINT"] &&
    problems.every(({ path }) => path.startsWith("mounts[0]."));
}

/** Settings of ours among a container's variables: a wrong one ends every start. */
function settingProblems({ env }: HandedComponent): readonly Problem[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

function settingWarnings({ env }: HandedComponent): Warning[] {
  const known = [
    ...Object.values(settingSpecs()).map(({ variable }) => variable),
    ...VARIABLES.flatMap(({ names }) => names),
  ];
  return Object.keys(env).filter((name) => /^CURVINE_FLUID_/.test(name) && !known.includes(name))
    .flatMap((name): Warning[] => {
      const near = nearestName(name, known);
      return near === undefined
        ? []
        : [{ code: "unknown-setting", message: `$${name} is no setting; did you mean ${near}?` }];
    });
}

function draftOf(
  { env }: HandedComponent,
  handed: HandedFile,
  bytes: Uint8Array<ArrayBuffer>,
  inputs: Inputs,
): { problems: readonly Problem[]; warnings: readonly Warning[] } {
  try {
    const { problems, plan } = draftPlan({
      ...inputs,
      env: { ...inputs.env, ...env },
      hostname: env["HOSTNAME"] ?? "",
      isFile: (path) => path === handed.path || inputs.isFile(path),
      readFile: (path) =>
        path === handed.path
          ? bytes
          // No secret is at hand; whether it is in the cluster is not the manifests' fault.
          : path.startsWith(SECRETS_FOLDER)
          ? new Uint8Array()
          : inputs.readFile(path),
    });
    return { problems, warnings: plan.warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems, warnings: [] };
  }
}

/** Whether a problem is that something is missing which a variable of unknown value may give. */
function isOfUnknown({ path, message, hint = "" }: Problem, { unknown }: HandedComponent): boolean {
  return [...unknown].some((name) => path === `$${name}` || `${message} ${hint}`.includes(name));
}

/** JSON has no integers beyond 2^53 in JavaScript; Kubernetes would have refused them as text. */
function textOfBig(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** A derived path is only named where the manifest has nothing that is it. */
function withPath({ path, message }: Problem, { origins }: HandedFile): string {
  return path === "" || origins.has(path) ? message : `${path} ${message}`;
}

/** Warnings begin with their path. */
function withoutPath({ path, message }: Warning, { origins }: HandedFile): string {
  if (path === undefined || !origins.has(path) || !message.startsWith(path)) return message;
  return message.slice(path.length).replace(/^:?\s*/, "");
}
