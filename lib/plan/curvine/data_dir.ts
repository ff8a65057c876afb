/** An entry of `worker.data_dir`, as Curvine reads it. */
export interface DataDir {
  /** Such as `MEM`; Curvine's default where the entry names none. */
  readonly type: string;
  /** Absent: the whole disk. */
  readonly bytes: number | undefined;
  readonly path: string;
}

/** Curvine: Values. */
const DEFAULT_TYPE = "DISK";

/** Curvine's units are binary. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
};

/**
 * Reads `[TYPE:SIZE]/path`, of which each part in brackets may be missing.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseDataDir("[MEM:2GB]/dev/shm/a"), {
 *   type: "MEM",
 *   bytes: 2 * 2 ** 30,
 *   path: "/dev/shm/a",
 * });
 * assert.deepEqual(parseDataDir("/data"), { type: "DISK", bytes: undefined, path: "/data" });
 * ```
 */
export function parseDataDir(entry: string): DataDir {
  const [, prefix = "", path = entry] = /^\[([^\]]*)\](.*)$/.exec(entry) ?? [];
  const [first = "", second] = prefix.split(":");
  const isSize = /^\d/.test(first);
  return {
    type: isSize || first === "" ? DEFAULT_TYPE : first.toUpperCase(),
    bytes: bytesOf(second ?? (isSize ? first : "")),
    path,
  };
}

function bytesOf(size: string): number | undefined {
  const [, count, unit = ""] = /^(\d+)([KMGTP]?)B?$/i.exec(size.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit.toUpperCase()] ?? 1);
}
