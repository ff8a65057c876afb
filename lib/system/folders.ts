import type { Folders, PinnedFolder } from "../ports/folders.ts";
import { AT_FDCWD, cString, Errno, kernel, Open, withErrno } from "./kernel_calls.ts";

const AT_REMOVEDIR = 0x200;

/** The real folders. Linux only: pinned by `O_PATH` and reached through `/proc/self/fd`. */
export const systemFolders: Folders = {
  pin,
  make: (path) => Deno.mkdirSync(path, { recursive: true, mode: 0o755 }),
};

function pin(path: string): PinnedFolder | undefined {
  const text = cString(path);
  const { result: fd, errno } = withErrno(() =>
    kernel("openat", AT_FDCWD, text, Open.PATH | Open.CLOEXEC)
  );
  if (fd < 0) {
    if (errno === Errno.ENOENT) return undefined;
    throw new Error(`Cannot open ${JSON.stringify(path)}: error number ${errno}`);
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
    close(): void {
      kernel("close", fd);
    },
  };
}

function mountIdOf(fd: number): number {
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return Number(/^mnt_id:\s*(\d+)/m.exec(info)?.[1] ?? -1);
}
