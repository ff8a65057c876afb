import type { Component, Mode } from "./plan.ts";

/** What tells the mode: nothing else of the world counts. */
export interface Facts {
  /** The command line's words after the command, such as `["master", "start"]`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** Whether a path is a file, links followed. */
  isFile(path: string): boolean;
}

/** In which mode we run, as which component, and why. */
export interface Detection {
  readonly mode: Mode;
  /** `undefined` where nothing tells it. */
  readonly component: Component | undefined;
  /** Where the runtime config is or should be; standalone has none. */
  readonly configPath: string | undefined;
  /** In words, for people: the mode's reason, then the component's. */
  readonly reasons: readonly string[];
}

/** Where CacheRuntime's file lies, the current path first. Fluid: The runtime config file. */
const CACHE_CONFIG_PATHS = ["/etc/fluid/config/runtime.json", "/etc/fluid/config/config.json"];
/** Where ThinRuntime's file lies, the current path first. Fluid: ThinRuntime. */
const THIN_CONFIG_PATHS = ["/etc/fluid/config/config.json", "/etc/fluid/config.json"];

const COMPONENTS: readonly string[] = ["master", "worker", "client", "transfer"];

/**
 * Finds out in which of Fluid's modes we were started. The rules, the first that holds wins:
 * `FLUID_RUNTIME_TYPE`; the word `fluid-thin-runtime`; a component type or a runtime config file;
 * otherwise Fluid has no part in it.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const { mode, component } = detectMode({
 *   words: [],
 *   env: { FLUID_RUNTIME_TYPE: "thin" },
 *   hostname: "node-7",
 *   isFile: () => false,
 * });
 * assert.deepEqual([mode, component], ["thin-runtime", "fuse"]);
 * ```
 */
export function detectMode(facts: Facts): Detection {
  const [mode, reason] = modeOf(facts);
  const [component, componentReason] = mode === "thin-runtime"
    ? ["fuse" as const, "a ThinRuntime has only the FUSE client"]
    : componentOf(facts);
  return {
    mode,
    component,
    configPath: mode === "standalone" ? undefined : configPathOf(facts, mode),
    reasons: [`${mode}: ${reason}`, `${component ?? "no component"}: ${componentReason}`],
  };
}

function modeOf(facts: Facts): [Mode, string] {
  const { env, words } = facts;
  const type = env["FLUID_RUNTIME_TYPE"];
  if (type) {
    return [
      type === "thin" ? "thin-runtime" : "cache-runtime",
      `FLUID_RUNTIME_TYPE is "${type}"`,
    ];
  }
  if (words[0] === "fluid-thin-runtime") {
    return ["thin-runtime", 'the first word is "fluid-thin-runtime"'];
  }
  const componentType = env["FLUID_RUNTIME_COMPONENT_TYPE"];
  if (componentType) {
    return ["cache-runtime", `FLUID_RUNTIME_COMPONENT_TYPE is "${componentType}"`];
  }
  const file = configPathOf(facts, "cache-runtime");
  if (facts.isFile(file)) return ["cache-runtime", `the runtime config "${file}" exists`];
  const nothing = "no environment variable, word or file of Fluid's is there";
  return [
    "standalone",
    env["FLUID_RUNTIME_CONFIG_PATH"]
      ? `FLUID_RUNTIME_CONFIG_PATH names no file: "${file}"`
      : nothing,
  ];
}

function configPathOf({ env, isFile }: Facts, mode: Mode): string {
  const given = env["FLUID_RUNTIME_CONFIG_PATH"];
  if (given) return given;
  const [current = "", ...older] = mode === "thin-runtime" ? THIN_CONFIG_PATHS : CACHE_CONFIG_PATHS;
  return isFile(current) ? current : older.find(isFile) ?? current;
}

function componentOf({ words, env, hostname }: Facts): [Component | undefined, string] {
  const word = words[0] ?? "";
  if (COMPONENTS.includes(word)) return [word as Component, `the first word is "${word}"`];
  const type = env["FLUID_RUNTIME_COMPONENT_TYPE"];
  if (type && COMPONENTS.includes(type)) {
    return [type as Component, `FLUID_RUNTIME_COMPONENT_TYPE is "${type}"`];
  }
  // A pod is named <runtime>-<component>-<ordinal>; the last such part counts, for a runtime may
  // itself be called "my-worker".
  const named = hostname.split(/[.-]/).findLast((part) => COMPONENTS.includes(part));
  if (named) return [named as Component, `the host name is "${hostname}"`];
  return [
    undefined,
    type
      ? `FLUID_RUNTIME_COMPONENT_TYPE is "${type}", wanted master, worker, client or transfer`
      : `neither a word, FLUID_RUNTIME_COMPONENT_TYPE nor the host name "${hostname}" names one`,
  ];
}
