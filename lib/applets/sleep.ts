import type { Host } from "../ports/host.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
/** A timer's longest delay. */
const MAX_MS = 2 ** 31 - 1;

/** `sleep 2s`: Fluid's sidecars run it in an init container. */
export async function applet(args: readonly string[], host: Host): Promise<number> {
  const seconds = args.map(parseSleep);
  if (seconds.length === 0 || seconds.includes(undefined)) {
    host.stderr(
      `sleep: cannot read "${args.join(" ")}"; a time such as 2s, 1.5m or 1h is wanted\n`,
    );
    return 1;
  }
  let left = seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0) * 1000;
  for (; left > 0; left -= MAX_MS) {
    await new Promise((done) => setTimeout(done, Math.min(left, MAX_MS)));
  }
  return 0;
}

/**
 * Seconds of `2`, `2s`, `0.5m`, `1h`, `1d`; `undefined` for anything else.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(parseSleep("2s"), 2);
 * assert.equal(parseSleep(".5m"), 30);
 * assert.equal(parseSleep("soon"), undefined);
 * ```
 */
export function parseSleep(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1);
}
