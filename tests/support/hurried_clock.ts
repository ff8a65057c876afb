import type { Clock } from "../../lib/ports/world.ts";

/** A clock on which whoever waits finds at once that the time has passed. */
export class HurriedClock implements Clock {
  #now = 0;
  readonly now = (): number => this.#now;
  readonly date = (): Date => new Date(this.#now);
  readonly after = (milliseconds: number, callback: () => void): () => void => {
    let wanted = true;
    queueMicrotask(() => {
      if (!wanted) return;
      this.#now += milliseconds;
      callback();
    });
    return () => {
      wanted = false;
    };
  };
}
