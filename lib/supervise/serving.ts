import type { SupervisorSettings } from "../plan/settings.ts";
import type { FuseConnections, Stop, World } from "../ports/world.ts";
import type { News } from "./event_loop.ts";
import { HangMonitor } from "./hang_monitor.ts";
import type { Journal } from "./journal.ts";

/** What {@link Serving} needs. */
export interface ServingParts {
  readonly world: World;
  readonly settings: SupervisorSettings;
  readonly connections: FuseConnections;
  readonly journal: Journal;
  readonly take: (news: News) => void;
}

/** A mount so old is over with what its start needed. */
const TRIM_MS = 8000;

/** Watches over the mount while it serves, and counts how long it did not. */
export class Serving {
  hang: HangMonitor | undefined;
  readonly #parts: ServingParts;
  #cancelTrim: Stop = () => {};
  #downSince: number | undefined;

  constructor(parts: ServingParts) {
    this.#parts = parts;
  }

  /** The target is not served. @param since the time from which on; it may be told again, later */
  lost(since: number = this.#parts.world.clock.now()): void {
    this.#downSince ??= since;
  }

  /**
   * The target is served.
   *
   * @param at the time
   * @returns for how many milliseconds it was not; `undefined` for a first mount
   */
  begin(served: Parameters<HangMonitor["start"]>[0], at: number): number | undefined {
    const { world, settings, connections, journal, take } = this.#parts;
    this.hang = new HangMonitor(
      settings,
      world.clock,
      world.mounts,
      connections,
      (message, since) => {
        this.lost(since);
        take({ name: "hung", message });
      },
    );
    this.hang.start(served);
    this.#cancelTrim();
    this.#cancelTrim = world.clock.after(TRIM_MS, () => world.trimMemory());
    const downSince = this.#downSince;
    this.#downSince = undefined;
    if (downSince === undefined) return undefined;
    journal.servedAgain(at - downSince);
    return at - downSince;
  }

  /** It is somebody else's turn: a stop, a reload. */
  pause(): void {
    this.hang?.stop();
  }

  /** Ends all timers. */
  close(): void {
    this.pause();
    this.#cancelTrim();
  }
}
