import { keyNames, lookUpKey } from "../curvine/key_table.ts";

/** Whose options they are: this decides what a bare name means. */
export type OptionScope = "master" | "worker" | "client" | "thin";

/** The key of the file that an option sets. */
export interface OptionTarget {
  /** `""` for the part above all sections. */
  readonly section: string;
  /** The key, then the keys inside it for a nested table. */
  readonly path: readonly string[];
}

const KEY = /^[A-Za-z0-9_-]+$/;
const SECTIONS = ["master", "journal", "worker", "client", "fuse", "job", "transfer"];

/** Other names for a key, wherever they stand. Curvine: Aliases of keys. */
const ALIASES: Readonly<Record<string, readonly [section: string, key: string]>> = {
  journal_port: ["journal", "rpc_port"],
  raft_port: ["journal", "rpc_port"],
  master_hostname: ["master", "hostname"],
  worker_hostname: ["worker", "hostname"],
};

/** Other names for a key of `[fuse]`: curvine-fuse's flags where they differ, and older names. */
const FUSE_ALIASES: Readonly<Record<string, string>> = {
  enable_write_back: "write_back_cache",
  meta_cache_ttl: "meta_cache_timeout",
  mnt_per_task: "tasks_per_mnt",
  entry_timeout: "entry_timeout_ms",
  attr_timeout: "attr_timeout_ms",
  negative_timeout: "negative_timeout_ms",
};

/** The options of a ThinRuntime that are about the master. */
const THIN_ALIASES: Readonly<Record<string, string>> = { master_web_port: "web_port" };

/**
 * Finds the key that an option sets. A bare name is a key of its own section; `a.b` nests; a
 * section's name in front chooses that section.
 *
 * @returns `undefined` where the name holds a character that no key may hold
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(optionTarget("worker", "log.level"), { section: "worker", path: ["log", "level"] });
 * assert.deepEqual(optionTarget("client", "debug"), { section: "fuse", path: ["debug"] });
 * assert.deepEqual(optionTarget("thin", "io-threads"), { section: "fuse", path: ["io_threads"] });
 * assert.equal(optionTarget("master", "a = 1\n[evil]"), undefined);
 * ```
 */
export function optionTarget(scope: OptionScope, name: string): OptionTarget | undefined {
  const parts = name.split(".");
  if (!parts.every((part) => KEY.test(part))) return undefined;
  const [first = "", ...rest] = parts;
  if (rest.length > 0 && SECTIONS.includes(first)) return inSection(first, rest);
  if (rest.length === 0) {
    const snake = first.replaceAll("-", "_");
    const alias = own(ALIASES, snake);
    if (alias) return { section: alias[0], path: [alias[1]] };
    const ofMaster = scope === "thin" ? own(THIN_ALIASES, snake) : undefined;
    if (ofMaster) return { section: "master", path: [ofMaster] };
  }
  const [home, ...others] = sectionsOf(scope);
  const found = [home, ...others].map((section) => inSection(section, parts)).find(isKnown);
  return found ?? inSection(home, parts);
}

/** The sections in which a bare name is looked for, its own first. */
function sectionsOf(scope: OptionScope): [string, ...string[]] {
  switch (scope) {
    case "thin":
      return ["fuse", "client", ""];
    case "client":
      return ["client", "fuse", ""];
    default:
      return [scope, ""];
  }
}

function inSection(section: string, parts: readonly string[]): OptionTarget {
  const [first = "", ...rest] = parts;
  const alias = section === "fuse" && rest.length === 0
    ? own(FUSE_ALIASES, first.replaceAll("-", "_"))
    : undefined;
  if (alias) return { section, path: [alias] };
  // `io-threads` means `io_threads`; a name that is unknown either way stays as it was written.
  const snake = parts.map((part) => part.replaceAll("-", "_"));
  const target = { section, path: snake };
  return isKnown(target) ? target : { section, path: parts };
}

function isKnown({ section, path }: OptionTarget): boolean {
  return lookUpKey(section, path) !== undefined;
}

/** Every name that an option of this scope may have, for finding what a misspelt one means. */
export function knownOptionNames(scope: OptionScope): string[] {
  const bare = sectionsOf(scope).flatMap(keyNames);
  const prefixed = SECTIONS.flatMap((section) =>
    keyNames(section).map((key) => `${section}.${key}`)
  );
  return [...bare, ...Object.keys(ALIASES), ...prefixed];
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
