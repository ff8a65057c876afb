/** How far {@link walkTree} goes. */
export interface WalkLimits {
  /** Folders below each other that are read; the root alone is 1. */
  readonly depth: number;
  /** Entries seen in all. */
  readonly entries: number;
  /** Milliseconds. */
  readonly time: number;
}

/**
 * Reads the folders of a tree, the upper ones first, and nothing else of it. That is how a daemon
 * which took a mount over learns the numbers of files that the kernel or a bind mount of a folder
 * still asks it for (Takeover: Old kernels).
 *
 * Blocks for as long as the file system likes: never call it in PID 1. What cannot be read is left
 * out.
 *
 * @returns how many entries it saw
 */
export function walkTree(root: string, limits: WalkLimits): number {
  const end = performance.now() + limits.time;
  let seen = 0;
  let level = [root];
  for (let depth = 0; depth < limits.depth && level.length > 0; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      try {
        for (const { name, isDirectory } of Deno.readDirSync(folder)) {
          seen++;
          if (isDirectory) below.push(`${folder === "/" ? "" : folder}/${name}`);
          if (seen >= limits.entries || performance.now() >= end) return seen;
        }
      } catch {
        // It has gone, or is not for us to see.
      }
    }
    level = below;
  }
  return seen;
}
