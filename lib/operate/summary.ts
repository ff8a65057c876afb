import { plainText } from "../text/plain_text.ts";

/** What Fluid wants of reportSummary: text only. Fluid: executionEntries. */
export type Summary = Readonly<Record<string, string>>;

const WANTED = ["cached", "cachedPercentage", "cacheCapacity", "cacheHitRatio"];

/**
 * Finds the line of JSON among what `cv report fluid-summary` printed; log lines may stand around
 * it. Numbers become text, for Fluid refuses a number.
 *
 * @returns `undefined` where there is none
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readSummary('WARN slow\n{"cached":"1.50GiB","fileNum":12}\n'), {
 *   cached: "1.50GiB",
 *   cachedPercentage: "0",
 *   cacheCapacity: "0",
 *   cacheHitRatio: "0",
 *   fileNum: "12",
 * });
 * ```
 */
export function readSummary(printed: string): Summary | undefined {
  for (const line of plainText(printed).split("\n").reverse()) {
    const value = parseObject(line.trim());
    if (value?.["cached"] === undefined) continue;
    return fromEntries([
      ...WANTED.map((name) => [name, value[name] ?? "0"] as const),
      ...Object.entries(value).filter(([name]) => !WANTED.includes(name)),
    ]);
  }
  return undefined;
}

/** What `cv report json` tells, where it can be read. Curvine: `cv report json`. */
export interface Report {
  /** `host:port` of the master that leads. */
  readonly activeMaster: string | undefined;
  /** Made of the report's own numbers, for a Curvine without `fluid-summary`. */
  readonly summary: Summary | undefined;
}

/** Reads `cv report json`: an object over several lines, log lines before and after it. */
export function readReport(printed: string): Report {
  const text = plainText(printed);
  const start = text.search(/^\s*\{/m);
  const end = text.lastIndexOf("}");
  const value = start < 0 ? undefined : parseObject(text.slice(start, end + 1).trim());
  const { active_master: master, fs_used: used, capacity, inode_file_num: files } = value ?? {};
  return {
    activeMaster: typeof master === "string" && master !== "" ? master : undefined,
    summary: typeof used === "number" && typeof capacity === "number"
      ? fromEntries([
        ["cached", bytesText(used)],
        ["cachedPercentage", "0"],
        ["cacheCapacity", bytesText(capacity)],
        ["cacheHitRatio", "0"],
        ["fileNum", typeof files === "number" ? files : 0],
        ["ufsTotal", "0"],
      ])
      : undefined,
  };
}

/**
 * Fills in what Curvine leaves "0" and the data allows: the cached part of the UFS, and the part
 * of reads that the cache answered.
 *
 * @param metrics of the leading master, which gathers the clients'; `undefined` if unreachable
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const summary = { cached: "1.00GiB", cachedPercentage: "0", cacheHitRatio: "0", ufsTotal: "4GiB" };
 * const metrics = 'client_mount_cache_hits{id="1"} 3\nclient_mount_cache_misses{id="1"} 1';
 * assert.equal(completeSummary(summary, metrics).cachedPercentage, "25.0%");
 * assert.equal(completeSummary(summary, metrics).cacheHitRatio, "75.0%");
 * ```
 */
export function completeSummary(summary: Summary, metrics: string | undefined): Summary {
  const cached = parseBytes(summary["cached"]);
  const total = parseBytes(summary["ufsTotal"]);
  const hits = sumMetric(metrics, "client_mount_cache_hits");
  const misses = sumMetric(metrics, "client_mount_cache_misses");
  return {
    ...summary,
    ...percentage(summary, "cachedPercentage", cached, total),
    ...percentage(summary, "cacheHitRatio", hits, hits + misses),
  };
}

/** Whether any worker offers room; a text that is no size counts as room. */
export function hasCapacity(summary: Summary): boolean {
  return parseBytes(summary["cacheCapacity"]) !== 0;
}

/** Whether the clients' metrics could tell something that the summary does not. */
export function lacksHitRatio(summary: Summary): boolean {
  return isZero(summary["cacheHitRatio"]);
}

function percentage(summary: Summary, name: string, part: number, whole: number): Summary {
  if (!isZero(summary[name]) || !(part >= 0) || !(whole > 0)) return {};
  return { [name]: `${(Math.min(1, part / whole) * 100).toFixed(1)}%` };
}

function isZero(text: string | undefined): boolean {
  return text === undefined || /^\s*0*(\.0*)?\s*%?\s*$/.test(text);
}

const UNITS = ["B", "K", "M", "G", "T", "P", "E"];

/** Bytes of `1.50GiB`, `10GB` (binary, as Curvine counts) or `12`; NaN for anything else. */
function parseBytes(text: string | undefined): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([BKMGTPE]?)(?:i?B)?\s*$/i.exec(text ?? "");
  if (match === null) return NaN;
  return Number(match[1]) * 1024 ** UNITS.indexOf((match[2] || "B").toUpperCase());
}

function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(6, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)}${power === 0 ? "B" : `${UNITS[power]}iB`}`;
}

/** The sum of a counter's samples over all labels. Curvine: Client metrics. */
function sumMetric(metrics: string | undefined, name: string): number {
  let sum = 0;
  for (const line of (metrics ?? "").split("\n")) {
    const match = /^(\w+)(?:\{[^}]*\})?\s+([0-9.eE+-]+)/.exec(line);
    if (match?.[1] === name && Number.isFinite(Number(match[2]))) sum += Number(match[2]);
  }
  return sum;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    // What begins with a brace and parses is an object.
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): Summary {
  return Object.fromEntries(
    entries.map((
      [name, value],
    ) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
