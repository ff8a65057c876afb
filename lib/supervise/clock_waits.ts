import type { Clock } from "../ports/world.ts";

/** Lets so many milliseconds pass. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((done) => void clock.after(milliseconds, () => done()));
}

/**
 * Waits for work, but only so long. It goes on; only we stop waiting.
 *
 * @returns whether it was done by then, and well
 */
export function doneWithin(
  clock: Clock,
  milliseconds: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return new Promise((done) => {
    const cancel = clock.after(milliseconds, () => done(false));
    const settle = (well: boolean): void => {
      cancel();
      done(well);
    };
    work.then(() => settle(true), () => settle(false));
  });
}
