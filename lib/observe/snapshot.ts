/** All that health, status and metrics tell, at one moment. Times are milliseconds. */
export interface Snapshot {
  readonly version: string;
  /** The supervisor's state, such as `mounted`. */
  readonly state: string;
  /** How long it has been in that state. */
  readonly stateFor: number;
  readonly upFor: number;
  readonly target: string | undefined;
  /** The daemon's process id. */
  readonly pid: number | undefined;
  readonly mounted: boolean;
  /** Mounted and, as far as anybody can tell, answering. */
  readonly ready: boolean;
  /** Why it is not ready, for people. */
  readonly reason: string | undefined;
  readonly restarts: Readonly<Record<string, number>>;
  /** How many of the restarts kept the mount, by cause. */
  readonly takeovers: Readonly<Record<string, number>>;
  /** Why the daemon's death would cost the mount, for people; absent when it would not. */
  readonly noTakeover: string | undefined;
  /** How long nobody served, all restarts together. */
  readonly unserved: number;
  /** Why the daemon was last restarted. */
  readonly lastRestart: string | undefined;
  /** How long nobody served at the last restart. */
  readonly lastRemount: number | undefined;
  /** Starts in a row without a mount. */
  readonly failures: number;
  /** FUSE requests without an answer; `undefined` when the kernel does not tell. */
  readonly waiting: number | undefined;
  readonly reaped: number;
  /** Counts the configurations applied; the first is 1. */
  readonly generation: number;
  readonly reloads: Readonly<Record<string, number>>;
  /** The last configuration that was refused, for people. */
  readonly configProblem: string | undefined;
  readonly droppedBytes: number;
  /** The newest warnings and errors of ours, the oldest of them first. */
  readonly lastErrors: readonly LoggedError[];
  /** What the daemon said last, the oldest line first. */
  readonly lastLines: readonly string[];
}

/** A warning or an error that was logged. */
export interface LoggedError {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: "warn" | "error";
  readonly message: string;
}
