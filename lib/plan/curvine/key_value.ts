import type { KeyType } from "./key_table.ts";
import { TomlFloat, type TomlValue } from "./toml_value.ts";

/** A value of the key's type, or what was wanted instead. */
export type KeyValue =
  | { readonly ok: true; readonly value: TomlValue }
  | { readonly ok: false; readonly wanted: string; readonly hint?: string };

/** The largest integer that TOML has. */
const MAX_INTEGER = 9_223_372_036_854_775_807n;

/** Curvine: curvine-cluster.toml, Size. Multiples are binary; `Gi` and `GiB` are refused. */
const SIZE = /^(\d+(?:\.\d+)?)\s*(?:B|K|KB|M|MB|G|GB|T|TB|P|PB)?$/i;
/** Curvine: curvine-cluster.toml, Duration. In any case; a bare number is milliseconds. */
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|second|m|minute|h|hour|d|day)?$/i;
const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  second: 1000,
  m: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/**
 * A duration as Curvine's keys have it, in milliseconds; a part of one counts as a whole.
 *
 * @returns `undefined` for other text, or more than a number can hold
 */
export function parseMilliseconds(text: string): number | undefined {
  const [, count, unit = "ms"] = DURATION.exec(text.trim()) ?? [];
  if (count === undefined) return undefined;
  const value = Math.ceil(Number(count) * (MILLISECONDS[unit.toLowerCase()] ?? 1));
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * How a duration is written that others write otherwise: `5min`, `1h30m`, `PT1S`.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(durationHint("1h30m"), 'write "90m"');
 * assert.equal(durationHint("soon"), undefined);
 * ```
 */
export function durationHint(text: string): string | undefined {
  const milliseconds = otherDuration(text);
  if (milliseconds === undefined) return undefined;
  const [unit, size] = SHORT_UNITS.find(([, one]) => milliseconds % one === 0) ?? ["ms", 1];
  return `write "${milliseconds / size}${unit}"`;
}

const SHORT_UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** Units as Go, ISO 8601 and people write them, each with the one that is meant. */
const OTHER_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|msecs?|millis?|milliseconds?)$/, 1],
  [/^(?:s|secs?|seconds?)$/, 1000],
  [/^(?:m|mins?|minutes?)$/, 60_000],
  [/^(?:h|hrs?|hours?)$/, 3_600_000],
  [/^(?:d|days?)$/, 86_400_000],
  [/^(?:w|weeks?)$/, 7 * 86_400_000],
];

/** @returns in whole milliseconds, from 1 */
function otherDuration(text: string): number | undefined {
  const plain = text.trim().toLowerCase().replace(/^p(?:t(?=\d)|(?=\d))/, "").replace("dt", "d");
  if (plain.length > 64 || !/^(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/.test(plain)) return undefined;
  let sum = 0;
  for (const [, count = "", unit = ""] of plain.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const size = OTHER_UNITS.find(([word]) => word.test(unit))?.[1];
    if (size === undefined) return undefined;
    sum += Number(count) * size;
  }
  const whole = Math.round(sum);
  return Number.isSafeInteger(whole) && whole > 0 ? whole : undefined;
}

/**
 * Turns an option's text into the value that its key wants. Options arrive as text only; guessing
 * types from the text is what broke `block_size="134217728"` and `umask="022"` before.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseKeyValue("octal", "022"), { ok: true, value: 18 });
 * assert.deepEqual(parseKeyValue("size", "134217728"), { ok: true, value: "134217728" });
 * assert.deepEqual(parseKeyValue("port", "eighty"), {
 *   ok: false,
 *   wanted: "a port from 1 to 65535",
 * });
 * ```
 */
export function parseKeyValue(type: KeyType, text: string): KeyValue {
  const trimmed = text.trim();
  switch (type) {
    case "string":
      return { ok: true, value: text };
    case "list":
      return { ok: true, value: splitList(text) };
    case "boolean":
      return parseBoolean(trimmed);
    case "integer":
      return parseInteger(trimmed, 0n, MAX_INTEGER, "a whole number from 0");
    case "count":
      return parseInteger(trimmed, 1n, MAX_INTEGER, "a whole number from 1");
    case "u16":
      return parseInteger(trimmed, 1n, 65_535n, "a whole number from 1 to 65535");
    case "port":
      return parseInteger(trimmed, 1n, 65_535n, "a port from 1 to 65535");
    case "float":
      return /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed))
        ? { ok: true, value: new TomlFloat(Number(trimmed)) }
        : { ok: false, wanted: "a number such as 0.75" };
    case "octal":
      return parseOctal(trimmed);
    case "duration":
      return DURATION.test(trimmed)
        ? { ok: true, value: trimmed }
        : refused("a duration such as 500ms, 30s, 10m, 2h or 7d", durationHint(trimmed));
    case "size":
      return parseSize(trimmed);
  }
}

function parseBoolean(text: string): KeyValue {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return { ok: true, value: lower === "true" };
  const hint = /^(yes|on|1)$/.test(lower)
    ? { hint: 'write "true"' }
    : /^(no|off|0)$/.test(lower)
    ? { hint: 'write "false"' }
    : {};
  return { ok: false, wanted: "true or false", ...hint };
}

function parseInteger(text: string, from: bigint, to: bigint, wanted: string): KeyValue {
  // BigInt("") is 0 and BigInt("0x1f") is 31: the digits are checked first. The length is
  // bounded because a number of a megabyte takes a second to read.
  if (!/^\d{1,40}$/.test(text)) return { ok: false, wanted };
  const value = BigInt(text);
  if (value < from || value > to) return { ok: false, wanted };
  return { ok: true, value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
}

function parseOctal(text: string): KeyValue {
  const digits = /^(?:0o)?([0-7]{1,5})$/.exec(text)?.[1];
  if (digits !== undefined) return { ok: true, value: Number.parseInt(digits, 8) };
  // 18 is what YAML makes of 022, and what Curvine's own file has.
  const number = /^(?:[1-9]\d{1,4}|0x[0-9a-f]{1,4})$/i.test(text) ? Number(text) : NaN;
  return refused(
    "octal digits such as 022",
    number <= 0o7777 ? `write "0${number.toString(8)}"` : undefined,
  );
}

function refused(wanted: string, hint: string | undefined): KeyValue {
  return { ok: false, wanted, ...(hint === undefined ? {} : { hint }) };
}

function parseSize(text: string): KeyValue {
  if (SIZE.test(text)) return { ok: true, value: text };
  const kubernetes = /^(\d+(?:\.\d+)?)([KMGTP])iB?$/.exec(text);
  return {
    ok: false,
    wanted: "a size such as 64MB or 1GB",
    ...(kubernetes
      ? { hint: `write "${kubernetes[1]}${kubernetes[2]}B": Curvine's units are binary` }
      : {}),
  };
}

/** Comma-separated text as a list: parts are trimmed, empty ones dropped. So is a list of JSON's. */
export function splitList(text: string): string[] {
  return jsonList(text) ?? text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** `["a", "b"]`, as Curvine's own file has it. */
function jsonList(text: string): string[] | undefined {
  if (!/^\s*\[.*\]\s*$/s.test(text)) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    const texts = Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
    return Array.isArray(list) && texts.length === list.length ? texts : undefined;
  } catch {
    return undefined;
  }
}
