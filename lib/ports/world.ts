import type { Mounts } from "./mounts.ts";
import type { Folders } from "./folders.ts";
import type { ExitStatus } from "./child.ts";
import type { Sockets } from "./sockets.ts";
import type { Takeover } from "./takeover.ts";

/** Ends what it was returned by. More than once does no harm. */
export type Stop = () => void;

/** Time. */
export interface Clock {
  /** Milliseconds of a clock that never jumps; only differences mean something. */
  now(): number;
  /** The wall clock, for people. */
  date(): Date;
  /** Calls back once, after so many milliseconds; never for `Infinity`. */
  after(milliseconds: number, callback: () => void): Stop;
}

/** A signal that we send. */
export type SentSignal = "SIGTERM" | "SIGKILL" | "SIGABRT" | "SIGUSR1";

/** A process whose end we wait for: a child, or an orphan that we adopted. */
export interface ProcessHandle {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Nothing happens when it has ended: its number may belong to somebody else by then. */
  signal(signal: SentSignal): void;
}

/** What to start. */
export interface SpawnRequest {
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A start that the system refused. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";

  /** @param code what to exit with when trying again cannot help; else absent */
  constructor(message: string, readonly code?: number) {
    super(message);
  }
}

/** Processes of this machine. */
export interface Processes {
  /**
   * Starts a daemon. Its output goes to ours unchanged, through a bounded buffer.
   *
   * @param tap sees every chunk of its output; must copy what it keeps
   * @throws {SpawnError}
   */
  spawn(request: SpawnRequest, tap: (chunk: Uint8Array) => void): ProcessHandle;
  /**
   * Runs a helper to its end and collects what it prints.
   *
   * @param onLine is told each line of its output at once
   * @returns `undefined` when it could not be started or was killed at the deadline
   */
  run(
    request: SpawnRequest,
    deadline: number,
    onLine?: (line: string) => void,
  ): Promise<{ status: ExitStatus; stdout: string; stderr: string } | undefined>;
  /** Waits for an orphan that became our child. */
  adopt(pid: number): ProcessHandle;
  /** Children of ours that carry a variable with this value in their environment. */
  marked(variable: string, value: string): MarkedChild[];
  /** Whether any process that carries a variable with this value has the FUSE device open. */
  anyServesFuse(variable: string, value: string): boolean;
  /**
   * Whether a process, a descendant of it, or one that carries a variable with this value serves the
   * FUSE connection of this minor.
   *
   * @returns `undefined` where the kernel does not tell
   */
  serves(
    pid: number | undefined,
    variable: string,
    value: string,
    minor: string,
  ): boolean | undefined;
  /** Processes that serve FUSE and carry a variable, whoever their parents are. */
  strays(variable: string): Stray[];
  /** When a process was started, on a scale of its own; `undefined` when it is no more. */
  birthOf(pid: number): number | undefined;
  /** Ends a process that is no child of ours. @returns whether it is gone */
  endStray(pid: number, patience: number): Promise<boolean>;
  /** Orphans reaped so far that nobody waited for. */
  reaped(): number;
  /** The ends of orphans that nobody waited for, after the first so many; the last few of them. */
  endedSince(reaped: number): readonly EndedOrphan[];
  /** Whether a thread of a process, or of a descendant, waits for the answer of a FUSE mount. */
  waitsForFuse(pid: number): boolean;
  /** Makes the kernel take a process, and what it starts, before us when memory runs out. */
  offerToKernel(pid: number): void;
  /** What the threads of a process do, for a person who looks for a hang. */
  stacks(pid: number): string;
  /** Ends the helpers that still run. */
  close(): Promise<void>;
}

/** See {@link Processes.endedSince}. */
export interface EndedOrphan {
  readonly pid: number;
  /** What the kernel calls it: the first {@link NAME_LENGTH} characters of its program's name. */
  readonly name: string;
  readonly status: ExitStatus;
}

/** Linux keeps so much of a process's name (proc(5), `comm`). */
export const NAME_LENGTH = 15;

/** See {@link Processes.strays}. */
export interface Stray {
  readonly pid: number;
  /** The variable's value. */
  readonly mark: string;
  /** The connections that it serves, by the minors of their devices. */
  readonly minors: readonly string[];
}

/** See {@link Processes.marked}. */
export interface MarkedChild {
  readonly pid: number;
  /** Its environment, as `NAME=value` entries. */
  readonly env: readonly string[];
  /** Whether it has the FUSE device open: then it serves a mount. */
  readonly servesFuse: boolean;
}

/** The kernel's view of FUSE connections, named by the minor of their device. */
export interface FuseConnections {
  /** Requests without an answer; `undefined` when the kernel does not tell. */
  waiting(minor: string): number | undefined;
  /** Ends all requests with an error and the connection with them. @returns whether it could */
  abort(minor: string): boolean;
  close(): Promise<void>;
}

/** Where our own lines and the daemon's output go. */
export interface Output {
  /** One line for standard error, without its newline. */
  line(text: string): void;
  /** Bytes that were dropped because nobody took them. */
  dropped(): number;
  /** Waits until all is written, at most so many milliseconds. */
  flush(milliseconds: number): Promise<void>;
}

/** Small files of ours. */
export interface Files {
  /** @returns its text, or `undefined` when it cannot be read */
  read(path: string): string | undefined;
  /** @throws when it cannot be written */
  write(path: string, text: string): void;
  remove(path: string): void;
  /**
   * Makes a folder that we can write.
   *
   * @param alone whether nobody else may be able to
   * @throws when that cannot be had
   */
  makeFolder(path: string, alone: boolean): void;
}

/** A lock that ends with us, whatever ends us. */
export interface Locks {
  /**
   * @param note lines that stand in the lock's file from then on, the first of a few characters
   * @returns `undefined` when somebody else holds it
   * @throws when it cannot be tried
   */
  take(path: string, note: string): Stop | undefined;
}

/** All that the supervisor touches, so that tests can hand over a world of their own. */
export interface World {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly mounts: Mounts;
  readonly folders: Folders;
  readonly sockets: Sockets;
  readonly output: Output;
  readonly files: Files;
  readonly locks: Locks;
  readonly takeover: Takeover;
  /** Our own numbers. */
  readonly user: number;
  readonly pid: number;
  /** In [0, 1). */
  random(): number;
  /** Processes of this container that the kernel has ended for lack of memory, as far as it tells. */
  oomKills(): number;
  readLink(path: string): string | undefined;
  /** @param folder where fusectl may be mounted when it is not; `undefined`: nowhere */
  connections(folder: string | undefined): FuseConnections;
  /** Calls back whenever the mount table may have changed. */
  watchMounts(changed: () => void): Stop;
  /** Calls back whenever something in a folder may have changed. */
  watchFolder(path: string, changed: () => void): Stop;
  /** Calls back for errors that nothing caught. */
  watchFaults(fault: (error: unknown) => void): Stop;
  /** Makes orphans of our descendants our children; PID 1 gets them anyway. */
  becomeSubreaper(): boolean;
  /** Gives memory back that only the start needed. */
  trimMemory(): void;
}
