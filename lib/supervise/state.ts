import type { Mount } from "../mount/mountinfo.ts";
import type { ExitStatus } from "../ports/child.ts";
import type { MountAnswer } from "../ports/mounts.ts";
import type { LogLevel, SupervisorSettings } from "../plan/settings.ts";

/** Why the daemon was started again; a label of the metrics. */
export type RestartCause =
  /** It exited with another code than 0. */
  | "exit"
  /** It exited with 0, and nobody had asked for that. */
  | "exit-zero"
  /** A signal killed it. */
  | "signal"
  /** The kernel killed it, for the container had no memory left. */
  | "oom"
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
  /** No master accepted a connection, so that nothing was started. */
  | "no-master"
  /** A hot reload came to nothing. */
  | "reload-failed"
  /** Whoever was to take the connection over did not serve. */
  | "takeover-failed"
  /** The configuration changed in a way that a hot reload cannot take over. */
  | "config";

/** All causes, for metrics that show zeros too. */
export const RESTART_CAUSES: readonly RestartCause[] = [
  "exit",
  "exit-zero",
  "signal",
  "oom",
  "spawn",
  "start-timeout",
  "hang",
  "unmounted",
  "target",
  "no-master",
  "reload-failed",
  "takeover-failed",
  "config",
];

/** How a restart goes on: with the mount that is there, or with a new one; a label of the metrics. */
export type RestartManner = "takeover" | "cold";

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

/** Another client's mount at our target, and what it answered when it was asked last. */
export interface Neighbour {
  readonly mount: Mount;
  readonly answer: MountAnswer;
}

/** What comes after a stop. */
export type AfterStop =
  | { readonly kind: "exit"; readonly code: number }
  | {
    readonly kind: "restart";
    readonly cause: RestartCause;
    readonly detail: string;
    /** Whether the connection is kept for whoever comes next. */
    readonly keep?: boolean;
    /** Whether a configuration that never served may be to blame. */
    readonly blamesConfig?: boolean;
  };

/** The configuration changed once more meanwhile: `restart` when a hot reload cannot take it. */
export type Again = "no" | "reload" | "restart";

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
      readonly again: Again;
      readonly since: number;
      readonly announcedUntil: number;
    }
    | {
      readonly name: "taking-over";
      /** `waiting`: the backoff. `proving`: a successor was started and must serve. */
      readonly phase: "waiting" | "proving";
      /** Since when it is in this phase. */
      readonly from: number;
      readonly again: Again;
    }
    | { readonly name: "backoff" }
    /** Another client serves the target: nothing is started until that is dead. */
    | { readonly name: "standing-by" }
    | {
      readonly name: "stopping";
      readonly then: AfterStop;
      /** Since when it had been mounted; absent when it was not. */
      readonly since?: number;
    }
    | { readonly name: "done" }
    | { readonly name: "failed"; readonly code: number }
  );

/** What is true when an event is taken. */
export interface Facts {
  /** On the clock of the states. */
  readonly at: number;
  /** Whether the mount's connection outlives its daemon, so that a successor can take it over. */
  readonly held: boolean;
  /** Whether the mount that served is in the mount table no more. */
  readonly gone: boolean;
  /** Whether the configuration never served and an earlier one did, to which one can go back. */
  readonly untried: boolean;
}

/** Something that happened. */
export type Event =
  & Facts
  & (
    /** The target is clean. */
    | { readonly name: "cleared" }
    /** The target cannot be cleared, for the reason given. */
    | {
      readonly name: "obstructed";
      readonly message: string;
      /** Whether trying again cannot help. */
      readonly lasting?: boolean;
    }
    /** Another client serves the target. */
    | { readonly name: "occupied"; readonly message: string; readonly neighbour: Neighbour }
    /** That client may be gone. */
    | { readonly name: "vacated" }
    /** A dead layer stays at the target, for no master answers. */
    | { readonly name: "masterless"; readonly message: string }
    /** `code` is set when trying again cannot help. */
    | { readonly name: "spawn-failed"; readonly message: string; readonly code?: number }
    /** Every mount point of the plan shows a FUSE mount. */
    | { readonly name: "mounted" }
    /** One of them no longer does. */
    | { readonly name: "unmounted" }
    /** It is there, and nobody outside of this container sees it. */
    | { readonly name: "unshared"; readonly message: string }
    /** The daemon, or its adopted successor, ended. */
    | {
      readonly name: "exited";
      readonly status: ExitStatus;
      readonly heir?: Heir;
      /** Whether the kernel ended it for lack of memory. */
      readonly oom?: boolean;
    }
    /** A successor showed up after its predecessor had gone. */
    | { readonly name: "heir-found"; readonly heir: Heir }
    /** A successor had ended before it could be adopted. */
    | { readonly name: "heir-ended"; readonly status: ExitStatus }
    /** The successor, adopted or started by us, serves the mount. */
    | { readonly name: "healthy" }
    /** The connection cannot be handed on, or whoever got it does not know what to do with it. */
    | { readonly name: "takeover-refused"; readonly message: string }
    | { readonly name: "takeover-timeout" }
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
  /** Watches the client that serves the target; `vacated` follows when that is dead. */
  | { readonly do: "attend"; readonly neighbour: Neighbour }
  | { readonly do: "spawn" }
  /** Starts a successor with the connection; `healthy` or `takeover-refused` follows. */
  | { readonly do: "take-over" }
  /** From now on every restart is a cold one: this daemon cannot take over. */
  | { readonly do: "forgo-takeovers"; readonly reason: string }
  /** Ends the connection that is held, so that nobody waits for an answer of it any more. */
  | { readonly do: "let-go" }
  /** Goes back to the configuration that served last. */
  | { readonly do: "roll-back"; readonly detail: string }
  | { readonly do: "adopt"; readonly heir: Heir }
  | { readonly do: "seek" }
  | { readonly do: "hot-reload" }
  /** Ends the daemon and its kin, and leaves what it says; `stopped` follows. */
  | { readonly do: "stop"; readonly manner: StopManner; readonly leave: StopLeavings }
  /** A stop is under way: no more waiting. */
  | { readonly do: "hurry" }
  /** One timer for all: it is replaced by the next one. */
  | { readonly do: "arm"; readonly timer: TimerName }
  /** Sets the timer by the number of restarts; `retry-due` follows. */
  | { readonly do: "wait"; readonly restarts: number }
  | { readonly do: "disarm" }
  | {
    readonly do: "count-restart";
    readonly cause: RestartCause;
    readonly how: RestartManner;
    readonly detail: string;
  }
  | { readonly do: "count-reload"; readonly result: ReloadResult }
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

/** How a reload went: handed over, taken over from, mounted anew, or not at all. */
export type ReloadResult = "hot" | "takeover" | "cold" | "failed";

/** The timers, named after the events that they cause. */
export type TimerName = "start-timeout" | "reload-timeout" | "heir-timeout" | "takeover-timeout";

/**
 * `orderly`: the whole budget. `quick`: the mount is of no use any more. `hung`: stacks are
 * written down first, and TERM would not be heard. `unmounted`: the mount is gone; a daemon that does
 * not end by itself is killed, for on its way out it would unmount what lies beneath (Curvine:
 * curvine-fuse, Mounting).
 */
export type StopManner = "orderly" | "quick" | "hung" | "unmounted";

/**
 * What a stop leaves: `nothing`, before we exit. `layer`: a mount whose daemon has gone stays until
 * the next one can come, for programs shall get ENOTCONN and not the folder beneath. `connection`:
 * the mount lives on for a successor.
 */
export type StopLeavings = "nothing" | "layer" | "connection";

/** A new state and what to do on the way into it. */
export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** The settings that decide. */
export type Limits = Pick<SupervisorSettings, "restartLimit" | "stableAfter" | "stopTimeout">;
