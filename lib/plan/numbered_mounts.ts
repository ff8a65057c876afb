/**
 * The folders inside the target at which curvine-fuse mounts with `fuse.mnt_number` above 1.
 *
 * Source: Curvine, curvine-fuse: Mounting.
 */
export function numberedMount(index: number): string {
  return `mnt-${index}`;
}

/** Whether a folder's name is one that {@link numberedMount} gives. */
export function isNumberedMount(name: string): boolean {
  return /^mnt-\d{1,9}$/.test(name);
}
