import type { Folders, PinnedFolder } from "../ports/folders.ts";
import { isFuse, type Mount } from "./mountinfo.ts";
import { mountsOnTheWay } from "./mount_path.ts";
import { isNumberedMount } from "../plan/numbered_mounts.ts";
import { reasonOf } from "../text/describe_error.ts";

/** What came of preparing a folder. */
export type Prepared =
  /** Nobody else prepares or mounts there until `release` is called. */
  | { readonly kind: "ready"; release(): void }
  /** Why the target cannot be mounted on, in one sentence. */
  | { readonly kind: "problem"; readonly message: string }
  /** Another client has it ready, and is about to mount there. */
  | { readonly kind: "taken" }
  /** A mount came meanwhile: the table tells what it is. */
  | { readonly kind: "covered" };

/** What can be neither looked at nor locked is for curvine-fuse itself to find out; it is killable. */
const UNLOOKED: Prepared = { kind: "ready", release: () => {} };

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
 * compared before anything is read, so that a mount which appears meanwhile is not touched. It is
 * locked, for another client may have found it clean in the same moment, and the second mount would
 * lie on the first.
 *
 * @param table reads the mount table anew
 */
export function prepareFolder(
  target: string,
  table: () => readonly Mount[],
  folders: Folders,
): Prepared {
  const way = mountsOnTheWay(table(), target);
  const last = way.at(-1);
  if (last?.path === target && isFuse(last)) return { kind: "covered" };
  const remote = way.find((mount) => !LOCAL.has(mount.type));
  if (remote !== undefined) return UNLOOKED;
  try {
    let folder = folders.pin(target);
    if (folder === undefined) {
      folders.make(target);
      folder = folders.pin(target);
    }
    if (folder === undefined) return UNLOOKED;
    try {
      const on = table().find((mount) => mount.id === folder.mountId);
      if (on !== undefined && isFuse(on)) return { kind: "covered" };
      if (on === undefined || !LOCAL.has(on.type)) return UNLOOKED;
      const message = emptied(target, folder);
      return message === undefined ? locked(target, folder, folders) : { kind: "problem", message };
    } finally {
      folder.close();
    }
  } catch (error) {
    const message = `Cannot use ${shown(target)} as the mount point: ${reasonOf(error)}`;
    return { kind: "problem", message };
  }
}

function locked(target: string, folder: PinnedFolder, folders: Folders): Prepared {
  const release = folder.lock();
  if (release === "taken") return { kind: "taken" };
  if (release === undefined) return UNLOOKED;
  // Who had it before us may have mounted, and given it back, since we looked.
  const now = folders.pin(target);
  now?.close();
  if (now?.mountId === folder.mountId) return { kind: "ready", release };
  release();
  return { kind: "covered" };
}

/** @returns what is in it that has to stay */
function emptied(target: string, folder: PinnedFolder): string | undefined {
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
