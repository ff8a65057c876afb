import { cString } from "./kernel_calls.ts";
import { lookUp, pathIn, readFolder } from "./read_folder.ts";

/** How far {@link walkTree} goes. */
export interface WalkLimits {
  /** Folders below each other that are read; the root alone is 1. */
  readonly depth: number;
  /** Entries seen in all. */
  readonly entries: number;
  /** Milliseconds, from the root's first answer on. */
  readonly time: number;
}

/** Files that {@link walkTree} looks for. */
export interface Wanted {
  /** Their numbers. */
  readonly nodes: readonly bigint[];
  /** One was met, and looked up by its path. */
  readonly met: (node: bigint) => void;
}

/**
 * Reads the folders of a tree, the upper ones first, and nothing else of it. That is how a daemon
 * which took a mount over learns the numbers of files that the kernel or a bind mount of a folder
 * still asks it for (Takeover: Old kernels).
 *
 * Blocks for as long as the file system likes: never call it in PID 1. What cannot be read is left
 * out.
 *
 * @param wanted the walk is over when it has met all of them
 * @returns how many entries it saw
 */
export function walkTree(root: string, limits: WalkLimits, wanted?: Wanted): number {
  const end = performance.now() + limits.time;
  const sought = wanted === undefined ? undefined : new Set(wanted.nodes);
  let seen = 0;
  const isOver = (): boolean =>
    seen >= limits.entries || performance.now() >= end || sought?.size === 0;
  if (sought?.size === 0) return seen;
  let level = [cString(root)];
  for (let depth = 0; depth < limits.depth && level.length > 0; depth++) {
    const below: Uint8Array<ArrayBuffer>[] = [];
    for (const folder of level) {
      for (const { node, name, mayBeFolder, isLink } of readFolder(folder)) {
        seen++;
        const path = pathIn(folder, name);
        if (mayBeFolder) below.push(path);
        if (sought?.delete(node) === true) {
          // A daemon may forget what it has only listed; what was looked up it keeps.
          if (!isLink) lookUp(path);
          wanted?.met(node);
        }
        if (isOver()) return seen;
      }
    }
    level = below;
  }
  return seen;
}
