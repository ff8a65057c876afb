import { clearMounts, findObstacle, type Obstacle } from "../mount/clear.ts";
import { isFuse, parseMountinfo } from "../mount/mountinfo.ts";
import { prepareFolder } from "../mount/prepare_folder.ts";
import { topmostLayer } from "../mount/topmost_layer.ts";
import type { Log } from "../observe/log.ts";
import type { Stop, World } from "../ports/world.ts";
import { endOwnPast, ownPast } from "./own_past.ts";
import type { Neighbour } from "./state.ts";
import type { MountWatch } from "./target_watch.ts";

/** What keeps a target from being mounted on, in one sentence. */
export type NotReady =
  | { readonly name: "masterless"; readonly message: string }
  | { readonly name: "obstructed"; readonly message: string; readonly lasting?: boolean }
  | { readonly name: "occupied"; readonly message: string; readonly neighbour: Neighbour };

/** How {@link clearTarget} goes about it. */
export interface ClearParts {
  readonly world: World;
  readonly log: Log;
  /** How long a mount of unknown origin may take to answer, in milliseconds. */
  readonly askDeadline: number;
  /** @returns why no master answers; absent when one does, or nobody needs one */
  readonly awaitMaster: () => Promise<string | undefined>;
  /** Whether anybody still waits for the target. */
  readonly wanted: () => boolean;
  /** How long another client may be about to mount before we do so all the same, in milliseconds. */
  readonly patience: number;
  /** Told what gives the folder back that nobody else mounts on until then. */
  readonly reserved: (release: Stop) => void;
}

/** Between two looks at a folder that another client has in hand. */
const LOOK_MS = 50;

/**
 * Makes the target ready for a mount: no layers, an empty folder. A layer that is to go stays until a
 * master answers: programs get ENOTCONN of a dead one, but of the folder beneath they
 * would read an empty dataset, and write into it.
 */
export async function clearTarget(
  watch: MountWatch,
  parts: ClearParts,
): Promise<NotReady | undefined> {
  const { world: { mounts, folders, clock }, log, wanted, patience, reserved } = parts;
  const { target } = watch;
  const end = clock.now() + patience;
  let told = false;
  for (;;) {
    const notReady = await clearLayers(watch, parts);
    if (notReady !== undefined || !wanted()) return notReady;
    const prepared = prepareFolder(target, () => parseMountinfo(mounts.table()), folders);
    if (prepared.kind === "problem") return { name: "obstructed", message: prepared.message };
    if (prepared.kind === "ready") {
      reserved(prepared.release);
      return undefined;
    }
    if (clock.now() >= end) return undefined;
    if (prepared.kind === "taken" && !told) {
      log("info", "waiting", "Waiting: another client is about to mount at the target");
      told = true;
    }
    await new Promise<void>((done) => void clock.after(LOOK_MS, done));
    if (!wanted()) return undefined;
  }
}

/** Takes away what is mounted at the target, where that may go. */
async function clearLayers(
  { target, ownDevices }: MountWatch,
  { world: { mounts, processes }, log, askDeadline, awaitMaster, wanted }: ClearParts,
): Promise<NotReady | undefined> {
  // As a rule there is nothing, and whoever waits for a start waits for every look.
  if (topmostLayer(parseMountinfo(mounts.table()), target) === undefined) return undefined;
  const options = { ownDevices, askDeadline };
  const found = await findObstacle(target, mounts, options);
  const past = found?.kind === "neighbour" ? ownPast(found.mount, processes) : [];
  // What stays anyway needs no master.
  if (past.length === 0 && found !== undefined) return notReady(found);
  const layer = topmostLayer(parseMountinfo(mounts.table()), target)?.mount;
  if (layer !== undefined && isFuse(layer)) {
    const message = await awaitMaster();
    if (message !== undefined) return { name: "masterless", message };
    if (!wanted()) return undefined;
  }
  await endOwnPast(past, processes, log);
  const { cleared, obstacle } = await clearMounts(target, mounts, options);
  for (const { mount, kind } of cleared) {
    log("info", "cleared", "Detached a mount that was left at the target", {
      path: mount.path,
      kind,
      type: mount.type,
      source: mount.source,
    });
  }
  return obstacle === undefined ? undefined : notReady(obstacle);
}

function notReady(obstacle: Obstacle): NotReady {
  const { kind, mount, message, answer = "unknown" } = obstacle;
  return kind === "neighbour"
    ? { name: "occupied", message, neighbour: { mount, answer } }
    : { name: "obstructed", message, lasting: kind === "volume" };
}
