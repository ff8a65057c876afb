import type { Host } from "../ports/host.ts";
import { readShortOptions } from "./short_options.ts";
import { machine } from "../system/machine.ts";

const ALL = "snrvmo";
const LONG: Readonly<Record<string, string>> = {
  "--all": "a",
  "--kernel-name": "s",
  "--nodename": "n",
  "--kernel-release": "r",
  "--kernel-version": "v",
  "--machine": "m",
  "--operating-system": "o",
};

/** `uname`: curvine-fuse asks for `-r`, and takes the kernel for 0.0 where there is no answer. */
export function applet(args: readonly string[], host: Host): number {
  const options = readShortOptions(args, `a${ALL}`, LONG);
  if (!options.ok || options.operands.length > 0) {
    host.stderr(`uname: cannot read "${args.join(" ")}"; -a, -s, -n, -r, -v, -m or -o is wanted\n`);
    return 1;
  }
  const asked = options.letters || "s";
  const wanted = asked.includes("a") ? ALL : asked;
  const fields = [...ALL].filter((letter) => wanted.includes(letter))
    .map((letter) => field(letter, host));
  host.stdout(`${fields.join(" ")}\n`);
  return 0;
}

function field(letter: string, host: Host): string {
  switch (letter) {
    case "s":
      return kernel("ostype", host);
    case "n":
      return kernel("hostname", host);
    case "r":
      return kernel("osrelease", host);
    case "v":
      return kernel("version", host);
    case "m":
      return machine;
    default:
      return "GNU/Linux";
  }
}

/** What uname(2) says too, without opening libc for it. */
function kernel(name: string, host: Host): string {
  const bytes = host.readFile(`/proc/sys/kernel/${name}`);
  return bytes === undefined ? "unknown" : new TextDecoder().decode(bytes).trim();
}
