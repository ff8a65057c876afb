import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { isFuse, type Mount } from "./mountinfo.ts";
import { mountsOnTheWay, pathParts } from "./mount_path.ts";

/** As the kernel: more links than this in one path are a loop. */
const MOST_LINKS = 40;

/**
 * The path under which the mount table shows a target: symbolic links on the way are followed
 * (`/var/run/x` is `/run/x`), by reading one link at a time and never through a FUSE mount. From
 * such a mount on the rest is taken as it is written.
 *
 * @param readLink what a symbolic link says, or `undefined` when the path is not one
 * @throws {CommandError} when the links form a loop (71)
 */
export function resolveTarget(
  target: string,
  mounts: readonly Mount[],
  readLink: (path: string) => string | undefined,
): string {
  const waiting = pathParts(target).reverse();
  let path = "";
  let links = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part === "..") {
      path = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
      continue;
    }
    const next = `${path}/${part}`;
    // The mount point itself may be a FUSE mount: a link lies in the folder above it.
    if (mountsOnTheWay(mounts, path === "" ? "/" : path).some(isFuse)) {
      path = next;
      continue;
    }
    const link = isMountPoint(mounts, next) ? undefined : readLink(next);
    if (link === undefined) {
      path = next;
      continue;
    }
    if (++links > MOST_LINKS) {
      throw new CommandError(
        `Cannot use ${
          JSON.stringify(target)
        } as a mount point: the symbolic links on its way form ` +
          `a loop at ${JSON.stringify(next)}; remove that link, or choose another target path`,
        ExitCode.OsError,
      );
    }
    if (link.startsWith("/")) path = "";
    for (const piece of link.split("/").reverse()) {
      if (piece !== "" && piece !== ".") waiting.push(piece);
    }
  }
  return path === "" ? "/" : path;
}

function isMountPoint(mounts: readonly Mount[], path: string): boolean {
  return mounts.some((mount) => mount.path === path);
}
