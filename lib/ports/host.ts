import type { Signals } from "./signals.ts";
import type { Content } from "../text/strict_text.ts";

/** What a path is, without following a link at its end. */
export type FileKind = "file" | "directory" | "other" | "absent";

/**
 * All that commands may touch of the world outside the process, in one object, so that tests can
 * hand over their own.
 */
export interface Host {
  /** The name we were called by, `argv[0]`: a link's name chooses an applet. */
  readonly calledAs: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signals: Signals;
  /** Our process id; 1 for a container's own process. */
  readonly pid: number;
  hostname(): string;
  /** Writes to standard output, all of it. Results only. A closed pipe is not an error. */
  stdout(text: string): void;
  /** Writes to standard error, all of it. Messages. A closed pipe is not an error. */
  stderr(text: string): void;
  /** @returns the file's bytes, or `undefined` where there is no such file. @throws other errors */
  readFile(path: string): Uint8Array | undefined;
  /**
   * Reads a file that most likely holds text, and may well be absent; quicker than readFile then.
   *
   * @returns its text, or its bytes where they are not surely UTF-8, or `undefined` @throws as above
   */
  readText(path: string): Content | undefined;
  /** What lies at a path, links followed. */
  kindOf(path: string): FileKind;
  /** Whether a symbolic link lies at a path, wherever it leads. */
  isLink(path: string): boolean;
  /** Writes a whole file or nothing of it, with these permission bits. */
  writeFile(path: string, text: string, mode: number): void;
  /** Writes over a file that lies there, be it a mount point itself. @throws when that fails */
  overwrite(path: string, text: string): void;
  /** Makes a new file. @returns false where there is one already */
  createFile(path: string, text: string): boolean;
  /** Makes a folder and those above it; one that exists is fine. */
  makeFolder(path: string): void;
  /** Why nothing can be made in a folder, in the kernel's words; `undefined` when it can. */
  mayWrite(folder: string): string | undefined;
  /** Whether a pipe can be made so many bytes large. */
  pipesHold(bytes: number): boolean;
  /** Becomes another program. @throws {ExecError} where that cannot be done */
  exec(program: Executable): Promise<never>;
  exit(code: number): never;
}

/** What to become. */
export interface Executable {
  /** The whole argument list; the first is a path, or a name that is looked up in `PATH`. */
  readonly argv: readonly string[];
  /** What changes in the environment; `null` takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Whether it gets all the files that the hard limit allows; a server's limits are left alone. */
  readonly allFiles?: boolean;
  /** The working directory, `undefined` for the one we have. */
  readonly cwd?: string;
}
