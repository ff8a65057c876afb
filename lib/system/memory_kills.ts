/**
 * How the kernel's choice falls when memory runs out: `oom_score_adj` is added to the share of memory
 * that a process uses, in thousandths (proc(5)). So much more makes a daemon the first of the two of
 * us, without making it the first of a whole node.
 */
const DAEMON_SCORE = 200;
const MOST_SCORE = 1000;

/** Makes the kernel take a process, and what it starts, before us when memory runs out. */
export function offerToKernel(pid: number): void {
  try {
    const own = Number.parseInt(Deno.readTextFileSync("/proc/self/oom_score_adj"), 10);
    let score = own + DAEMON_SCORE;
    if (score > MOST_SCORE) {
      score = MOST_SCORE;
      // In a pod of the lowest class nobody can be above us: we have to go below, which wants
      // CAP_SYS_RESOURCE.
      Deno.writeTextFileSync("/proc/self/oom_score_adj", `${MOST_SCORE - DAEMON_SCORE}`);
    }
    Deno.writeTextFileSync(`/proc/${pid}/oom_score_adj`, `${score}`);
  } catch {
    // It has ended, or we may not: then the kernel chooses by size, which mostly is the daemon.
  }
}

/** Processes of this container that the kernel has ended for lack of memory; 0 where it is silent. */
export function oomKills(): number {
  for (const path of counters()) {
    try {
      const count = /^oom_kill (\d+)$/m.exec(Deno.readTextFileSync(path))?.[1];
      if (count !== undefined) return Number(count);
    } catch {
      // It is not there, or not of this version of control groups.
    }
  }
  return 0;
}

let found: readonly string[] | undefined;

/** Where the counter of our own control group may be, of version 2 and of version 1. */
function counters(): readonly string[] {
  if (found !== undefined) return found;
  const groups = readOr("/proc/self/cgroup").split("\n").map((line) => line.split(":"));
  const group = (controller: string): string => {
    const path = groups.find(([, names]) => names?.split(",").includes(controller))?.slice(2);
    return path === undefined ? "" : path.join(":").replace(/\/$/, "");
  };
  // In a namespace of its own a container's group is the root of what is mounted.
  found = [
    `/sys/fs/cgroup${group("")}/memory.events`,
    "/sys/fs/cgroup/memory.events",
    `/sys/fs/cgroup/memory${group("memory")}/memory.oom_control`,
    "/sys/fs/cgroup/memory/memory.oom_control",
  ];
  return found;
}

function readOr(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
