/** Where the kernel shows the mounts of our namespace. */
export const MOUNTINFO = "/proc/self/mountinfo";

/** The text of the mount table. */
export function readMountinfo(): string {
  return Deno.readTextFileSync(MOUNTINFO);
}
