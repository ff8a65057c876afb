import { isNamedOurs } from "../mount/classify.ts";
import { isFuse, parseMountinfo } from "../mount/mountinfo.ts";
import { resolveTarget } from "../mount/resolve_target.ts";
import { topmostLayer } from "../mount/topmost_layer.ts";
import type { Log } from "../observe/log.ts";
import { CommandError } from "../ports/command_error.ts";
import type { World } from "../ports/world.ts";
import { isLockName, lockedTarget, lockName } from "./claim_target.ts";

/** What a janitor touches of the world. */
export interface JanitorWorld extends Pick<World, "files" | "folders" | "readLink"> {
  readonly mounts: Pick<World["mounts"], "table" | "detach" | "ask">;
  /** Whether a supervisor holds a lock file; never takes it. */
  isLocked(path: string): boolean;
}

/** What a janitor cleans up after. */
export interface JanitorPlace {
  /** The run folder that it shares with the client. */
  readonly runFolder: string;
  /** The target where no supervisor has ever left its name; `undefined` where it is not known. */
  readonly target: string | undefined;
}

/** How long a mount may take to say that it is dead, in milliseconds: a dead one says so at once. */
const ASK_MS = 5_000;

/** As many targets as anybody has in one run folder. */
const MOST_NAMES = 256;

/**
 * Looks once whether a dead mount keeps the client's container from being created, and takes it
 * away: a mount of Curvine's at a target whose lock nobody holds. While a supervisor lives, what is
 * mounted is its business alone, a dead layer that it keeps on purpose included; and of what answers,
 * or is only slow, nothing is ever taken.
 *
 * @returns how many layers it detached
 */
export async function cleanUp(
  { runFolder, target }: JanitorPlace,
  world: JanitorWorld,
  log: Log,
): Promise<number> {
  const targets = lockedTargets(runFolder, world);
  if (target !== undefined) targets.add(target);
  let detached = 0;
  for (const one of targets) detached += await cleanTarget(one, runFolder, world, log);
  return detached;
}

/** The targets of supervisors that ever were in this run folder. */
function lockedTargets(runFolder: string, { files, folders }: JanitorWorld): Set<string> {
  const found = new Set<string>();
  let folder: ReturnType<JanitorWorld["folders"]["pin"]>;
  try {
    folder = folders.pin(runFolder);
  } catch {
    // It is somebody else's to complain about.
  }
  try {
    for (const name of folder?.names(MOST_NAMES).filter(isLockName) ?? []) {
      const target = lockedTarget(files.read(`${runFolder}/${name}`));
      if (target !== undefined) found.add(target);
    }
  } finally {
    folder?.close();
  }
  return found;
}

async function cleanTarget(
  target: string,
  runFolder: string,
  { mounts, readLink, isLocked }: JanitorWorld,
  log: Log,
): Promise<number> {
  const lock = `${runFolder}/${lockName(target)}`;
  let detached = 0;
  let last: number | undefined;
  while (!isLocked(lock)) {
    const table = parseMountinfo(mounts.table());
    let path: string;
    try {
      path = resolveTarget(target, table, readLink);
    } catch (error) {
      if (error instanceof CommandError) return detached;
      throw error;
    }
    const layer = topmostLayer(table, path)?.mount;
    // One that stays although it was detached is the kernel's.
    if (layer === undefined || !isFuse(layer) || !isNamedOurs(layer) || layer.id === last) break;
    if (await mounts.ask(layer.path, ASK_MS) !== "stale") break;
    // A supervisor that came meanwhile decides for itself.
    if (isLocked(lock)) break;
    await mounts.detach(layer.path);
    last = layer.id;
    detached++;
    log("info", "detached", "Detached the dead mount of a client that is no more", {
      path: layer.path,
    });
  }
  return detached;
}

/**
 * Where a CacheRuntime's client mounts, from its pod's own name: Fluid tells the second container
 * of a pod nothing (Fluid: Environment, volumes, names).
 *
 * @param env `POD_NAMESPACE` and `POD_NAME` are read
 */
export function targetOfPod(env: Readonly<Record<string, string>>): string | undefined {
  const { POD_NAMESPACE: namespace, POD_NAME: name = "" } = env;
  const runtime = /^(.+)-client-[a-z0-9]+$/.exec(name)?.[1];
  if (!namespace || runtime === undefined) return undefined;
  return `/runtime-mnt/cache/${namespace}/${runtime}/cache-fuse`;
}
