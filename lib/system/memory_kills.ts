import { groupTexts } from "./control_group.ts";
import { readSmall } from "./read_small.ts";

/**
 * How the kernel's choice falls when memory runs out: `oom_score_adj` is added to the share of memory
 * that a process uses, in thousandths of the container's limit (proc(5)). A daemon gets what we use
 * ourselves and a bit more: then it goes before us however small it is, and is not offered to the
 * rest of the node more than it must be.
 */
const MARGIN = 100;
const MOST_SCORE = 1000;

/** Makes the kernel take a process, and what it starts, before us when memory runs out. */
export function offerToKernel(pid: number): void {
  try {
    const more = Math.min(Math.ceil(1000 * ownMemory() / memoryLimit()) + MARGIN, MOST_SCORE);
    const ours = makeRoom(MOST_SCORE - more);
    // As far above us as can be, where there is no room for all of it.
    writeScore(pid, Math.min(ours + more, MOST_SCORE));
  } catch {
    // It has ended, or we may not: then the kernel chooses by size, which mostly is the daemon.
  }
}

/**
 * In a pod of the lowest class nobody can be above us: we have to go below, which wants
 * CAP_SYS_RESOURCE.
 *
 * @param most the score that leaves room for somebody above
 * @returns our score
 */
function makeRoom(most: number): number {
  const own = Number.parseInt(Deno.readTextFileSync("/proc/self/oom_score_adj"), 10);
  if (own <= most) return own;
  try {
    writeScore("self", most);
    return most;
  } catch {
    return own;
  }
}

function writeScore(pid: number | "self", score: number): void {
  Deno.writeTextFileSync(`/proc/${pid}/oom_score_adj`, `${score}`);
}

/** Resident memory of this process, in bytes. */
function ownMemory(): number {
  return Number(Deno.readTextFileSync("/proc/self/statm").split(" ")[1]) * PAGE_BYTES;
}

/** The most that this container may use: its limit, or the whole machine's memory. */
function memoryLimit(): number {
  const total = Number(/^MemTotal:\s*(\d+) kB$/m.exec(readSmall("/proc/meminfo") ?? "")?.[1]) *
    1024;
  const limits = [...groupTexts("memory.max", ["memory", "memory.limit_in_bytes"])]
    .map((text) => Number.parseInt(text, 10));
  return Math.min(total, ...limits.filter((limit) => limit > 0));
}

const PAGE_BYTES = 4096;

/** Processes of this container that the kernel has ended for lack of memory; 0 where it is silent. */
export function oomKills(): number {
  for (const text of groupTexts("memory.events", ["memory", "memory.oom_control"])) {
    const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}
