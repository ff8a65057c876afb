/** How long restarts wait; milliseconds. */
export interface BackoffLimits {
  readonly restartDelay: number;
  readonly restartMaxDelay: number;
}

/** Jitter keeps a thousand nodes from mounting at the same moment after a master's restart. */
const JITTER = 0.2;

/**
 * How long to wait before a restart: nothing before the first, then the delay, doubled each time
 * up to the longest, give or take a fifth.
 *
 * @param restarts how many restarts there were since the mount was last stable
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function backoffDelay(restarts: number, limits: BackoffLimits, random: number): number {
  if (restarts <= 0) return 0;
  const doubled = limits.restartDelay * 2 ** Math.min(restarts - 1, 52);
  const delay = Math.min(doubled, limits.restartMaxDelay);
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
