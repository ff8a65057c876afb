import type { Clock, Stop } from "../ports/world.ts";

/** Timers take a signed 32-bit number; a longer wait would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The real clock: monotonic, whatever somebody does to the time of day. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(milliseconds: number, callback: () => void): Stop {
    if (milliseconds === Infinity) return () => {};
    const timer = setTimeout(callback, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
};
