import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { FileKind, Host } from "../ports/host.ts";
import { reasonOf } from "../text/describe_error.ts";
import type { Content } from "../text/strict_text.ts";
import { calledAs } from "./called_as.ts";
import { exec } from "./exec.ts";
import { AT_FDCWD, cString, Errno, kernel, withErrno } from "./kernel_calls.ts";
import { mayWrite } from "./may_write.ts";
import { pipesHold } from "./pipes_hold.ts";
import { readLink } from "./read_link.ts";
import type { Signals } from "../ports/signals.ts";
import { writeFileAtomic } from "./write_file_atomic.ts";

const F_OK = 0;

/** The real one. */
export function host(signals: Signals): Host {
  return {
    calledAs: calledAs(),
    args: Deno.args,
    env: Deno.env.toObject(),
    signals,
    pid: Deno.pid,
    hostname: Deno.hostname,
    stdout: print,
    stderr: say,
    readFile,
    readText,
    kindOf,
    isLink: (path) => readLink(path) !== undefined,
    writeFile: writeFileAtomic,
    overwrite: (path, text) => Deno.writeTextFileSync(path, text, { mode: 0o600 }),
    createFile,
    makeFolder: (path) => Deno.mkdirSync(path, { recursive: true }),
    mayWrite,
    pipesHold,
    exec: (program) => exec(program, Deno.env.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin"),
    exit: Deno.exit,
  };
}

/** @throws {CommandError} where it cannot be written, to a full disk say */
function print(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    throw new CommandError(
      `Cannot write to standard output: ${reasonOf(error)}; what was written of it is not all`,
      ExitCode.OsError,
    );
  }
}

/** A message that cannot be written, to a full disk say, must not end what it is about. */
function say(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // There is nobody left to tell.
  }
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(to.writeSync(rest));
  } catch (error) {
    // Whoever read our output has gone; that must not end a supervisor.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function readFile(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Longer texts are not worth a second look at every character. */
const MOST_CHARACTERS = 2 ** 20;

function readText(path: string): Content | undefined {
  const name = cString(path);
  // An error costs more than all the rest of the reading: the kernel is asked first.
  const { result, errno } = withErrno(() => kernel("faccessat", AT_FDCWD, name, F_OK));
  if (result < 0 && errno === Errno.ENOENT) return undefined;
  try {
    const text = Deno.readTextFileSync(path);
    // What is not UTF-8 has become a mark; the mark itself may also stand in the file.
    return text.length > MOST_CHARACTERS || text.includes("\ufffd") ? readFile(path) : text;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function kindOf(path: string): FileKind {
  try {
    const info = Deno.statSync(path);
    return info.isFile ? "file" : info.isDirectory ? "directory" : "other";
  } catch {
    return "absent";
  }
}

function createFile(path: string, text: string): boolean {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true, mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}
