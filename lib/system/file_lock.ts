import { cString } from "./libc.ts";

const O_RDWR = 0o2;
const O_CREAT = 0o100;
const O_CLOEXEC = 0o2000000;
const LOCK_EX = 2;
const LOCK_NB = 4;
const EINTR = 4;
const EWOULDBLOCK = 11;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** A lock that is held until it is released, or the process ends in whatever way. */
export interface FileLock {
  release(): void;
}

/**
 * Takes a lock that the kernel gives back when the process dies: a lock file that a killed process
 * leaves behind locks nobody out.
 *
 * @param path of the lock file; made with mode 0600, and left there
 * @param waitMs how long to try while somebody else has it
 * @returns `undefined` when somebody else still has it after that
 * @throws {Error} when the file cannot be opened
 */
export async function lockFile(path: string, waitMs: number): Promise<FileLock | undefined> {
  const c = Deno.dlopen("libc.so.6", SYMBOLS);
  const errno = (): number => {
    const location = c.symbols.__errno_location();
    return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
  };
  const fd = c.symbols.open(cString(path), O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
  if (fd < 0) {
    const error = errno();
    c.close();
    throw new Error(`Cannot open the lock file "${path}": errno ${error}`);
  }
  const release = (): void => {
    c.symbols.close(fd);
    c.close();
  };
  const until = performance.now() + waitMs;
  for (;;) {
    if (c.symbols.flock(fd, LOCK_EX | LOCK_NB) === 0) return { release };
    const error = errno();
    if (error !== EWOULDBLOCK && error !== EINTR) {
      release();
      throw new Error(`Cannot lock "${path}": errno ${error}`);
    }
    if (performance.now() >= until) {
      release();
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
