import type { Generation } from "./generation.ts";

/** What each pipe of curvine-fuse has to hold, in bytes (Curvine: Limits of the process). */
const PIPE_BYTES = 1_052_672;

const KEY = "fuse.enable_splice";

/** The codes of what is warned about. */
export const SPLICE_WARNINGS: readonly string[] = ["splice-impossible", "splice-off"];

/**
 * Turns splice off where the system does not give curvine-fuse the pipes that it asks for: by its
 * own default it would mount, fail, unmount and exit 1, at every start. The usual
 * `/proc/sys/fs/pipe-max-size` is a page too small, and only CAP_SYS_RESOURCE may exceed it.
 * What a person decided by an option stays.
 */
export function guardSplice(generation: Generation): void {
  const { asked, inputs } = generation;
  const fuse = generation.section("fuse");
  if (fuse["enable_splice"] === false) return;
  if (inputs.pipesHold?.(PIPE_BYTES) ?? true) return;
  const why = `pipes of ${PIPE_BYTES} bytes cannot be had here: ` +
    "CAP_SYS_RESOURCE is missing, and /proc/sys/fs/pipe-max-size is smaller";
  const cure = "give the container that capability (privileged has it), or raise " +
    "fs.pipe-max-size to 2097152 on the node";
  if (asked.has(KEY)) {
    const fate = `curvine-fuse will unmount and exit 1 right after each start: ${why}`;
    generation.warn("splice-impossible", `${KEY} is true by an option, so ${fate}; ${cure}`, KEY);
    return;
  }
  fuse["enable_splice"] = false;
  generation.warn(
    "splice-off",
    `${KEY} is written as false: ${why}; for it to be true, ${cure}`,
    KEY,
  );
}
