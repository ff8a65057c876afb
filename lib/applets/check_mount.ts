import { isWithin, tidyPath } from "../mount/mount_path.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import type { Host } from "../system/host.ts";
import { runChild } from "../system/run_child.ts";

/** What Fluid's script waits for, as it does: so many times, so far apart. */
const TRIES = 30;
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
  if (!await repeatedly(() => isMounted(target, type, host))) {
    host.stderr(`check-mount: no mount of type "${type}" at "${folder}" within ${TRIES} s\n`);
    return NOT_MOUNTED;
  }
  if (below === "" || await repeatedly(() => hasBelow(target, below))) return 0;
  host.stderr(`check-mount: no "${folder}/*/${below}" within ${TRIES} s\n`);
  return NO_SUBPATH;
}

function isMounted(target: string, type: string, host: Host): boolean {
  const table = new TextDecoder().decode(host.readFile("/proc/self/mountinfo"));
  return parseMountinfo(table).some((mount) =>
    isWithin(mount.path, target) && `${mount.type} ${mount.source}`.includes(type)
  );
}

async function hasBelow(target: string, below: string): Promise<boolean> {
  const asked = await runChild(["/proc/self/exe", "ask-mount", "glob", target, below], {
    limitMs: ASK_MS,
    graceMs: 100,
  });
  return asked.code === 0;
}

async function repeatedly(check: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let tries = 1;; tries++) {
    if (await check()) return true;
    if (tries >= TRIES) return false;
    await new Promise((done) => setTimeout(done, BETWEEN_MS));
  }
}
