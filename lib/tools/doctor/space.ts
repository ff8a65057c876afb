import { parseDataDir } from "../../plan/curvine/data_dir.ts";
import { isTomlTable } from "../../plan/curvine/toml_value.ts";
import type { Plan } from "../../plan/plan.ts";
import { serverFolders } from "../../plan/server_folders.ts";
import type { FolderFacts } from "../../system/folder_facts.ts";
import { sizeText } from "../../text/size_text.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** The space of a server's folders: tiers, metadata, journal, logs. */
export const spaceProbe: Probe = {
  name: "space",
  page: "room",
  async look({ draft, isHere, folder }: Patient): Promise<Finding[]> {
    if (!isHere || draft === undefined) return [];
    const quotas = tierQuotas(draft.plan);
    const asked = serverFolders(draft.plan).map(async ({ path, holds }) =>
      judgeSpace({ path, holds, quota: quotas.get(path) }, await folder(path))
    );
    return (await Promise.all(asked)).flat();
  },
};

/** What each tier of a worker may hold, in bytes, by its path. */
export function tierQuotas({ component, config: { toml } }: Plan): Map<string, number> {
  const { worker } = toml;
  const entries = component === "worker" && isTomlTable(worker) ? worker["data_dir"] : undefined;
  const dirs = (Array.isArray(entries) ? entries : []).map((entry) => parseDataDir(String(entry)));
  return new Map(dirs.flatMap(({ path, bytes }) => bytes === undefined ? [] : [[path, bytes]]));
}

/** A folder and what it is to hold. */
export interface Store {
  readonly path: string;
  readonly holds: string;
  /** In bytes. */
  readonly quota: number | undefined;
}

/** Below this a journal stops within hours. */
const LITTLE = 512 * 2 ** 20;

/** @returns one finding; none where nothing can be told, or where it was told as a folder already */
export function judgeSpace(
  { path, holds, quota }: Store,
  facts: FolderFacts | "late" | "unknown",
): Finding[] {
  if (typeof facts !== "object" || facts.size === null || facts.available === null) return [];
  const { size, available } = facts;
  const told = `"${path}" for ${holds}: ${sizeText(available)} of ${sizeText(size)} free`;
  if (available === 0) {
    return [fail("space", told, "make room on that volume, or give it a larger one", "room")];
  }
  if (quota !== undefined && quota > size) {
    const mend =
      "make the tier's quota smaller than its volume, or the volume larger (an emptyDir " +
      "in memory has half of the node's, or its sizeLimit)";
    return [fail("space", `${told}, less than the tier's ${sizeText(quota)}`, mend, "room")];
  }
  // A cache fills its disk by design; metadata must never meet its end.
  if (holds !== "the cache" && available < LITTLE) {
    return [warn("space", told, "make room on that volume, or give it a larger one", "room")];
  }
  return [ok("space", told)];
}
