import type { ExitStatus } from "../ports/child.ts";
import type { LogLevel, SupervisorSettings } from "../plan/settings.ts";

/** Why the daemon was started again; a label of the metrics. */
export type RestartCause =
  /** It exited with another code than 0. */
  | "exit"
  /** It exited with 0, and nobody had asked for that. */
  | "exit-zero"
  /** A signal killed it. */
  | "signal"
  /** It could not be started at all. */
  | "spawn"
  /** It did not mount in time. */
  | "start-timeout"
  /** Requests stayed unanswered. */
  | "hang"
  /** Somebody unmounted the target without telling us. */
  | "unmounted"
  /** The target could not be cleared. */
  | "target"
  /** A hot reload came to nothing. */
  | "reload-failed"
  /** The configuration changed in a way that a hot reload cannot take over. */
  | "config";

/** All causes, for metrics that show zeros too. */
export const RESTART_CAUSES: readonly RestartCause[] = [
  "exit",
  "exit-zero",
  "signal",
  "spawn",
  "start-timeout",
  "hang",
  "unmounted",
  "target",
  "reload-failed",
  "config",
];

/** Who wants a reload. */
export type ReloadReason = "signal" | "config";

/** What is counted from one start to the next. */
export interface Tally {
  /** Restarts since the mount was last stable: they make the next wait longer. */
  readonly restarts: number;
  /** Starts in a row that ended without a mount. */
  readonly failures: number;
  /** Whether the target was ever clean: an obstacle found at the very beginning ends us. */
  readonly begun: boolean;
  /** How the daemon last ended. */
  readonly last?: ExitStatus;
}

/** A process that carries on the work of the daemon that exited. */
export interface Heir {
  readonly pid: number;
  /** `successor`: begun by a hot reload. `server`: it holds the FUSE device, as after a fork. */
  readonly kind: "successor" | "server";
}

/** What comes after a stop. */
export type AfterStop =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "restart"; readonly cause: RestartCause; readonly detail: string };

/** The supervisor's states. Times are milliseconds of a clock that never jumps. */
export type State =
  & Tally
  & (
    | { readonly name: "clearing" }
    | { readonly name: "starting" }
    | { readonly name: "mounted"; readonly since: number; readonly announcedUntil: number }
    | {
      readonly name: "reloading";
      /**
       * `handoff`: the daemon was told. `seeking`: it exited and its successor is looked for.
       * `settling`: the successor was adopted and must prove itself.
       */
      readonly phase: "handoff" | "seeking" | "settling";
      readonly reason: ReloadReason;
      /** The configuration changed once more meanwhile: `restart` when a reload cannot take it. */
      readonly again: "no" | "reload" | "restart";
      readonly since: number;
      readonly announcedUntil: number;
    }
    | { readonly name: "backoff" }
    | {
      readonly name: "stopping";
      readonly then: AfterStop;
      /** Since when it had been mounted; absent when it was not. */
      readonly since?: number;
    }
    | { readonly name: "done" }
    | { readonly name: "failed"; readonly code: number }
  );

/** Something that happened. `at` is when, on the clock of the states. */
export type Event =
  & { readonly at: number }
  & (
    /** The target is clean. */
    | { readonly name: "cleared" }
    /** The target cannot be cleared, for the reason given. */
    | { readonly name: "obstructed"; readonly message: string }
    /** `code` is set when trying again cannot help. */
    | { readonly name: "spawn-failed"; readonly message: string; readonly code?: number }
    /** Every mount point of the plan shows a FUSE mount. */
    | { readonly name: "mounted" }
    /** One of them no longer does. */
    | { readonly name: "unmounted" }
    /** The daemon, or its adopted successor, ended. */
    | { readonly name: "exited"; readonly status: ExitStatus; readonly heir?: Heir }
    /** A successor showed up after its predecessor had gone. */
    | { readonly name: "heir-found"; readonly heir: Heir }
    /** The adopted successor serves the mount. */
    | { readonly name: "healthy" }
    | { readonly name: "start-timeout" }
    | { readonly name: "retry-due" }
    | { readonly name: "reload-timeout" }
    | { readonly name: "heir-timeout" }
    /** TERM, INT, QUIT or `POST /stop`. */
    | { readonly name: "stop"; readonly by: string }
    /** `hot`: whether a hot reload can do it. */
    | { readonly name: "reload"; readonly reason: ReloadReason; readonly hot: boolean }
    /** Requests wait and the probe found no answer for too long. */
    | { readonly name: "hung"; readonly message: string }
    /** Somebody is about to unmount the target. */
    | { readonly name: "announced" }
    /** curvine-fuse itself says that the configuration is wrong. */
    | { readonly name: "config-rejected"; readonly message: string }
    /** The stop sequence is over: nothing runs, nothing is mounted. */
    | { readonly name: "stopped"; readonly status?: ExitStatus }
    /** An unexpected error of ours. */
    | { readonly name: "fault"; readonly message: string }
  );

/** What is to be done about it. */
export type Action =
  | { readonly do: "clear" }
  | { readonly do: "spawn" }
  | { readonly do: "adopt"; readonly heir: Heir }
  | { readonly do: "seek" }
  | { readonly do: "hot-reload" }
  /** Ends the daemon, its kin and the mounts; `stopped` follows. */
  | { readonly do: "stop"; readonly manner: StopManner }
  /** A stop is under way: no more waiting. */
  | { readonly do: "hurry" }
  /** One timer for all: it is replaced by the next one. */
  | { readonly do: "arm"; readonly timer: TimerName }
  /** Sets the timer by the number of restarts; `retry-due` follows. */
  | { readonly do: "wait"; readonly restarts: number }
  | { readonly do: "disarm" }
  | { readonly do: "count-restart"; readonly cause: RestartCause; readonly detail: string }
  | { readonly do: "count-reload"; readonly result: "hot" | "cold" | "failed" }
  /** Asks curvine-fuse about the configuration; `config-rejected` may follow. */
  | { readonly do: "validate" }
  | { readonly do: "last-words"; readonly cause: string }
  | { readonly do: "finish"; readonly code: number }
  | {
    readonly do: "log";
    readonly level: LogLevel;
    readonly event: string;
    readonly message: string;
  };

/** The timers, named after the events that they cause. */
export type TimerName = "start-timeout" | "reload-timeout" | "heir-timeout";

/**
 * `orderly`: the whole budget. `quick`: the mount is of no use any more. `hung`: stacks are
 * written down first, and TERM would not be heard.
 */
export type StopManner = "orderly" | "quick" | "hung";

/** A new state and what to do on the way into it. */
export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** The settings that decide. */
export type Limits = Pick<SupervisorSettings, "restartLimit" | "stableAfter" | "stopTimeout">;
