import type { SupervisorSettings } from "../plan/settings.ts";
import type { FuseConnections, World } from "../ports/world.ts";
import { describeError } from "../text/describe_error.ts";
import type { Daemon } from "./daemon.ts";
import type { HeldConnection } from "./held_connection.ts";
import type { Journal } from "./journal.ts";
import type { StopLeavings, StopManner } from "./state.ts";
import { StopSequence } from "./stop_sequence.ts";
import type { TargetWatch } from "./target_watch.ts";

/** What {@link Stops} needs. */
export interface StopsParts {
  readonly world: World;
  readonly settings: SupervisorSettings;
  readonly journal: Journal;
  readonly connections: FuseConnections;
  readonly held: HeldConnection;
  readonly daemon: Daemon;
  /** Absent for a server, which mounts nothing. */
  readonly target: () => TargetWatch | undefined;
}

/** Leftovers of a dead daemon get no more than this to go. */
const CLEANUP_MS = 2000;

/** How daemons are ended, one stop at a time. */
export class Stops {
  readonly #parts: StopsParts;
  #underWay: StopSequence | undefined;

  constructor(parts: StopsParts) {
    this.#parts = parts;
  }

  /**
   * Ends the daemon and what it is not to leave.
   *
   * @returns whether it is over; not where another stop is under way, which ends all then
   */
  async run(manner: StopManner, leave: StopLeavings): Promise<boolean> {
    if (this.#underWay !== undefined) {
      this.#underWay.leaveNothing();
      return false;
    }
    const { journal: { log }, settings } = this.#parts;
    const sequence = this.#sequence(leave);
    this.#underWay = sequence;
    try {
      await sequence.run(manner, settings.stopTimeout);
    } catch (error) {
      log("error", "stop-failed", `The stop went wrong, ending by force: ${describeError(error)}`);
      await sequence.force().catch((worse: unknown) => {
        log("error", "stop-failed", `Nor by force: ${describeError(worse)}`);
      });
    } finally {
      this.#underWay = undefined;
    }
    return true;
  }

  /** No more waiting in the stop that is under way. */
  hurry(): void {
    this.#underWay?.hurry();
  }

  /** Without the machine, at once: for when that itself has failed. */
  async emergency(): Promise<void> {
    const sequence = this.#sequence("nothing");
    this.#parts.held.end();
    sequence.hurry();
    try {
      await sequence.run("quick", CLEANUP_MS);
    } catch {
      await sequence.force();
    }
  }

  /** Before a start: whatever a dead daemon left running. */
  async endLeftovers(): Promise<void> {
    await this.#sequence("layer").endLeftovers(CLEANUP_MS);
  }

  /** Takes our mounts away from the target. */
  async detach(): Promise<void> {
    await this.#sequence("nothing").detach();
  }

  #sequence(leave: StopLeavings): StopSequence {
    const { world, daemon, target, connections, held, journal: { log } } = this.#parts;
    const watch = target()?.mounts;
    return new StopSequence({ world, daemon, watch, connections, held, log }, leave);
  }
}
