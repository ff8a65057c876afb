import type { Host } from "../ports/host.ts";
import { unmountPath } from "../operate/unmount_path.ts";
import { readShortOptions } from "./short_options.ts";

const FAILED = 1;

/**
 * `fusermount3 -u [-q] [-z] [--] PATH`. curvine-fuse itself calls it when its own unmount failed:
 * then nobody has asked for the end of the mount, and the supervisor is not told so.
 */
export async function applet(args: readonly string[], host: Host): Promise<number> {
  const options = readShortOptions(args, "uqz");
  if (!options.ok) return usage(options.fault, host);
  const { letters, operands: paths } = options;
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) return usage("one path is wanted", host);
  if (!letters.includes("u")) return usage("mounting is curvine-fuse's own work", host);
  const result = await unmountPath(
    path,
    { lazy: letters.includes("z"), announce: !calledByDaemon(host) },
    host,
  );
  if (result.kind !== "absent" && result.kind !== "failed") return 0;
  if (!letters.includes("q")) {
    host.stderr(
      `fusermount3: ${
        result.kind === "absent"
          ? `entry for ${path} not found in /proc/self/mountinfo (not mounted)`
          : `failed to unmount ${path}: ${result.message}`
      }\n`,
    );
  }
  return FAILED;
}

function calledByDaemon(host: Host): boolean {
  const parent = /^PPid:\s*(\d+)/m.exec(text("/proc/self/status", host))?.[1];
  return parent !== undefined && text(`/proc/${parent}/comm`, host).trim() === "curvine-fuse";
}

function text(path: string, host: Host): string {
  try {
    return new TextDecoder().decode(host.readFile(path));
  } catch {
    return "";
  }
}

function usage(fault: string, host: Host): number {
  host.stderr(`fusermount3: ${fault}; curvine-fluid's fusermount3 takes -u [-q] [-z] [--] PATH\n`);
  return FAILED;
}
