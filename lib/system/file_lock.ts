import { AT_FDCWD, cString, Errno, kernel, Open, withErrno } from "./kernel_calls.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

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
  const until = performance.now() + waitMs;
  for (;;) {
    const lock = tryLockFile(path);
    if (lock !== undefined || performance.now() >= until) return lock;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Like {@link lockFile}, at once or not at all.
 *
 * @param note what stands in the file from then on, for whoever finds it locked: up to
 *   {@link NOTE_BYTES}
 */
export function tryLockFile(path: string, note?: string): FileLock | undefined {
  const name = cString(path);
  const flags = Open.RDWR | Open.CREAT | Open.CLOEXEC;
  const { result: fd, errno } = withErrno(() => kernel("openat", AT_FDCWD, name, flags, 0o600));
  if (fd < 0) throw new Error(`Cannot open the lock file "${path}": errno ${errno}`);
  const release = (): void => {
    kernel("close", fd);
  };
  const locked = withErrno(() => kernel("flock", fd, LOCK_EX | LOCK_NB));
  if (locked.result === 0) {
    if (note !== undefined) write(fd, note);
    return { release };
  }
  release();
  if (locked.errno === Errno.EAGAIN || locked.errno === Errno.EINTR) return undefined;
  throw new Error(`Cannot lock "${path}": errno ${locked.errno}`);
}

/** All notes are as long as this: to cut a file takes longer than to write it over. */
const NOTE_BYTES = 16;

function write(fd: number, note: string): void {
  const bytes = new TextEncoder().encode(`${note.padEnd(NOTE_BYTES - 1)}\n`);
  kernel("write", fd, bytes, bytes.length);
}
