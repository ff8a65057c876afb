import type { Folders, PinnedFolder } from "../ports/folders.ts";
import { tryFlock } from "./file_lock.ts";
import { AT_FDCWD, cString, Errno, kernel, Open, withErrno } from "./kernel_calls.ts";

const AT_REMOVEDIR = 0x200;
/** One of the flags that differ between the processors. */
const O_DIRECTORY = Deno.build.arch === "x86_64" ? 0o200000 : 0o40000;

/** Why a path leads to no folder, and what mends that. */
const REASONS: Readonly<Record<number, string>> = {
  [Errno.EACCES]: "we may not pass through one of the folders on its way; run as root, or give " +
    "them the mode 0755",
  [Errno.ENOTDIR]: "it, or something on its way, is a file and not a folder; move that away, or " +
    "choose another target path",
  [Errno.ELOOP]:
    "the symbolic links on its way form a loop; remove one, or choose another target " +
    "path",
  [Errno.ENAMETOOLONG]: "the path, or a name in it, is longer than Linux allows (4095 and 255 " +
    "bytes); choose a shorter target path",
};

/** The real folders. Linux only: pinned by `O_PATH` and reached through `/proc/self/fd`. */
export const systemFolders: Folders = {
  pin,
  make: (path) => Deno.mkdirSync(path, { recursive: true, mode: 0o755 }),
};

function pin(path: string): PinnedFolder | undefined {
  const text = cString(path);
  const { result: fd, errno } = withErrno(() =>
    kernel("openat", AT_FDCWD, text, Open.PATH | Open.CLOEXEC | O_DIRECTORY)
  );
  if (fd < 0) {
    if (errno === Errno.ENOENT) return undefined;
    throw new Error(REASONS[errno] ?? `error number ${errno} of open`);
  }
  const inside = `/proc/self/fd/${fd}/.`;
  return {
    mountId: mountIdOf(fd),
    names(limit: number): string[] {
      const names: string[] = [];
      for (const { name } of Deno.readDirSync(inside)) {
        names.push(name);
        if (names.length >= limit) break;
      }
      return names;
    },
    // The kernel refuses a folder that is not empty or that something is mounted on.
    removeEmpty: (name) => kernel("unlinkat", fd, cString(name), AT_REMOVEDIR) === 0,
    lock: () => lock(inside),
    close(): void {
      kernel("close", fd);
    },
  };
}

/** A pinned folder cannot be locked itself: it is opened once more, past whatever is mounted on it. */
function lock(path: string): (() => void) | "taken" | undefined {
  const fd = kernel("openat", AT_FDCWD, cString(path), Open.CLOEXEC | O_DIRECTORY);
  if (fd < 0) return undefined;
  const release = (): void => void kernel("close", fd);
  const outcome = tryFlock(fd);
  if (outcome === "ours") return release;
  release();
  return outcome === "taken" ? "taken" : undefined;
}

function mountIdOf(fd: number): number {
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return Number(/^mnt_id:\s*(\d+)/m.exec(info)?.[1] ?? -1);
}
