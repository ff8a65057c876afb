import type { Mount } from "../mount/mountinfo.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import type { Stop, World } from "../ports/world.ts";
import type { HangLimits } from "./hang_monitor.ts";
import type { Neighbour } from "./state.ts";

/** Where probing is turned off, another client's end is still looked for so often. */
const LOOK_MS = 10_000;

/**
 * A mount that is not ours is given at least so long to say whether it is dead, in milliseconds: a
 * dead one says so at once, but the child that asks it may be slow to start.
 */
export const LEAST_PATIENCE_MS = 2_000;

/** Whoever owns a dead mount may be about to replace it: once dead is not yet gone. */
const STALE_PROBES = 2;

/**
 * Watches another client's mount at our target without ever touching it, until it is gone or dead.
 * One that is only slow stays what it is.
 */
export class NeighbourWatch {
  /** Whether it answered when it was asked last. */
  answers: boolean;
  readonly #mount: Mount;
  readonly #world: Pick<World, "clock" | "mounts">;
  readonly #limits: Pick<HangLimits, "probeInterval" | "probeTimeout">;
  readonly #vacated: () => void;
  #stale = 0;
  #over = false;
  #cancel: Stop = () => {};

  /** @param vacated told once, when the mount is gone or dead */
  constructor(
    { mount, answer }: Neighbour,
    world: Pick<World, "clock" | "mounts">,
    limits: Pick<HangLimits, "probeInterval" | "probeTimeout">,
    vacated: () => void,
  ) {
    this.#mount = mount;
    this.answers = answer === "answers";
    this.#world = world;
    this.#limits = limits;
    this.#vacated = vacated;
    this.#wait();
    // It may have gone while we made up our mind.
    this.stir();
  }

  /** The mount table may have changed. */
  stir(): void {
    if (this.#over) return;
    const { id, device, path } = this.#mount;
    const still = parseMountinfo(this.#world.mounts.table()).some((one) =>
      one.id === id && one.device === device && one.path === path
    );
    if (!still) this.#tell();
  }

  stop(): void {
    this.#over = true;
    this.#cancel();
  }

  #wait(): void {
    const { probeInterval } = this.#limits;
    const pause = Number.isFinite(probeInterval) ? probeInterval : LOOK_MS;
    this.#cancel = this.#world.clock.after(pause, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const patience = Math.max(this.#limits.probeTimeout, LEAST_PATIENCE_MS);
    const answer = await this.#world.mounts.ask(this.#mount.path, patience);
    if (this.#over) return;
    this.answers = answer === "answers";
    this.#stale = answer === "stale" ? this.#stale + 1 : 0;
    if (this.#stale >= STALE_PROBES) this.#tell();
    else this.#wait();
  }

  #tell(): void {
    this.stop();
    this.#vacated();
  }
}
