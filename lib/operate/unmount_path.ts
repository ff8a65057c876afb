import { clearMounts } from "../mount/clear.ts";
import { layersAt } from "../mount/mount_path.ts";
import { isFuse, parseMountinfo } from "../mount/mountinfo.ts";
import { CommandError } from "../ports/command_error.ts";
import type { Mounts } from "../ports/mounts.ts";
import { resolveTarget } from "../mount/resolve_target.ts";
import { announceUnmount } from "../supervise/control_client.ts";
import { isNumberedMount } from "../plan/numbered_mounts.ts";
import { runFolders } from "../plan/run_folders.ts";
import { readLink } from "../system/read_link.ts";
import type { Host } from "../ports/host.ts";
import { systemMounts } from "../system/mounts.ts";
import { systemSockets } from "../system/sockets.ts";
import { userId } from "../system/user_id.ts";
import { within } from "../system/within.ts";

/** What became of unmounting a path. */
export type Unmounted =
  | { readonly kind: "done" }
  | { readonly kind: "absent" }
  /** Nothing is mounted yet, or any more, and whose mount it would be ends now. */
  | { readonly kind: "spared"; readonly reason: string }
  /** It is another client's mount, which our supervisor has left alone: so do we. */
  | { readonly kind: "theirs" }
  | { readonly kind: "failed"; readonly message: string };

/** How it is asked for. */
export interface UnmountOptions {
  /** Detach at once instead of writing out first. */
  readonly lazy: boolean;
  /** Tell the supervisor that this is meant, so that it does not mount again. */
  readonly announce: boolean;
}

/** A supervisor that does not answer keeps nobody from unmounting. */
const ANNOUNCE_MS = 2_000;
/** A preStop has 30 s with everything else; a daemon that hangs gets no more than this to write. */
const GENTLE_MS = 5_000;

/**
 * Unmounts a path. All layers of a FUSE mount go, busy or not in the end, for that is what a
 * preStop is for; of any other mount the topmost layer goes, and only if nobody uses it.
 *
 * The supervisor is told of it though nothing is mounted yet: Fluid runs this in the sidecars of a Job
 * whose own containers have ended, once, and a client that still waited for its first mount would
 * keep the Job from ever being done. Fluid: Every command that Fluid runs.
 */
export async function unmountPath(
  path: string,
  options: UnmountOptions,
  host: Host,
): Promise<Unmounted> {
  const mounts = systemMounts();
  const table = parseMountinfo(mounts.table());
  const target = attempt(() => resolveTarget(absolute(path, host), table, readLink));
  if (typeof target === "object") return target;
  const top = layersAt(table, target).at(-1);
  const numbered = table.some((one) => isFuse(one) && isNumberedBelow(one.path, target));
  const isMounted = top !== undefined || numbered;
  if (options.announce) {
    const { heard, reason } = await announceUnmount(target, {
      sockets: systemSockets,
      folders: runFolders(host.env, userId()),
      deadline: ANNOUNCE_MS,
      hold: true,
    });
    if (heard === "theirs") return { kind: "theirs" };
    if (!isMounted && heard === "noted") {
      return { kind: "spared", reason: reason ?? "its client ends already" };
    }
  }
  if (!isMounted) return { kind: "absent" };
  if ((top !== undefined && isFuse(top)) || numbered) return await clear(target, options, mounts);
  return await unmountTop(target, options, mounts);
}

/** A path that leads nowhere is a plain failure: whoever unmounts wants one line for each path. */
function attempt(resolve: () => string): string | Unmounted {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof CommandError) return { kind: "failed", message: error.message };
    throw error;
  }
}

async function clear(target: string, { lazy }: UnmountOptions, mounts: Mounts): Promise<Unmounted> {
  const before = fuseLayersAt(target, mounts);
  if (!lazy) await within(GENTLE_MS, clearMounts(target, mounts, { any: true, gently: true }));
  const { obstacle } = await clearMounts(target, mounts, { any: true });
  if (obstacle === undefined) return { kind: "done" };
  return fuseLayersAt(target, mounts) < before && obstacle.kind === "foreign"
    ? { kind: "done" }
    : { kind: "failed", message: obstacle.message };
}

async function unmountTop(
  target: string,
  { lazy }: UnmountOptions,
  mounts: Mounts,
): Promise<Unmounted> {
  const id = (): number | undefined => layersAt(parseMountinfo(mounts.table()), target).at(-1)?.id;
  const before = id();
  if (lazy) await mounts.detach(target);
  else await within(GENTLE_MS, mounts.unmount(target));
  if (id() !== before) return { kind: "done" };
  const why = mounts.mayMount() ? "target is busy." : "must be superuser to unmount.";
  return { kind: "failed", message: why };
}

function fuseLayersAt(target: string, mounts: Mounts): number {
  return layersAt(parseMountinfo(mounts.table()), target).filter(isFuse).length;
}

function isNumberedBelow(path: string, target: string): boolean {
  return path.startsWith(`${target}/`) && isNumberedMount(path.slice(target.length + 1));
}

function absolute(path: string, host: Host): string {
  if (path.startsWith("/")) return path;
  return `${host.env["PWD"] ?? ""}/${path}`;
}
