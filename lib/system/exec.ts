import { cString, errno, libc } from "./libc.ts";

/** What to become. */
export interface Executable {
  /** The whole argument list; the first is a path, or a name that is looked up in `PATH`. */
  readonly argv: readonly string[];
  /** What changes in the environment; `null` takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** The working directory, `undefined` for the one we have. */
  readonly cwd?: string;
}

/** Why we could not become something else. */
export class ExecError extends Error {
  override readonly name = "ExecError";

  /** @param notFound whether there is no such executable, as opposed to one that cannot run */
  constructor(message: string, readonly notFound: boolean) {
    super(message);
  }
}

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const SIG_DFL = 0n;
const SIG_SETMASK = 2;
/** `sigset_t` in glibc. */
const SIGSET_BYTES = 128;
const LAST_SIGNAL = 64;

/**
 * Replaces this process. The pid stays, so signals of the container runtime reach the new program
 * without anybody in between, and nothing of ours stays in memory.
 *
 * The environment is changed in place through libc: variables that are not UTF-8 pass unharmed.
 *
 * @throws {ExecError} where it cannot be done; the process should then end
 */
export async function exec({ argv, env, cwd }: Executable, path: string): Promise<never> {
  const { execv, setenv, unsetenv, chdir } = libc();
  for (const [name, value] of Object.entries(env)) {
    if (value === null) unsetenv(cString(name));
    else setenv(cString(name), cString(value), 1);
  }
  if (cwd !== undefined && chdir(cString(cwd)) !== 0) {
    throw new ExecError(
      `Cannot enter the working directory "${cwd}": error ${errno()} (is CURVINE_HOME right?)`,
      true,
    );
  }
  const [name = ""] = argv;
  const candidates = name.includes("/")
    ? [name]
    : path.split(":").map((folder) => `${folder || "."}/${name}`);
  const words = argvBlock(argv);
  leakNoDescriptors();
  // Signals caught since the process began wait in the runtime until it comes to rest once; after
  // that, as little time as possible passes in which one would vanish together with this program.
  await new Promise((resolve) => setTimeout(resolve, 0));
  resetSignals();
  let worst = ENOENT;
  for (const candidate of candidates) {
    // execv only returns when it failed.
    execv(cString(candidate), words);
    const error = errno();
    if (error !== ENOENT && error !== ENOTDIR) worst = error;
    if (worst !== ENOENT && worst !== EACCES) break;
  }
  throw failure(name, worst);
}

/**
 * An argument list as execv takes it: pointers, a null, then the strings, all in one block, so that
 * no string can be collected as garbage while only its address is known.
 */
function argvBlock(argv: readonly string[]): Uint8Array<ArrayBuffer> {
  const strings = argv.map(cString);
  const pointersEnd = 8 * (strings.length + 1);
  const block = new Uint8Array(
    new ArrayBuffer(strings.reduce((size, one) => size + one.length, pointersEnd)),
  );
  const base = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(block)));
  const pointers = new BigUint64Array(block.buffer, 0, strings.length + 1);
  let offset = pointersEnd;
  strings.forEach((one, index) => {
    pointers[index] = base + BigInt(offset);
    block.set(one, offset);
    offset += one.length;
  });
  return block;
}

/**
 * Signal dispositions and the mask outlive exec. Rust's runtime ignores SIGPIPE: a daemon that
 * inherited that would never notice a closed pipe.
 */
function resetSignals(): void {
  const { signal, sigprocmask } = libc();
  for (let number = 1; number <= LAST_SIGNAL; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, new Uint8Array(SIGSET_BYTES), null);
}

/**
 * Descriptors outlive exec, too, unless they are marked. They are not closed here: should exec
 * fail, this process still needs them.
 */
function leakNoDescriptors(): void {
  const { fcntl } = libc();
  for (const entry of Deno.readDirSync("/proc/self/fd")) {
    const descriptor = Number(entry.name);
    if (descriptor > 2) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

function failure(name: string, error: number): ExecError {
  const quoted = JSON.stringify(name);
  switch (error) {
    case ENOENT:
      return new ExecError(`Cannot execute ${quoted}: it does not exist`, true);
    case EACCES:
      return new ExecError(`Cannot execute ${quoted}: it is not executable for us`, false);
    case 8:
      return new ExecError(
        `Cannot execute ${quoted}: it is neither an ELF file nor a script that begins with #!`,
        false,
      );
    default:
      return new ExecError(`Cannot execute ${quoted}: error ${error}`, false);
  }
}
