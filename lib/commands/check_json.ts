import { ConfigError, type Problem, problemLine } from "../plan/config_error.ts";
import { withLines } from "../plan/fluid/json_lines.ts";
import { loadJson } from "../plan/fluid/load_json.ts";
import { mendTypes } from "../plan/fluid/mend_types.ts";
import { SECRETS_FOLDER } from "../plan/secrets.ts";
import { configSubject, draftPlan } from "../plan/generate/generate_plan.ts";
import type { Inputs } from "../plan/inputs.ts";
import type { Warning } from "../plan/plan.ts";
import type { Host } from "../ports/host.ts";
import { inputsOf } from "./inputs_of.ts";

/** What was found in one runtime config. */
export interface JsonReport {
  readonly file: string;
  readonly runtime: "cache" | "thin";
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Checks a runtime config as every component that reads it would. */
export function checkJson(
  file: string,
  as: string | undefined,
  host: Host,
): JsonReport {
  const found = new Map<string, Problem>();
  const warnings = new Map<string, Warning>();
  let runtime: JsonReport["runtime"] = as === "thin" ? "thin" : "cache";
  const content = host.readFile(file) ?? new Uint8Array();
  try {
    const { value } = loadJson(content, configSubject(file));
    if (as === undefined) runtime = runtimeOf(value);
    const mended = mendTypes(value);
    for (const warning of mended.warnings) warnings.set(warning.message, warning);
    for (const problem of mended.problems) found.set(problemLine(problem), problem);
    // Some problems concern one component only, such as a host name that is no master's.
    const components = runtime === "thin" ? ["client"] : ["master", "worker", "client"];
    for (const component of mended.value === undefined ? [] : components) {
      const inputs = inputsFor(file, runtime, component, podName(value, component), host);
      const { plan, problems } = draftPlan(
        mended.problems.length === 0 ? inputs : withContent(file, mended.value, inputs),
      );
      for (const problem of problems.filter((one) => isOfTheFile(one, mended.problems))) {
        found.set(problemLine(problem), problem);
      }
      for (const warning of plan.warnings) warnings.set(warning.message, warning);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) found.set(problemLine(problem), problem);
  }
  const problems = withLines(content, [...found.values()]);
  return { file, runtime, problems, warnings: [...warnings.values()] };
}

function withContent(file: string, value: unknown, inputs: Inputs): Inputs {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { ...inputs, readFile: (path) => path === file ? bytes : inputs.readFile(path) };
}

/** Which pod this will be is not in the file, and what lacks because its type is wrong is known. */
function isOfTheFile({ path }: Problem, known: readonly Problem[]): boolean {
  return path !== "$HOSTNAME" &&
    !known.some((one) => path.startsWith(one.path) || one.path.startsWith(path));
}

/** CacheRuntime's file always has components, ThinRuntime's never. */
function runtimeOf(value: Readonly<Record<string, unknown>>): JsonReport["runtime"] {
  const fields = ["master", "worker", "client", "topology"];
  return fields.some((field) => Object.hasOwn(value, field)) ? "cache" : "thin";
}

/** The first pod's name, as Fluid gives it; this machine's own says nothing of the file. */
function podName(value: Readonly<Record<string, unknown>>, component: string): string {
  const part = value[component];
  const name = typeof part === "object" && part !== null && "name" in part ? part.name : undefined;
  return `${typeof name === "string" && name !== "" ? name : component}-0`;
}

/**
 * The inputs of a start with this file, as Fluid would do it. Environment variables of Fluid's are
 * left out: a person who checks a file does so outside the cluster.
 */
function inputsFor(
  file: string,
  runtime: JsonReport["runtime"],
  component: string,
  hostname: string,
  host: Host,
): Inputs {
  const inside = host.kindOf(SECRETS_FOLDER) === "directory";
  return {
    ...inputsOf(host, []),
    hostname,
    env: {
      FLUID_RUNTIME_TYPE: runtime,
      FLUID_RUNTIME_COMPONENT_TYPE: component,
      FLUID_RUNTIME_CONFIG_PATH: file,
      ...pick(host.env, ["CURVINE_HOME", "CURVINE_CONF_FILE", "CURVINE_CONF_DIR"]),
    },
    // Outside a cluster no secret is mounted; whether it is there is not the file's fault.
    readFile: (path) =>
      !inside && path.startsWith(SECRETS_FOLDER) ? new Uint8Array() : host.readFile(path),
  };
}

export function pick(
  env: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => env[name] ? [[name, env[name]]] : []));
}
