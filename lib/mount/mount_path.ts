import type { Mount } from "./mountinfo.ts";

/** The parts of an absolute path: `/a//b/./c/../d` is `["a", "b", "d"]`, by the text alone. */
export function pathParts(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts;
}

/** An absolute path as mountinfo writes it: no doubled or trailing slashes, no `.` and `..`. */
export function tidyPath(path: string): string {
  return `/${pathParts(path).join("/")}`;
}

/** Whether `path` is `folder` or lies below it. Both tidy. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/**
 * The mounts that a walk to `path` passes, the root first, as the kernel would walk: a mount that
 * something else covers is not among them, though the table still lists it.
 *
 * @param path tidy and without symbolic links
 */
export function mountsOnTheWay(mounts: readonly Mount[], path: string): Mount[] {
  const ids = new Set<number>();
  for (const mount of mounts) ids.add(mount.id);
  const below = new Map<number, Mount[]>();
  for (const mount of mounts) {
    if (!isWithin(path, mount.path)) continue;
    // The root's parent is outside our view; in a chroot that holds for several mounts.
    const parent = ids.has(mount.parent) && mount.parent !== mount.id ? mount.parent : OUTSIDE;
    const siblings = below.get(parent);
    if (siblings) siblings.push(mount);
    else below.set(parent, [mount]);
  }
  const way: Mount[] = [];
  let current = OUTSIDE;
  for (;;) {
    const next = first(below.get(current));
    // A table that changed while it was read could hold a loop.
    if (next === undefined || way.length > mounts.length) return way;
    way.push(next);
    current = next.id;
  }
}

const OUTSIDE = -1;

/** Of mounts on the same parent the walk meets the shortest path first. */
function first(candidates: readonly Mount[] | undefined): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of candidates ?? []) {
    if (best === undefined || mount.path.length <= best.path.length) best = mount;
  }
  return best;
}

/** The stack of mounts at exactly `path`, the lowest first; what `umount` takes is the last. */
export function layersAt(mounts: readonly Mount[], path: string): Mount[] {
  return mountsOnTheWay(mounts, path).filter((mount) => mount.path === path);
}
