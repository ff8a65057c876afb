import type { MountPlan } from "../plan/plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import { CommandError } from "../ports/command_error.ts";
import type { World } from "../ports/world.ts";
import type { NotReady } from "./clear_target.ts";
import { sameValue } from "./config_changes.ts";
import type { Daemon } from "./daemon.ts";
import type { News } from "./event_loop.ts";
import type { Journal } from "./journal.ts";
import { NeighbourWatch } from "./neighbour_watch.ts";
import { Reach } from "./reach.ts";
import type { Neighbour, State } from "./state.ts";
import { phaseOf, TargetWatch } from "./target_watch.ts";

/** What a {@link Place} needs. */
export interface PlaceParts {
  readonly world: World;
  readonly settings: SupervisorSettings;
  readonly journal: Journal;
  /** The run folder, where there is one. */
  readonly folder: string | undefined;
  readonly daemon: Daemon;
  readonly state: () => State;
  readonly take: (news: News) => void;
  /** Told when what was mounted is there no more. */
  readonly unserved: () => void;
}

/** Where we mount: what lies there, whose that is, and whether anybody else sees it. */
export class Place {
  /** Absent for a server, which mounts nothing. */
  target: TargetWatch | undefined;
  /** While we stand by. */
  neighbour: NeighbourWatch | undefined;
  /** Whether the mount reaches the applications. */
  readonly reach: Reach;
  readonly #parts: PlaceParts;

  constructor(parts: PlaceParts) {
    const { world, folder, journal } = parts;
    this.#parts = parts;
    this.reach = new Reach(world.files, folder, journal.log);
  }

  /**
   * Goes to the target that is wanted, where that is another one.
   *
   * @param leave takes all that is ours away from the old one
   * @returns what is in the way
   */
  async moveTo(
    mount: MountPlan | null,
    leave: () => Promise<void>,
  ): Promise<NotReady | undefined> {
    if (sameValue(this.target?.plan ?? null, mount)) return undefined;
    await leave();
    try {
      this.watch(mount);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { name: "obstructed", message: error.message };
    }
    return undefined;
  }

  /** Watches another target from now on. @throws {CommandError} when its path leads nowhere */
  watch(mount: MountPlan | null): void {
    this.target?.close();
    const { world, daemon, journal: { log }, state, take, unserved } = this.#parts;
    this.target = mount === null ? undefined : new TargetWatch(mount, world, {
      phase: () => phaseOf(state()),
      serves: (minor) => daemon.serves(minor),
      servesFuse: () => daemon.servesFuse(),
      mounted: () => take({ name: "mounted" }),
      gone: () => {
        // On its way out the daemon would unmount what lies beneath, the volume itself.
        if (this.target?.mounts.hasBeneath() === true) daemon.signal("SIGKILL");
        unserved();
        take({ name: "unmounted" });
      },
      covered: (is) =>
        is
          ? log("warn", "covered", "Somebody mounted over the target; ours lives on below it")
          : log("info", "uncovered", "The target is ours again"),
    });
  }

  /** Stands by another client until that may be gone. */
  attend(neighbour: Neighbour): void {
    const { world, settings, take } = this.#parts;
    this.neighbour = new NeighbourWatch(neighbour, world, settings, () => {
      take({ name: "vacated" });
    });
  }

  /** No more standing by. */
  leave(): void {
    this.neighbour?.stop();
    this.neighbour = undefined;
  }

  /** A mount of ours has come: does anybody else see it? */
  lookAround(): void {
    const message = this.target && this.reach.look(this.target);
    if (message !== undefined) this.#parts.take({ name: "unshared", message });
  }

  /** The mount table may have changed. */
  stir(): void {
    this.target?.stir();
    this.neighbour?.stir();
  }

  close(): void {
    this.target?.close();
    this.leave();
  }
}
