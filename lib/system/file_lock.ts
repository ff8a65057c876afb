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
 * @param note what stands in the file from then on, for whoever finds it locked
 * @returns `undefined` when somebody else still has it after that
 * @throws {Error} when the file cannot be opened
 */
export async function lockFile(
  path: string,
  waitMs: number,
  note = "",
): Promise<FileLock | undefined> {
  const name = cString(path);
  const opened = withErrno(() =>
    kernel("openat", AT_FDCWD, name, Open.RDWR | Open.CREAT | Open.CLOEXEC, 0o600)
  );
  const fd = opened.result;
  if (fd < 0) throw new Error(`Cannot open the lock file "${path}": errno ${opened.errno}`);
  const release = (): void => {
    kernel("close", fd);
  };
  const until = performance.now() + waitMs;
  for (;;) {
    const { result, errno } = withErrno(() => kernel("flock", fd, LOCK_EX | LOCK_NB));
    if (result === 0) {
      write(fd, note);
      return { release };
    }
    if (errno !== Errno.EAGAIN && errno !== Errno.EINTR) {
      release();
      throw new Error(`Cannot lock "${path}": errno ${errno}`);
    }
    if (performance.now() >= until) {
      release();
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function write(fd: number, note: string): void {
  const bytes = new TextEncoder().encode(note);
  kernel("ftruncate", fd, 0);
  if (bytes.length > 0) kernel("write", fd, bytes, bytes.length);
}
