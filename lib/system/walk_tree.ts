import { cString } from "./kernel_calls.ts";
import { type FolderEntry, lookUp, pathIn, readFolder } from "./read_folder.ts";

/** How far a {@link TreeWalk} goes on. */
export interface WalkLimits {
  /** Entries seen in all. */
  readonly entries: number;
  /** Milliseconds, from where it goes on. */
  readonly time: number;
}

/** Files that a {@link TreeWalk} looks for. */
export interface Wanted {
  /** Their numbers. */
  readonly nodes: readonly bigint[];
  /** One was met, and looked up by its path. */
  readonly met: (node: bigint) => void;
}

interface Met {
  readonly entry: FolderEntry;
  readonly path: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the folders of a tree, the upper ones first, and nothing else of it. That is how a daemon
 * which took a mount over learns the numbers of files that the kernel or a bind mount of a folder
 * still asks it for (Takeover: Old kernels).
 *
 * Blocks for as long as the file system likes: never use it in PID 1. What cannot be read is left
 * out.
 */
export class TreeWalk {
  readonly #entries: Iterator<Met | undefined>;
  #seen = 0;

  /** @param depth folders below each other that are read; the root alone is 1 */
  constructor(root: string, depth: number) {
    this.#entries = entriesBelow(root, depth);
  }

  /**
   * Begins, or goes on where it stopped.
   *
   * @param wanted it stops when it has met all of them
   * @returns how many entries it has seen in all
   */
  go(limits: WalkLimits, wanted?: Wanted): number {
    const end = performance.now() + limits.time;
    const sought = wanted === undefined ? undefined : new Set(wanted.nodes);
    while (sought?.size !== 0 && this.#seen < limits.entries) {
      const { value: met, done } = this.#entries.next();
      if (done === true) break;
      if (met !== undefined) {
        this.#seen++;
        const { entry: { node, isLink }, path } = met;
        if (sought?.delete(node) === true) {
          // A daemon may forget what it has only listed; what was looked up it keeps.
          if (!isLink) lookUp(path);
          wanted?.met(node);
        }
      }
      if (performance.now() >= end) break;
    }
    return this.#seen;
  }
}

/** Level by level. After each folder, which may have nothing in it, comes `undefined`. */
function* entriesBelow(root: string, depth: number): Generator<Met | undefined> {
  let level = [cString(root)];
  for (let read = 0; read < depth && level.length > 0; read++) {
    const below: Uint8Array<ArrayBuffer>[] = [];
    for (const folder of level) {
      for (const entry of readFolder(folder)) {
        const path = pathIn(folder, entry.name);
        if (entry.mayBeFolder) below.push(path);
        yield { entry, path };
      }
      yield undefined;
    }
    level = below;
  }
}
