import { nearestName } from "../../text/nearest_name.ts";

/** The words that a key takes, in lower case but for those that Curvine compares letter by letter. */
interface Choices {
  readonly words: readonly string[];
  /** Whether Curvine takes them in any case. */
  readonly anyCase: boolean;
  /** What the text may be besides, such as a number; never a hint. */
  readonly also?: RegExp;
}

/** Of `client.storage_type` Curvine takes these in any case. */
const STORAGE = ["mem", "ssd", "hdd", "ufs", "disk", "spdk", "spdk_disk"];

/** Keys of every `log` table. */
const LOG: Readonly<Record<string, Choices>> = {
  level: { words: ["error", "warn", "info", "debug", "trace"], anyCase: true, also: /^[1-5]$/ },
  time_rotation: { words: ["daily", "hourly"], anyCase: true, also: /^$/ },
};

/**
 * Keys that take one of a few words. Of another word Curvine either dies at the start, or it takes
 * its default without a word: a level `warning` logs at INFO, and with it the mounts' credentials.
 *
 * Source: Curvine, Values.
 */
const CHOICES: Readonly<Record<string, Choices>> = {
  "client.storage_type": { words: STORAGE, anyCase: true },
  "client.ttl_action": { words: ["none", "delete", "free"], anyCase: true },
  "master.worker_policy": {
    words: ["local", "robin", "random", "load_based", "weighted"],
    anyCase: false,
  },
  "master.quota_eviction_mode": { words: ["free", "delete"], anyCase: false },
  "master.quota_eviction_policy": { words: ["lru", "lfu"], anyCase: true },
};

const COMPATIBILITY: Choices = { words: ["diagnose", "enforce"], anyCase: true };

/** What is wrong with a word. */
export interface ChoiceFault {
  readonly wanted: string;
  readonly hint?: string;
}

/**
 * What a key wants in the place of a word that it does not take.
 *
 * @returns `undefined` where it takes the word, or any
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(choiceFault("master", ["log", "level"], "warn"), undefined);
 * assert.equal(choiceFault("master", ["log", "level"], "WARNING")?.hint, 'write "warn"');
 * ```
 */
export function choiceFault(
  section: string,
  path: readonly string[],
  text: string,
): ChoiceFault | undefined {
  const choices = choicesOf(section, path);
  if (choices === undefined || choices.also?.test(text)) return undefined;
  if (choices.words.includes(choices.anyCase ? text.toLowerCase() : text)) return undefined;
  const near = nearest(text.trim().toLowerCase().replaceAll("-", "_"), choices.words);
  return {
    wanted: `one of ${choices.words.join(", ")}`,
    ...(near === undefined ? {} : { hint: `write "${near}"` }),
  };
}

function choicesOf(section: string, path: readonly string[]): Choices | undefined {
  const [outer, inner, ...rest] = path;
  if (outer === undefined || rest.length > 0) return undefined;
  if (inner !== undefined && (outer === "log" || outer === "audit_log")) return own(LOG, inner);
  if (outer === "compatibility" && inner === "mode") return COMPATIBILITY;
  if (inner !== undefined) return undefined;
  return section === "log" ? own(LOG, outer) : own(CHOICES, `${section}.${outer}`);
}

function own(table: Readonly<Record<string, Choices>>, name: string): Choices | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What begins like one of the words means it: `warning`, `error!`. */
function nearest(text: string, words: readonly string[]): string | undefined {
  return words.find((word) => text.startsWith(word)) ?? nearestName(text, words);
}
