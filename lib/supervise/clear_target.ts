import { clearMounts } from "../mount/clear.ts";
import { isFuse, parseMountinfo } from "../mount/mountinfo.ts";
import { prepareFolder } from "../mount/prepare_folder.ts";
import { topmostLayer } from "../mount/topmost_layer.ts";
import type { Log } from "../observe/log.ts";
import type { World } from "../ports/world.ts";
import type { MountWatch } from "./target_watch.ts";

/** What keeps a target from being mounted on, in one sentence. */
export interface NotReady {
  readonly name: "obstructed" | "masterless";
  readonly message: string;
}

/** How {@link clearTarget} goes about it. */
export interface ClearParts {
  readonly world: World;
  readonly log: Log;
  /** How long a mount of unknown origin may take to answer, in milliseconds. */
  readonly askDeadline: number;
  /** @returns why no master accepts a connection; absent when one does, or nobody needs one */
  readonly awaitMaster: () => Promise<string | undefined>;
  /** Whether anybody still waits for the target. */
  readonly wanted: () => boolean;
}

/**
 * Makes the target ready for a mount: no layers, an empty folder. A layer that is to go stays until a
 * master accepts a connection: programs get ENOTCONN of a dead one, but of the folder beneath they
 * would read an empty dataset, and write into it.
 */
export async function clearTarget(
  { target, ownDevices }: MountWatch,
  { world: { mounts, folders }, log, askDeadline, awaitMaster, wanted }: ClearParts,
): Promise<NotReady | undefined> {
  const layer = topmostLayer(parseMountinfo(mounts.table()), target)?.mount;
  if (layer !== undefined && isFuse(layer)) {
    const message = await awaitMaster();
    if (message !== undefined) return { name: "masterless", message };
    if (!wanted()) return undefined;
  }
  const { cleared, obstacle } = await clearMounts(target, mounts, { ownDevices, askDeadline });
  for (const { mount, kind } of cleared) {
    log("info", "cleared", "Detached a mount that was left at the target", {
      path: mount.path,
      kind,
      type: mount.type,
      source: mount.source,
    });
  }
  const message = obstacle?.message ??
    prepareFolder(target, () => parseMountinfo(mounts.table()), folders);
  return message === undefined ? undefined : { name: "obstructed", message };
}
