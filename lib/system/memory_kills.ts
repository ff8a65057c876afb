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
  const total = Number(/^MemTotal:\s*(\d+) kB$/m.exec(readOr("/proc/meminfo"))?.[1]) * 1024;
  const limits = ownFiles("memory.max", "memory.limit_in_bytes")
    .map((path) => Number.parseInt(readOr(path), 10));
  return Math.min(total, ...limits.filter((limit) => limit > 0));
}

const PAGE_BYTES = 4096;

/** Processes of this container that the kernel has ended for lack of memory; 0 where it is silent. */
export function oomKills(): number {
  for (const path of ownFiles("memory.events", "memory.oom_control")) {
    const count = /^oom_kill (\d+)$/m.exec(readOr(path))?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}

let groups: readonly string[] | undefined;

/** Where a file of our own control group may be: its name in version 2, and in version 1. */
function ownFiles(second: string, first: string): string[] {
  groups ??= ownGroups();
  const [unified = "", memory = ""] = groups;
  // In a namespace of its own a container's group is the root of what is mounted.
  return [
    `/sys/fs/cgroup${unified}/${second}`,
    `/sys/fs/cgroup/${second}`,
    `/sys/fs/cgroup/memory${memory}/${first}`,
    `/sys/fs/cgroup/memory/${first}`,
  ];
}

/** The paths of our groups, of version 2 and of version 1's memory. */
function ownGroups(): string[] {
  const lines = readOr("/proc/self/cgroup").split("\n").map((line) => line.split(":"));
  return ["", "memory"].map((controller) => {
    const line = lines.find(([, names]) => names?.split(",").includes(controller));
    return line === undefined ? "" : line.slice(2).join(":").replace(/\/$/, "");
  });
}

function readOr(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
