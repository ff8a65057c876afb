import { ConfigError, type Problem } from "../config_error.ts";
import { withLines } from "../fluid/json_lines.ts";
import { loadJson } from "../fluid/load_json.ts";
import { type ParsedConfig, parseRuntimeConfig } from "../fluid/parse_runtime_config.ts";
import type { RuntimeConfig } from "../fluid/runtime_config.ts";
import type { Content } from "../../text/strict_text.ts";
import { type Detection, detectMode } from "../detect_mode.ts";
import { generateCacheRuntime } from "./cache_runtime.ts";
import { Generation } from "./generation.ts";
import type { Inputs } from "../inputs.ts";
import type { Plan, Warning } from "../plan.ts";
import type { Secrets } from "../secrets.ts";
import { generateStandalone } from "./standalone.ts";
import { generateThinRuntime } from "./thin_runtime.ts";
import { reasonOf } from "../../text/describe_error.ts";

/** A plan, and what else a reader of it needs. */
export interface Generated {
  readonly plan: Plan;
  /** What nobody may be shown of the plan, or of what its daemon says. */
  readonly secrets: Secrets;
  /** The runtime config that it was made of; `undefined` where there is none. */
  readonly config: RuntimeConfig | undefined;
  /** Where the runtime config is or should be; standalone has none. */
  readonly configPath: string | undefined;
  /** The runtime config's parsed JSON: two files of the same meaning are equal here. */
  readonly source: unknown;
  /** The runtime config's text as it was read; absent where there is none. */
  readonly text: string | undefined;
}

/** A plan that may have problems: then it must not be acted on. */
export interface Draft extends Generated {
  readonly problems: readonly Problem[];
  /** How errors name what the plan was made of. */
  readonly subject: string;
}

/**
 * Makes the plan of a start: detect, load, validate, generate. Nothing is written or started.
 *
 * @param detection of these inputs, where it is known already
 * @throws {ConfigError} with every problem found
 */
export function generatePlan(
  inputs: Inputs,
  detection: Detection = detectMode(inputs),
): Generated {
  const draft = draftPlan(inputs, detection);
  if (draft.problems.length === 0) return draft;
  const { configPath, subject, problems } = draft;
  if (configPath !== undefined && hasNoMountYet(draft, inputs)) {
    const target = draft.plan.mount?.target || undefined;
    throw new NoMountYet(subject, problems, { path: configPath, text: draft.text }, target);
  }
  const content = configPath === undefined ? undefined : inputs.readFile(configPath);
  throw new ConfigError(subject, content === undefined ? problems : withLines(content, problems));
}

/**
 * A ThinRuntime's Dataset has no mount yet, and nothing else is wrong: Fluid writes the file anew
 * when it has one.
 */
export class NoMountYet extends ConfigError {
  /** @param target where the mount will be, where the file says it */
  constructor(
    subject: string,
    problems: readonly Problem[],
    readonly file: { readonly path: string; readonly text: string | undefined },
    readonly target: string | undefined,
  ) {
    super(subject, problems);
  }
}

/** Where there is no mount, neither its path nor its options, such as the masters, can be there. */
function hasNoMountYet({ plan, config, problems }: Draft, { env }: Inputs): boolean {
  return plan.mode === "thin-runtime" && config !== undefined && config.mounts.length === 0 &&
    !env["CURVINE_MOUNT_POINT"] && problems.every(({ path }) => path.startsWith("mounts[0]."));
}

/**
 * Like {@link generatePlan}, but what is wrong with options and topology comes beside the plan,
 * together with its warnings.
 *
 * @throws {ConfigError} where there is nothing to make a plan of: an unreadable file, wrong types
 */
export function draftPlan(
  inputs: Inputs,
  detection: Detection = detectMode(inputs),
): Draft {
  const { mode, component, configPath, reasons } = detection;
  if (component === undefined) {
    const message = reasons.at(-1) ?? "";
    const hint = "name the component: curvine-fluid master|worker|client start";
    throw new ConfigError("the command line", [{ path: "component", message, hint }]);
  }
  const loaded = configPath === undefined ? undefined : load(configPath, inputs);
  const generation = new Generation(inputs, detection, component, loaded?.config);
  if (loaded !== undefined) generation.warnings.push(...loaded.warnings);
  else if (mode === "cache-runtime") {
    generation.warn(
      "config-missing",
      `the runtime config "${configPath}" does not exist: a local component with one master ` +
        "on localhost starts (Fluid names the file in FLUID_RUNTIME_CONFIG_PATH)",
    );
  }
  const plan = component === "fuse"
    ? generateThinRuntime(generation)
    : mode === "standalone"
    ? generateStandalone(component, generation)
    : generateCacheRuntime(component, generation);
  const clusterId = plan.config.toml["cluster_id"];
  if (typeof clusterId === "string" && !clusterId.isWellFormed()) {
    generation.problem("cluster_id", "holds half of a surrogate pair; TOML wants Unicode text");
  }
  generation.secrets.hideIn(plan.config.toml);
  return {
    plan,
    secrets: generation.secrets,
    config: loaded?.config,
    configPath,
    source: loaded?.source,
    text: loaded?.text,
    problems: generation.problems,
    subject: subjectOf(configPath, loaded !== undefined),
  };
}

/** A runtime config as it was read. */
interface Loaded extends ParsedConfig {
  /** Its parsed JSON. */
  readonly source: unknown;
  readonly text: string;
}

/** @returns `undefined` where there is no such file */
function load(path: string, inputs: Inputs): Loaded | undefined {
  const subject = configSubject(path);
  let content: Content | undefined;
  try {
    content = inputs.readFile(path);
  } catch (error) {
    const message = `cannot be read: ${reasonOf(error)}`;
    throw new ConfigError(subject, [{ path: "", message }]);
  }
  if (content === undefined) return undefined;
  const { value, firstLineOnly } = loadJson(content, subject);
  const { config, warnings } = parseRuntimeConfig(value, subject, content);
  const firstLine: Warning = {
    code: "json-first-line",
    message:
      `${subject} holds more than its first line, which alone is JSON: the rest is left aside`,
  };
  return {
    config,
    warnings: [...(firstLineOnly ? [firstLine] : []), ...warnings],
    source: value,
    text: typeof content === "string" ? content : new TextDecoder().decode(content),
  };
}

function subjectOf(configPath: string | undefined, loaded: boolean): string {
  if (configPath === undefined) return "the configuration";
  return loaded
    ? configSubject(configPath)
    : `the environment (the runtime config "${configPath}" does not exist)`;
}

/** How errors name a runtime config file. */
export function configSubject(path: string): string {
  return `the runtime config ${JSON.stringify(path)}`;
}
