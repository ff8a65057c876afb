import { clearMounts } from "../mount/clear.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import { prepareFolder } from "../mount/prepare_folder.ts";
import { topmostLayer } from "../mount/topmost_layer.ts";
import type { Log } from "../observe/log.ts";
import type { MountWatch } from "./mount_watch.ts";
import type { World } from "./world.ts";

/**
 * Makes the target ready for a mount: no layers, an empty folder. As a rule nothing is there: then
 * there is nothing to wait for either, and the daemon starts in the same turn.
 *
 * @param askDeadline how long a mount of unknown origin may take to answer, in milliseconds
 * @returns what keeps it from that, in one sentence
 */
export function clearTarget(
  watch: MountWatch,
  world: World,
  askDeadline: number,
  log: Log,
): Promise<string | undefined> | string | undefined {
  return topmostLayer(parseMountinfo(world.mounts.table()), watch.target) === undefined
    ? prepare(watch, world)
    : clearLayers(watch, world, askDeadline, log);
}

async function clearLayers(
  watch: MountWatch,
  world: World,
  askDeadline: number,
  log: Log,
): Promise<string | undefined> {
  const { target, ownDevices } = watch;
  const options = { ownDevices, askDeadline };
  const { cleared, obstacle } = await clearMounts(target, world.mounts, options);
  for (const { mount, kind } of cleared) {
    log("info", "cleared", "Detached a mount that was left at the target", {
      path: mount.path,
      kind,
      type: mount.type,
      source: mount.source,
    });
  }
  return obstacle?.message ?? prepare(watch, world);
}

function prepare({ target }: MountWatch, { mounts, folders }: World): string | undefined {
  return prepareFolder(target, () => parseMountinfo(mounts.table()), folders);
}
