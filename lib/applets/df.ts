import { type Mount, parseMountinfo } from "../mount/mountinfo.ts";
import type { Host } from "../ports/host.ts";
import { runChild } from "../system/run_child.ts";

/** How long a mount may take to answer; one that does not is left out. */
const ANSWER_MS = 3_000;

const HEADING = "Filesystem 1B-blocks Used Available Use% Mounted on";

/** `df --block-size=1 [PATH…]`: Fluid reads the used bytes from the third field. */
export async function applet(args: readonly string[], host: Host): Promise<number> {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const options = args.filter((arg) => arg.startsWith("-"));
  if (!options.includes("--block-size=1") && !options.includes("-B1") || options.length > 1) {
    host.stderr(
      `df: cannot read "${args.join(" ")}"; curvine-fluid's df takes --block-size=1 [PATH…]\n`,
    );
    return 1;
  }
  const lines = await diskUsage((mount) => paths.length === 0 || paths.includes(mount.path), host);
  if (lines.length === 0 && paths.length > 0) {
    host.stderr(`df: ${paths.join(", ")}: no mount point, or no answer\n`);
    return 1;
  }
  host.stdout(`${[HEADING, ...lines].join("\n")}\n`);
  return 0;
}

/**
 * The lines of `df --block-size=1` for some mounts. Only those are asked, each by a child that is
 * given up when it does not answer: a hung mount must hide itself, not the others.
 */
export async function diskUsage(
  wanted: (mount: Mount) => boolean,
  host: Host,
): Promise<string[]> {
  const table = new TextDecoder().decode(host.readFile("/proc/self/mountinfo"));
  // Of several mounts at one path only the last is seen.
  const mounts = [...new Map(parseMountinfo(table).map((mount) => [mount.path, mount])).values()]
    .filter(wanted);
  const sizes = await askSizes(mounts.map(({ path }) => path), host);
  return mounts.flatMap((mount, index) => line(mount, sizes[index]));
}

async function askSizes(paths: readonly string[], host: Host): Promise<string[]> {
  const sizes: string[] = [];
  while (sizes.length < paths.length) {
    const left = paths.slice(sizes.length);
    const { stdout } = await runChild(["/proc/self/exe", "ask-mount", "size", ...left], {
      limitMs: ANSWER_MS,
      graceMs: 100,
    });
    const answers = stdout.split("\n").slice(0, -1);
    sizes.push(...answers);
    const silent = paths[sizes.length];
    if (silent === undefined) break;
    host.stderr(`df: ${silent}: no answer within ${ANSWER_MS / 1000} s\n`);
    sizes.push("-");
  }
  return sizes;
}

/** Nothing for a file system without blocks, such as proc: df leaves those out. */
function line(mount: Mount, answer: string | undefined): string[] {
  const [size, free, available] = (answer ?? "-").split(" ").map(toBigInt);
  if (size === undefined || free === undefined || available === undefined || size === 0n) return [];
  const used = size - free;
  const whole = used + available;
  const percent = whole === 0n ? "-" : `${(used * 100n + whole - 1n) / whole}%`;
  // Six fields are what Fluid counts on; a source may hold spaces.
  const source = mount.source.replace(/\s/g, "?") || "none";
  return [[source, size, used, available, percent, mount.path].join(" ")];
}

function toBigInt(text: string): bigint | undefined {
  return /^\d+$/.test(text) ? BigInt(text) : undefined;
}
