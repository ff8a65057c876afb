import { closeOnExec } from "./close_on_exec.ts";
import type { Executable } from "../ports/host.ts";
import { SIGNAL_NUMBERS } from "../ports/signals.ts";
import {
  addressOf,
  AT_FDCWD,
  cString,
  environment,
  Errno,
  fixedBytes,
  kernel,
  withErrno,
} from "./kernel_calls.ts";
import { resetSignals } from "./reset_signals.ts";
import { deliverSignals } from "./signals.ts";
import { raiseOpenFiles } from "./raise_open_files.ts";
import { unblockSignals } from "./signal_mask.ts";
import { reasonOf } from "../text/describe_error.ts";

/** Why we could not become something else. */
export class ExecError extends Error {
  override readonly name = "ExecError";

  /** @param notFound whether there is no such executable, as opposed to one that cannot run */
  constructor(message: string, readonly notFound: boolean) {
    super(message);
  }
}

const LAST_SIGNAL = 64;
/** What ends a program that does not listen. */
const ENDING = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"] as const;
/** For `prlimit`. */
const OURSELVES = 0;

/**
 * Replaces this process. The pid stays, so signals of the container runtime reach the new program
 * without anybody in between, and nothing of ours stays in memory.
 *
 * The environment is changed in place: variables that are not UTF-8 pass unharmed.
 *
 * @throws {ExecError} where it cannot be done; the process should then end
 */
export async function exec(
  { argv, env, cwd, allFiles = false }: Executable,
  path: string,
): Promise<never> {
  for (const [name, value] of Object.entries(env)) {
    if (value === null) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
  if (cwd !== undefined) enter(cwd);
  const [name = ""] = argv;
  const candidates = name.includes("/")
    ? [name]
    : path.split(":").map((folder) => `${folder || "."}/${name}`);
  const words = argumentBlock(argv);
  const variables = environment();
  // Not closed here and now: should exec fail, this process still needs them.
  closeOnExec();
  if (allFiles) raiseOpenFiles(OURSELVES);
  // What comes from here on ends us as it would end the program; what came before is heard first.
  resetSignals(ENDING.map((name) => SIGNAL_NUMBERS[name]));
  await deliverSignals();
  // They and the mask outlive exec. Rust's runtime ignores SIGPIPE: a daemon that inherited that
  // would never notice a closed pipe.
  resetSignals(Array.from({ length: LAST_SIGNAL }, (_, index) => index + 1));
  unblockSignals();
  let worst: number = Errno.ENOENT;
  for (const candidate of candidates) {
    const file = cString(candidate);
    // It only returns when it failed.
    const { errno } = withErrno(() => kernel("execve", file, words, variables));
    if (errno !== Errno.ENOENT && errno !== Errno.ENOTDIR) worst = errno;
    if (worst !== Errno.ENOENT && worst !== Errno.EACCES) break;
  }
  throw failure(name, worst);
}

function enter(folder: string): void {
  try {
    Deno.chdir(folder);
  } catch (error) {
    const reason = reasonOf(error);
    throw new ExecError(
      `Cannot enter the working directory "${folder}": ${reason} (is CURVINE_HOME right?)`,
      true,
    );
  }
}

/**
 * An argument list as execve takes it: pointers, a null, then the strings, all in one block, so
 * that no string can be collected as garbage while only its address is known.
 */
function argumentBlock(argv: readonly string[]): Uint8Array<ArrayBuffer> {
  const strings = argv.map(cString);
  const pointersEnd = 8 * (strings.length + 1);
  const block = fixedBytes(strings.reduce((size, one) => size + one.length, pointersEnd));
  const base = addressOf(block);
  const pointers = new BigUint64Array(block.buffer, 0, strings.length + 1);
  let offset = pointersEnd;
  strings.forEach((one, index) => {
    pointers[index] = base + BigInt(offset);
    block.set(one, offset);
    offset += one.length;
  });
  return block;
}

/** Of a script whose interpreter is absent, or a program whose loader is, the kernel says the same. */
function absence(name: string): string {
  const isThere = kernel("faccessat", AT_FDCWD, cString(name), 0) === 0;
  return isThere ? "what runs it (its interpreter behind #!, or its loader)" : "it";
}

function failure(name: string, error: number): ExecError {
  const quoted = JSON.stringify(name);
  switch (error) {
    case Errno.ENOENT:
      return new ExecError(`Cannot execute ${quoted}: ${absence(name)} does not exist`, true);
    case Errno.EACCES:
      return new ExecError(`Cannot execute ${quoted}: it is not executable for us`, false);
    case Errno.ENOEXEC:
      return new ExecError(
        `Cannot execute ${quoted}: it is neither an ELF file nor a script that begins with #!`,
        false,
      );
    default:
      return new ExecError(`Cannot execute ${quoted}: error ${error}`, false);
  }
}
