import type { FirstWorld } from "../ports/world.ts";
import { tryLockFile } from "./file_lock.ts";
import { systemFiles } from "./files.ts";
import { systemFolders } from "./folders.ts";
import { kernel } from "./kernel_calls.ts";
import { readLink } from "./read_link.ts";
import { readMountinfo } from "./read_mountinfo.ts";
import { startChild } from "./start_child.ts";

const PR_SET_CHILD_SUBREAPER = 36;

/** As much of the real world as a first start touches. */
export function firstWorld(): FirstWorld {
  return {
    files: systemFiles,
    folders: systemFolders,
    locks: { take: (path, note) => tryLockFile(path, note)?.release },
    mounts: { table: readMountinfo },
    user: Deno.uid() ?? 0,
    pid: Deno.pid,
    random: Math.random,
    readLink,
    becomeSubreaper: () => kernel("prctl", PR_SET_CHILD_SUBREAPER, 1) === 0,
    start: startChild,
  };
}
