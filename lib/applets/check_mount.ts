import { isWithin, tidyPath } from "../mount/mount_path.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import { parseDuration } from "../text/duration.ts";
import type { Host } from "../ports/host.ts";
import { runChild } from "../system/run_child.ts";

/** How long Fluid's script waits for each of the two: 30 times, a second apart. */
const WAIT_MS = 30_000;
const BETWEEN_MS = 1_000;
/** A mount that hangs counts as one without the path. */
const ASK_MS = 5_000;

const NOT_MOUNTED = 1;
const NO_SUBPATH = 2;

/**
 * Fluid's `/check-mount.sh DIR TYPE SUBPATH`: waits for a mount of the type at or below the
 * folder, then for the sub-path in one of the folder's children.
 *
 * @param below `""` for none
 * @returns 0, 1 when nothing is mounted, 2 when the sub-path does not appear
 */
export async function checkMount(
  folder: string,
  type: string,
  below: string,
  host: Host,
): Promise<number> {
  const target = tidyPath(folder);
  const waitMs = parseDuration(host.env["CURVINE_FLUID_CHECK_MOUNT_TIMEOUT"] ?? "") ?? WAIT_MS;
  const time = `within ${waitMs / 1000} s`;
  if (!await repeatedly(waitMs, () => isMounted(target, type, host))) {
    host.stderr(`check-mount: no mount of type "${type}" at "${folder}" ${time}\n`);
    return NOT_MOUNTED;
  }
  if (below === "" || await repeatedly(waitMs, () => hasBelow(target, below, waitMs))) return 0;
  host.stderr(`check-mount: no "${folder}/*/${below}" ${time}\n`);
  return NO_SUBPATH;
}

function isMounted(target: string, type: string, host: Host): boolean {
  const table = new TextDecoder().decode(host.readFile("/proc/self/mountinfo"));
  return parseMountinfo(table).some((mount) =>
    isWithin(mount.path, target) && `${mount.type} ${mount.source}`.includes(type)
  );
}

async function hasBelow(target: string, below: string, waitMs: number): Promise<boolean> {
  const asked = await runChild(["/proc/self/exe", "ask-mount", "glob", target, below], {
    limitMs: Math.min(ASK_MS, waitMs),
    graceMs: 100,
  });
  return asked.code === 0;
}

async function repeatedly(
  waitMs: number,
  check: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = performance.now() + waitMs;
  while (!(await check())) {
    if (performance.now() + BETWEEN_MS > end) return false;
    await new Promise((done) => setTimeout(done, BETWEEN_MS));
  }
  return true;
}

/** What Fluid's script runs in a sidecar that has no privileges of its own. */
const DEVICE_TOOL = "/tools/ioctl_sync";
/** Kubernetes gives a postStart no limit; the tool waits for the mount. */
const DEVICE_MS = 300_000;

/**
 * Fluid's `/check-mount.sh` without arguments, of a sidecar without privileges: all that it does is
 * to run a tool that the device plugin has mounted.
 *
 * @returns the tool's exit code, 127 where there is none
 */
export async function checkDevice(host: Host): Promise<number> {
  try {
    const { code, stdout, stderr } = await runChild([DEVICE_TOOL], { limitMs: DEVICE_MS });
    host.stderr(stdout + stderr);
    return code;
  } catch (error) {
    host.stderr(`check-mount: cannot run ${DEVICE_TOOL}: ${(error as Error).message}\n`);
    return 127;
  }
}
