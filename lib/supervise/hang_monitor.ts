import type { MountAnswer } from "../ports/mounts.ts";
import type { Mounts } from "../ports/mounts.ts";
import { minorOf } from "../mount/mountinfo.ts";
import type { ServedMount } from "./target_watch.ts";
import type { Clock, FuseConnections, Stop } from "../ports/world.ts";

/** Milliseconds; `Infinity` turns one off. */
export interface HangLimits {
  readonly hangTimeout: number;
  readonly probeInterval: number;
  readonly probeTimeout: number;
}

/** Where the kernel does not tell who waits, every so many intervals a probe is sent anyway. */
const BLIND_INTERVALS = 6;

/** A dead mount whose daemon lives does not heal; two probes tell it from one just being replaced. */
const STALE_PROBES = 2;

/**
 * Finds out whether the mount hangs without ever touching it: requests that wait are read from
 * fusectl, and only when there are some is a disposable child sent to ask. Silence makes the mount
 * not ready at once, and hung when it lasts.
 */
export class HangMonitor {
  /** Requests without an answer at the last look; `undefined` when the kernel does not tell. */
  waiting: number | undefined;
  readonly #limits: HangLimits;
  readonly #clock: Clock;
  readonly #mounts: Mounts;
  readonly #connections: FuseConnections;
  readonly #hung: (message: string, since: number) => void;
  /** Since when mount points have been silent. */
  readonly #silent = new Map<string, number>();
  readonly #stale = new Map<string, number>();
  #served: readonly ServedMount[] = [];
  #run = 0;
  #ticks = 0;
  #cancel: Stop = () => {};

  constructor(
    limits: HangLimits,
    clock: Clock,
    mounts: Mounts,
    connections: FuseConnections,
    hung: (message: string, since: number) => void,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#mounts = mounts;
    this.#connections = connections;
    this.#hung = hung;
  }

  /** Whether nobody has answered the last probe yet. */
  get suspicious(): boolean {
    return this.#silent.size > 0 || this.#stale.size > 0;
  }

  /** Watches these mounts from now on. */
  start(served: readonly ServedMount[]): void {
    this.stop();
    this.#served = served;
    this.#next(this.#run);
  }

  stop(): void {
    this.#run++;
    this.#cancel();
    this.#silent.clear();
    this.#stale.clear();
    this.waiting = undefined;
  }

  #next(run: number): void {
    const now = this.#clock.now();
    const since = Math.min(...this.#silent.values());
    // The limit may come before the next look.
    const left = since === Infinity ? Infinity : since + this.#limits.hangTimeout - now;
    const pause = Math.max(Math.min(this.#limits.probeInterval, left), 1);
    this.#cancel = this.#clock.after(pause, () => void this.#tick(run));
  }

  async #tick(run: number): Promise<void> {
    const blind = this.#ticks++ % BLIND_INTERVALS === BLIND_INTERVALS - 1;
    const counts = this.#served.map(({ device }) => this.#connections.waiting(minorOf(device)));
    this.waiting = counts.every((count) => count === undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const asked = this.#served.filter(({ path }, index) => {
      const count = counts[index];
      // A suspect is asked until it answers, whatever the count says.
      return this.#silent.has(path) || this.#stale.has(path) ||
        (count === undefined ? blind : count > 0);
    });
    const begun = this.#clock.now();
    await Promise.all(asked.map(async ({ path }) => {
      const answer = await this.#mounts.ask(path, this.#timeout(path, begun));
      if (run === this.#run) this.#note(path, answer, begun);
    }));
    if (run !== this.#run) return;
    if (!this.#decide()) this.#next(run);
  }

  /** Not beyond the moment at which the limit is reached. */
  #timeout(path: string, now: number): number {
    const since = this.#silent.get(path) ?? now;
    return Math.max(Math.min(this.#limits.probeTimeout, since + this.#limits.hangTimeout - now), 1);
  }

  #note(path: string, answer: MountAnswer, begun: number): void {
    if (answer === "silent") {
      if (!this.#silent.has(path)) this.#silent.set(path, begun);
      return;
    }
    this.#silent.delete(path);
    if (answer === "stale") this.#stale.set(path, (this.#stale.get(path) ?? 0) + 1);
    else this.#stale.delete(path);
  }

  #decide(): boolean {
    const now = this.#clock.now();
    for (const [path, since] of this.#silent) {
      if (now - since < this.#limits.hangTimeout) continue;
      const seconds = Math.round((now - since) / 100) / 10;
      this.#hung(`the mount at ${JSON.stringify(path)} has not answered for ${seconds} s`, since);
      return true;
    }
    for (const [path, probes] of this.#stale) {
      if (probes < STALE_PROBES || this.#limits.hangTimeout === Infinity) continue;
      this.#hung(`the mount at ${JSON.stringify(path)} is dead though its daemon lives`, now);
      return true;
    }
    return false;
  }
}
