import type { FileKind, Host } from "../../lib/ports/host.ts";
import { type CaughtSignal, SIGNAL_NUMBERS } from "../../lib/ports/signals.ts";

/** Thrown where a real host's process ends. */
export class Ended extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** A host in memory, and what was done to it. */
export interface FakeHost extends Host {
  out: string;
  err: string;
  readonly files: Map<string, string>;
  readonly modes: Map<string, number>;
  readonly folders: Set<string>;
  executed: Parameters<Host["exec"]>[0] | undefined;
  /** The first exit code, -1 where it became another program: nothing after that would happen. */
  ended: number | undefined;
}

/** @param failures paths whose writing throws this error */
export function fakeHost(
  given: Partial<Pick<Host, "args" | "env" | "calledAs" | "pid">> & {
    /** Symbolic links that lead nowhere. */
    links?: readonly string[];
    files?: Readonly<Record<string, string>>;
    failures?: Readonly<Record<string, Error>>;
    execError?: Error;
    /** Folders in which nothing can be made, with why. */
    unwritable?: Readonly<Record<string, string>>;
    early?: readonly CaughtSignal[];
  } = {},
): FakeHost {
  const files = new Map(Object.entries(given.files ?? {}));
  const host: FakeHost = {
    calledAs: given.calledAs ?? "/usr/local/bin/curvine-fluid",
    args: given.args ?? [],
    env: given.env ?? {},
    out: "",
    err: "",
    files,
    modes: new Map(),
    folders: new Set(),
    executed: undefined,
    ended: undefined,
    signals: {
      delivered: () => Promise.resolve(),
      takeOver: (handler): void => (given.early ?? []).forEach(handler),
      endBy: (exit): void =>
        (given.early ?? []).forEach((signal) => exit(128 + SIGNAL_NUMBERS[signal])),
    },
    pid: given.pid ?? 42,
    hostname: () => "node-7",
    stdout: (text) => {
      host.out += text;
    },
    stderr: (text) => {
      host.err += text;
    },
    readFile: (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    readText: (path) => files.get(path),
    kindOf: (path): FileKind =>
      files.has(path)
        ? "file"
        : [...files.keys()].some((one) => one.startsWith(`${path.replace(/\/$/, "")}/`))
        ? "directory"
        : "absent",
    isLink: (path) => given.links?.includes(path) ?? false,
    writeFile: (path, text, mode) => {
      const failure = given.failures?.[path];
      if (failure) throw failure;
      files.set(path, text);
      host.modes.set(path, mode);
    },
    overwrite: (path, text) => {
      files.set(path, text);
    },
    createFile: (path, text) => {
      if (files.has(path)) return false;
      files.set(path, text);
      return true;
    },
    makeFolder: (path) => {
      host.folders.add(path);
    },
    mayWrite: (folder) => given.unwritable?.[folder],
    pipesHold: () => true,
    exec: (program): Promise<never> => {
      host.executed = program;
      if (given.execError) throw given.execError;
      host.ended ??= -1;
      throw new Ended(-1);
    },
    exit: (code) => {
      host.ended ??= code;
      throw new Ended(code);
    },
  };
  return host;
}
