import { isFuse, type Mount } from "./mountinfo.ts";
import { isNumberedMount } from "../plan/numbered_mounts.ts";
import { isWithin, layersAt } from "./mount_path.ts";

/** A mount that lies over a target or over one of the `mnt-N` in it. */
export interface Layer {
  readonly mount: Mount;
  /** Whether a FUSE mount lies below it. */
  readonly overFuse: boolean;
}

/**
 * The layer that a target must be rid of next: a FUSE mount, or what lies on top of one.
 *
 * @param target tidy and without symbolic links
 * @returns `undefined` when all is clean
 */
export function topmostLayer(table: readonly Mount[], target: string): Layer | undefined {
  // The target's own layers first: those of `mnt-N` may be hidden below them.
  for (const path of [target, ...numberedBelow(table, target)]) {
    const stack = layersAt(table, path);
    const lowest = stack.findIndex(isFuse);
    const top = stack.at(-1);
    if (lowest >= 0 && top !== undefined) {
      return { mount: top, overFuse: lowest < stack.length - 1 };
    }
  }
  return undefined;
}

/** The mount points `mnt-0`, `mnt-1`, … inside a target that the table shows. */
export function numberedBelow(table: readonly Mount[], target: string): string[] {
  const paths = new Set<string>();
  for (const { path } of table) {
    if (isWithin(path, target) && isNumberedMount(path.slice(target.length + 1))) paths.add(path);
  }
  return [...paths];
}
