import { clearMounts } from "../mount/clear.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import { prepareFolder } from "../mount/prepare_folder.ts";
import type { Log } from "../observe/log.ts";
import type { MountWatch } from "./target_watch.ts";
import type { World } from "../ports/world.ts";

/**
 * Makes the target ready for a mount: no layers, an empty folder.
 *
 * @param askDeadline how long a mount of unknown origin may take to answer, in milliseconds
 * @returns what keeps it from that, in one sentence
 */
export async function clearTarget(
  { target, ownDevices }: MountWatch,
  { mounts, folders }: World,
  askDeadline: number,
  log: Log,
): Promise<string | undefined> {
  const { cleared, obstacle } = await clearMounts(target, mounts, { ownDevices, askDeadline });
  for (const { mount, kind } of cleared) {
    log("info", "cleared", "Detached a mount that was left at the target", {
      path: mount.path,
      kind,
      type: mount.type,
      source: mount.source,
    });
  }
  return obstacle?.message ??
    prepareFolder(target, () => parseMountinfo(mounts.table()), folders);
}
