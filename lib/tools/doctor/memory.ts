import { parseDataDir } from "../../plan/curvine/data_dir.ts";
import { isTomlTable, type TomlTable } from "../../plan/curvine/toml_value.ts";
import { sizeText } from "../../text/size_text.ts";
import type { GroupFacts } from "../../system/group_facts.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** The container's memory, and what it has to hold. */
export const memoryProbe: Probe = {
  name: "memory",
  page: "room",
  look({ draft, isHere, world }: Patient): Finding[] {
    if (!isHere || draft === undefined) return [];
    return [judgeMemory(world.group(), memoryTiers(draft.plan.config.toml, draft.plan.component))];
  },
};

/** What a worker keeps in memory, in bytes; 0 for everybody else. */
export function memoryTiers(toml: TomlTable, component: string): number {
  const { worker } = toml;
  const entries = component === "worker" && isTomlTable(worker) ? worker["data_dir"] : undefined;
  return (Array.isArray(entries) ? entries : []).map((entry) => parseDataDir(String(entry)))
    .filter(({ type }) => type === "MEM")
    .reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}

/** Version 1 of control groups says "no limit" with a number of this size. */
const NO_LIMIT = 2 ** 60;
/** What a process itself takes beside its tiers. */
const SPARE = 256 * 2 ** 20;

/** @param tiers bytes that the cache keeps in memory */
export function judgeMemory(
  { memoryLimit: limit = Infinity, memoryUsed: used, memoryKills: kills }: Pick<
    GroupFacts,
    "memoryLimit" | "memoryUsed" | "memoryKills"
  >,
  tiers: number,
): Finding {
  const isLimited = limit < NO_LIMIT;
  const told = [
    isLimited ? `a limit of ${sizeText(limit)}` : "no limit",
    ...(used === undefined ? [] : [`${sizeText(used)} used`]),
    ...(tiers === 0 ? [] : [`tiers of ${sizeText(tiers)} in memory`]),
  ].join(", ");
  if (isLimited && tiers > 0 && tiers + SPARE > limit) {
    return fail(
      "memory",
      told,
      `raise the worker's memory limit to ${sizeText(tiers + SPARE)} or more (resources in the ` +
        "CacheRuntime), or make the tier smaller: Fluid does not keep its quota in the limit",
      "room",
    );
  }
  if (kills > 0) {
    const killed = `${told}; the kernel has killed ${kills} processes of it`;
    return warn("memory", killed, "raise the container's memory limit (resources)", "room");
  }
  return ok("memory", told);
}
