import type { Host } from "../ports/host.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import { FilterChain } from "./line_filter.ts";
import { readShellString, type ShellString } from "./shell_string.ts";

/** What shells exit with when there is no such command. */
const NOT_FOUND = 127;

/**
 * `bash -c STRING` for exactly the strings that Fluid passes. Everything else is refused: this
 * image has no shell.
 */
export async function applet(args: readonly string[], host: Host): Promise<number> {
  const [option, text, ...more] = args;
  const string = option === "-c" && text !== undefined && more.length === 0
    ? readShellString(text)
    : undefined;
  if (string === undefined) {
    const asked = args.length === 0 ? "an interactive shell" : JSON.stringify(args.join(" "));
    host.stderr(
      `curvine-fluid: there is no shell in this image: cannot run ${asked}. Only the strings that ` +
        'Fluid itself passes to "bash -c" are answered; see curvine-fluid --help\n',
    );
    return NOT_FOUND;
  }
  return await perform(string, host);
}

async function perform(string: ShellString, host: Host): Promise<number> {
  switch (string.kind) {
    case "check-mount":
      return await timed(string.timed, host, async () => {
        const { checkMount } = await import("./check_mount.ts");
        return await checkMount(string.folder, string.type, string.below, host);
      });
    case "disk-usage": {
      const { diskUsage } = await import("./df.ts");
      const { target } = string;
      const lines = (await diskUsage(
        (mount) => `${mount.source} ${mount.path}`.includes(target),
        host,
      )).filter((line) => line.includes(target));
      host.stdout(lines.map((line) => `${line}\n`).join(""));
      // As grep: 1 when no line matched.
      return lines.length > 0 ? 0 : 1;
    }
    case "count-files": {
      const { countFiles } = await import("./count_files.ts");
      return await countFiles(string.target, host);
    }
    case "check-device":
      return await timed(string.timed, host, async () => {
        const { checkDevice } = await import("./check_mount.ts");
        return await checkDevice(host);
      });
    case "pipeline":
      return await pipeline(string, host);
    case "umount": {
      const { applet } = await import("./umount.ts");
      return await applet(string.args, host);
    }
    case "script": {
      const empty = { operands: [], flags: new Map() };
      const { command } = string.name === "mountUfs.sh"
        ? await import("../commands/mount_ufs.ts")
        : await import("../commands/report_summary.ts");
      return await command(empty, host);
    }
  }
}

async function pipeline(
  { source, args, filters }: Extract<ShellString, { kind: "pipeline" }>,
  host: Host,
): Promise<number> {
  const chain = new FilterChain(filters, (line) => host.stdout(`${line}\n`));
  const into: Host = { ...host, stdout: (text) => chain.write(text) };
  if (source === "mount") {
    const table = new TextDecoder().decode(host.readFile("/proc/self/mountinfo"));
    for (const { source, path, type } of parseMountinfo(table)) {
      chain.write(`${source} on ${path} type ${type}\n`);
    }
  } else {
    const { applet } = source === "ls" ? await import("./ls.ts") : await import("./df.ts");
    await applet(args, into);
  }
  return chain.end();
}

async function timed(
  wanted: boolean,
  host: Host,
  work: () => Promise<number>,
): Promise<number> {
  const start = performance.now();
  const code = await work();
  if (wanted) host.stderr(`real ${((performance.now() - start) / 1000).toFixed(3)} s\n`);
  return code;
}
