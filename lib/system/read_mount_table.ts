/** Where the kernel shows the mounts of our namespace. */
export const MOUNTINFO = "/proc/self/mountinfo";

/** The text of the mount table. */
export function readMountTable(): string {
  return Deno.readTextFileSync(MOUNTINFO);
}
