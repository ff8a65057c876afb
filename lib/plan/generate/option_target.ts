import { lookUpKey, sectionKeys } from "../curvine/key_table.ts";
import { aliasNames, aliasOf } from "./option_aliases.ts";

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
  if (rest.length > 0 && SECTIONS.includes(first)) return inSection(first, rest, scope);
  const alias = rest.length === 0 ? aliasOf(snake(first), scope === "thin") : undefined;
  if (alias?.everywhere) return { section: alias.section, path: [alias.key] };
  const [home, ...others] = sectionsOf(scope);
  const found = [home, ...others].map((section) => inSection(section, parts, scope)).find(isKnown);
  return found ?? inSection(home, parts, scope);
}

/** What the names of keys end with that count a unit of time. */
const UNITS = ["_ms", "_secs"];

/** The sections in which a bare name is looked for, its own first. */
function sectionsOf(scope: OptionScope): [string, ...string[]] {
  switch (scope) {
    case "thin":
      return ["fuse", "client", ""];
    case "client":
      return ["client", "fuse", ""];
    case "master":
      return ["master", "journal", ""];
    case "worker":
      return ["worker", ""];
  }
}

function inSection(
  section: string,
  parts: readonly string[],
  scope: OptionScope,
): OptionTarget {
  const [first = "", ...rest] = parts;
  const alias = rest.length === 0 ? aliasOf(snake(first), scope === "thin") : undefined;
  if (alias?.section === section) return { section, path: [alias.key] };
  // `io-threads` means `io_threads`; a name that is unknown either way stays as it was written.
  const target = { section, path: parts.map(snake) };
  if (isKnown(target)) return target;
  // `conn_timeout` means `conn_timeout_ms`: older and newer builds read durations under that name.
  const timed = UNITS.map((unit) => ({ section, path: [`${snake(first)}${unit}`] })).find(isKnown);
  return rest.length === 0 && timed !== undefined ? timed : { section, path: parts };
}

function snake(name: string): string {
  return name.replaceAll("-", "_");
}

function isKnown({ section, path }: OptionTarget): boolean {
  return lookUpKey(section, path) !== undefined;
}

/** Every name that an option of this scope may have, for finding what a misspelt one means. */
export function knownOptionNames(scope: OptionScope): string[] {
  const bare = sectionsOf(scope).flatMap((section) => Object.keys(sectionKeys(section)));
  const prefixed = SECTIONS.flatMap((section) =>
    Object.keys(sectionKeys(section)).map((key) => `${section}.${key}`)
  );
  // Nobody means a flag of one letter with a longer word.
  const aliases = aliasNames(scope === "thin").filter((name) => name.length > 2);
  return [...bare, ...aliases, ...prefixed];
}
