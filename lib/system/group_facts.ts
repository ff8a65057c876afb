import { groupValue } from "./control_group.ts";
import { oomKills } from "./memory_kills.ts";

/** Bytes and counts of our control group; absent where there is no limit or no telling. */
export interface GroupFacts {
  readonly memoryLimit: number | undefined;
  readonly memoryUsed: number | undefined;
  /** Processes that the kernel has ended for lack of memory. */
  readonly memoryKills: number;
  readonly processLimit: number | undefined;
  /** Threads count as well. */
  readonly processes: number | undefined;
}

/** What our control group allows, and what is used of it. */
export function groupFacts(): GroupFacts {
  return {
    memoryLimit: groupValue("memory.max", ["memory", "memory.limit_in_bytes"]),
    memoryUsed: groupValue("memory.current", ["memory", "memory.usage_in_bytes"]),
    memoryKills: oomKills(),
    processLimit: groupValue("pids.max", ["pids", "pids.max"]),
    processes: groupValue("pids.current", ["pids", "pids.current"]),
  };
}
