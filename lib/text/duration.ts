const UNITS: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a length of time as people write it in a pod's environment.
 *
 * @param text `250ms`, `25s`, `5m`, `1h`; a bare number is seconds
 * @returns milliseconds, or `undefined` when the text is none of these
 *
 * @example
 * ```ts
 *
 * if (parseDuration("1.5s") !== 1500 || parseDuration("2") !== 2000) throw new Error("no");
 * ```
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*(ms|s|m|h)?$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  return Math.round(Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1000));
}
