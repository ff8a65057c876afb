import type { Host } from "../ports/host.ts";
import { unmountPath } from "../operate/unmount_path.ts";
import { readShortOptions } from "./short_options.ts";

/** util-linux: usage error; unmount failed or not mounted. */
const USAGE = 1;
const FAILED = 32;

const LONG: Readonly<Record<string, string>> = {
  "--lazy": "l",
  "--force": "f",
  "--verbose": "v",
  "--quiet": "q",
  "--no-mtab": "n",
};

/**
 * `umount [-l|-f] PATH`: the preStop that Fluid gives a ThinRuntime, and what its app controller
 * runs when the application has ended. "not mounted" on stderr is what it looks for.
 */
export async function applet(args: readonly string[], host: Host): Promise<number> {
  const options = readShortOptions(args, "lfvqn", LONG);
  if (!options.ok) return usage(options.fault, host);
  const { letters, operands: paths } = options;
  if (paths.length === 0) return usage("no path is given", host);
  let code = 0;
  for (const path of paths) {
    const lazy = letters.includes("l") || letters.includes("f");
    const result = await unmountPath(path, { lazy, announce: true }, host);
    if (result.kind === "done") continue;
    if (result.kind === "theirs") {
      host.stderr(`umount: ${path}: not mounted by us: another client's mount stays.\n`);
      continue;
    }
    if (result.kind === "spared") {
      host.stderr(`umount: ${path}: nothing to unmount: ${result.reason}; its client ends.\n`);
      continue;
    }
    code = FAILED;
    if (letters.includes("q") && result.kind === "absent") continue;
    host.stderr(`umount: ${path}: ${result.kind === "absent" ? "not mounted." : result.message}\n`);
  }
  return code;
}

function usage(fault: string, host: Host): number {
  host.stderr(`umount: ${fault}; curvine-fluid's umount takes [-l|-f] PATH\n`);
  return USAGE;
}
