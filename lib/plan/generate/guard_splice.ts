import { isTomlTable, type TomlTable } from "../curvine/toml_value.ts";
import type { Inputs } from "../inputs.ts";
import type { Findings } from "./findings.ts";

/** What each pipe of curvine-fuse has to hold, in bytes (Curvine: Limits of the process). */
const PIPE_BYTES = 1_052_672;

const KEY = "fuse.enable_splice";

/**
 * Turns splice off where the system does not give curvine-fuse the pipes that it asks for: by its
 * own default it would mount, fail, unmount and exit 1, at every start. The usual
 * `/proc/sys/fs/pipe-max-size` is a page too small, and only CAP_SYS_RESOURCE may exceed it.
 *
 * @param asked the dotted keys that options have set: what a person decided stays
 */
export function guardSplice(
  toml: TomlTable,
  asked: ReadonlySet<string>,
  inputs: Pick<Inputs, "pipesHold">,
  findings: Findings,
): void {
  const fuse = toml["fuse"];
  if (!isTomlTable(fuse) || fuse["enable_splice"] === false) return;
  if (inputs.pipesHold?.(PIPE_BYTES) ?? true) return;
  const why = `pipes of ${PIPE_BYTES} bytes cannot be had here: ` +
    "CAP_SYS_RESOURCE is missing, and /proc/sys/fs/pipe-max-size is smaller";
  const cure = "give the container that capability (privileged has it), or raise " +
    "fs.pipe-max-size to 2097152 on the node";
  if (asked.has(KEY)) {
    const fate = `curvine-fuse will unmount and exit 1 right after each start: ${why}`;
    findings.warn("splice-impossible", `${KEY} is true by an option, so ${fate}; ${cure}`, KEY);
    return;
  }
  fuse["enable_splice"] = false;
  findings.warn(
    "splice-off",
    `${KEY} is written as false: ${why}; for it to be true, ${cure}`,
    KEY,
  );
}
