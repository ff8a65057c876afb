import { AT_FDCWD, cString, Errno, fixedBytes, kernel, Open, withErrno } from "./kernel_calls.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const F_WRLCK = 1;
const F_UNLCK = 2;

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
 * @param note what stands in the file from then on, for whoever finds it locked: lines that are as
 *   long for every holder of this lock, up to {@link NOTE_BYTES} the first one
 */
export function tryLockFile(path: string, note?: string): FileLock | undefined {
  const name = cString(path);
  const flags = Open.RDWR | Open.CREAT | Open.CLOEXEC;
  const { result: fd, errno } = withErrno(() => kernel("openat", AT_FDCWD, name, flags, 0o600));
  if (fd < 0) throw new Error(`Cannot open the lock file "${path}": errno ${errno}`);
  const release = (): void => {
    kernel("close", fd);
  };
  const locked = tryFlock(fd);
  if (locked === "ours") {
    // One more, of the kind that others can see without taking it.
    kernel("fcntl", fd, F_OFD_SETLK, wholeFile(F_WRLCK));
    if (note !== undefined) write(fd, note);
    return { release };
  }
  release();
  if (locked === "taken") return undefined;
  throw new Error(`Cannot lock "${path}": errno ${locked}`);
}

/**
 * Locks what is open, at once or not at all (`flock`).
 *
 * @returns the error number where it cannot be locked at all
 */
export function tryFlock(fd: number): "ours" | "taken" | number {
  const { result, errno } = withErrno(() => kernel("flock", fd, LOCK_EX | LOCK_NB));
  if (result === 0) return "ours";
  return errno === Errno.EAGAIN || errno === Errno.EINTR ? "taken" : errno;
}

/**
 * Whether somebody holds a lock, found out without ever taking it: whoever wants it just then gets
 * it.
 *
 * @returns false for a file that is not there
 */
export function isFileLocked(path: string): boolean {
  const fd = kernel("openat", AT_FDCWD, cString(path), Open.CLOEXEC);
  if (fd < 0) return false;
  const lock = wholeFile(F_WRLCK);
  const failed = kernel("fcntl", fd, F_OFD_GETLK, lock) !== 0;
  kernel("close", fd);
  // Where the kernel does not tell, nobody is known to be gone.
  return failed || new DataView(lock.buffer).getInt16(0, true) !== F_UNLCK;
}

/** `struct flock`: type, from where, start and length (0: to the end), and a process, here none. */
function wholeFile(type: number): Uint8Array<ArrayBuffer> {
  const lock = fixedBytes(32);
  new DataView(lock.buffer).setInt16(0, type, true);
  return lock;
}

/** The first lines of all notes are as long as this: to cut a file takes longer than to write it over. */
const NOTE_BYTES = 16;

function write(fd: number, note: string): void {
  const [first = "", ...rest] = note.split("\n");
  const lines = [first.padEnd(NOTE_BYTES - 1), ...rest, ""];
  const bytes = new TextEncoder().encode(lines.join("\n"));
  kernel("write", fd, bytes, bytes.length);
}
