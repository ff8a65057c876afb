import type { FuseConnections } from "../ports/world.ts";
import { cString, kernel, kernelInBackground } from "./kernel_calls.ts";

const USUAL_FOLDER = "/sys/fs/fuse/connections";
const MS_NOSUID_NODEV_NOEXEC = 0xe;
const MNT_DETACH = 2;

/**
 * FUSE's control file system. In a container `/sys/fs/fuse/connections` is mostly an empty folder:
 * then it is mounted privately, where that is allowed.
 *
 * @param folder where to mount it; `undefined` when there is no such place
 */
export function fuseConnections(folder: string | undefined): FuseConnections {
  let mounted: string | undefined;
  let tried = false;

  /** The folder of a connection. */
  function connection(minor: string): string | undefined {
    if (mounted === undefined && isFolder(`${USUAL_FOLDER}/${minor}`)) {
      return `${USUAL_FOLDER}/${minor}`;
    }
    if (!tried && folder !== undefined) {
      tried = true;
      mounted = mountAt(`${folder}/fusectl`);
    }
    return mounted === undefined ? undefined : `${mounted}/${minor}`;
  }

  return {
    waiting(minor: string): number | undefined {
      const path = connection(minor);
      if (path === undefined) return undefined;
      try {
        return Number.parseInt(Deno.readTextFileSync(`${path}/waiting`), 10);
      } catch {
        return undefined;
      }
    },
    abort(minor: string): boolean {
      const path = connection(minor);
      if (path === undefined) return false;
      try {
        Deno.writeTextFileSync(`${path}/abort`, "1", { create: false });
        return true;
      } catch {
        return false;
      }
    },
    async close(): Promise<void> {
      if (mounted === undefined) return;
      const path = cString(mounted);
      mounted = undefined;
      await kernelInBackground("umount2", path, MNT_DETACH);
    },
  };
}

function mountAt(path: string): string | undefined {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    return undefined;
  }
  const type = cString("fusectl");
  const failed = kernel("mount", type, cString(path), type, MS_NOSUID_NODEV_NOEXEC, null) !== 0;
  return failed ? undefined : path;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
