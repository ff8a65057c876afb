/** How a child is run. */
export interface ChildOptions {
  /** Set on top of our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds until its whole process group is stopped; without it there is no limit. */
  readonly limitMs?: number;
  /** Milliseconds between TERM and KILL. */
  readonly graceMs?: number;
  /** Stops it like the limit does. */
  readonly signal?: AbortSignal;
  /** Gets every line as it comes, without its end. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

/** How a child ended. */
export interface ChildResult {
  /** Its exit code; 128 + signal where one ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why we stopped it. */
  readonly stopped: "limit" | "signal" | undefined;
}

/** How a process ended. */
export interface ExitStatus {
  /** What it exited with; 128 + the signal's number when a signal ended it. */
  readonly code: number;
  /** Such as `SIGKILL`; absent when it exited by itself. */
  readonly signal?: string;
}
