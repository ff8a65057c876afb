import type { Folders, PinnedFolder } from "../ports/folders.ts";
import type { Mount } from "./mountinfo.ts";
import { mountsOnTheWay } from "./mount_path.ts";
import { isNumberedMount } from "../plan/numbered_mounts.ts";
import { reasonOf } from "../text/describe_error.ts";

/** Why a target cannot be mounted on, in one sentence; `undefined` when all is well. */
export type FolderProblem = string | undefined;

/** Local file systems that answer by themselves. Anything else may hang whoever asks. */
const LOCAL = new Set([
  "bcachefs",
  "btrfs",
  "erofs",
  "ext2",
  "ext3",
  "ext4",
  "f2fs",
  "overlay",
  "ramfs",
  "rootfs",
  "squashfs",
  "tmpfs",
  "vfat",
  "xfs",
  "zfs",
]);

/**
 * Makes the target an empty folder: creates it when it is missing and takes away our own empty
 * `mnt-N` of an earlier run, because curvine-fuse refuses a folder that is not empty. Anything
 * else inside is somebody's data: that is a problem to report, never to delete.
 *
 * Called when the table shows no FUSE mount at the target. The folder is pinned and its mount
 * compared before anything is read, so that a mount which appears meanwhile is not touched.
 *
 * @param table reads the mount table anew
 */
export function prepareFolder(
  target: string,
  table: () => readonly Mount[],
  folders: Folders,
): FolderProblem {
  const way = mountsOnTheWay(table(), target);
  const remote = way.find((mount) => !LOCAL.has(mount.type));
  // What we may not ask, curvine-fuse itself will find out; it is killable.
  if (remote !== undefined) return undefined;
  try {
    let folder = folders.pin(target);
    if (folder === undefined) {
      folders.make(target);
      folder = folders.pin(target);
    }
    if (folder === undefined) return undefined;
    try {
      const on = table().find((mount) => mount.id === folder.mountId);
      if (on === undefined || !LOCAL.has(on.type)) return undefined;
      return emptied(target, folder);
    } finally {
      folder.close();
    }
  } catch (error) {
    const reason = reasonOf(error);
    return `Cannot use ${shown(target)} as the mount point: ${reason}`;
  }
}

function emptied(target: string, folder: PinnedFolder): FolderProblem {
  const left = folder.names(MOST_NAMES).filter((name) =>
    !(isNumberedMount(name) && folder.removeEmpty(name))
  );
  if (left.length === 0) return undefined;
  const shown = left.slice(0, 3).map((name) => JSON.stringify(name)).join(", ");
  const more = left.length > 3 ? " and more" : "";
  return `Cannot mount on ${JSON.stringify(target)}: it is a plain folder that holds ${shown}` +
    `${more}, which a mount would hide; move that away, or choose another target path`;
}

const MOST_NAMES = 4096;

/** A path that is too long must not hide what is said of it. */
function shown(path: string): string {
  return JSON.stringify(path.length <= MOST_SHOWN ? path : `${path.slice(0, MOST_SHOWN)}…`);
}

const MOST_SHOWN = 256;
