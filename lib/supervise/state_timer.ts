import type { Log } from "../observe/log.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { Stop, World } from "../ports/world.ts";
import { backoffDelay } from "./backoff.ts";
import type { TimerName } from "./state.ts";

/** A successor is begun before its predecessor goes: it must be there by then, or nearly. */
const HEIR_TIMEOUT_MS = 2000;

/** Curvine itself tries for 120 s to reach a master, twice for a path below `/`. */
const LONGEST_TAKEOVER_MS = 300_000;

/** The one timer of the machine: each setting replaces the one before. */
export class StateTimer {
  readonly #world: Pick<World, "clock" | "random">;
  readonly #settings: SupervisorSettings;
  readonly #log: Log;
  #cancel: Stop = () => {};

  constructor(world: Pick<World, "clock" | "random">, settings: SupervisorSettings, log: Log) {
    this.#world = world;
    this.#settings = settings;
    this.#log = log;
  }

  /** Sets it to a state's limit. */
  arm(timer: TimerName, callback: () => void): void {
    this.#set(this.#limitOf(timer), callback);
  }

  /** Sets it to the wait that so many restarts ask for. */
  wait(restarts: number, callback: () => void): void {
    const delay = backoffDelay(restarts, this.#settings, this.#world.random());
    this.#log("info", "backoff", `Waiting ${delay} ms before the next start`);
    this.#set(delay, callback);
  }

  disarm(): void {
    this.#cancel();
  }

  #limitOf(timer: TimerName): number {
    const { startTimeout } = this.#settings;
    switch (timer) {
      case "heir-timeout":
        return HEIR_TIMEOUT_MS;
      case "takeover-timeout":
        // Requests wait meanwhile, which must have an end whatever the settings say.
        return Math.min(startTimeout, LONGEST_TAKEOVER_MS);
      case "start-timeout":
      case "reload-timeout":
        // A successor gets as long as a cold start: it may have to wait for a master as well.
        return startTimeout;
    }
  }

  #set(milliseconds: number, callback: () => void): void {
    this.#cancel();
    this.#cancel = this.#world.clock.after(milliseconds, callback);
  }
}
