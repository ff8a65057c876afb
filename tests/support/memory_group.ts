/** Where control groups with a memory limit can be made, of version 1 and of version 2. */
const ROOTS = [
  { folder: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" },
  { folder: "/sys/fs/cgroup", limit: "memory.max" },
];

/** A control group with a memory limit, as a container has it. */
export class MemoryGroup implements Disposable {
  private constructor(readonly path: string) {}

  /** @returns `undefined` where this machine does not let us make one */
  static make(bytes: number): MemoryGroup | undefined {
    for (const { folder, limit } of ROOTS) {
      const path = `${folder}/curvine-fluid-test-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
      try {
        Deno.mkdirSync(path);
      } catch {
        continue;
      }
      try {
        Deno.writeTextFileSync(`${path}/${limit}`, `${bytes}`);
        return new MemoryGroup(path);
      } catch {
        Deno.removeSync(path);
      }
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.path);
    } catch {
      // Somebody is still in it; the machine's next start takes it away.
    }
  }
}

/**
 * A program in Python that uses up the memory of a group, in files of a tmpfs, until the kernel has
 * killed somebody there: `python3 -c EAT GROUP`. It uses little memory of its own.
 */
export const EAT = `
import os, sys, tempfile
group = sys.argv[1]
with open(group + "/cgroup.procs", "w") as procs: procs.write(str(os.getpid()))
def kills():
    for name in ("memory.events", "memory.oom_control"):
        try: lines = open(f"{group}/{name}").read().split("\\n")
        except OSError: continue
        for line in lines:
            if line.startswith("oom_kill "): return int(line.split()[1])
    return 0
try:
    os.nice(-20)
except OSError: pass
before, page = kills(), os.urandom(1 << 12)
# Whoever is killed may give back little: one page too many, or a moment too long, would cost the next.
with tempfile.TemporaryFile(dir="/dev/shm", buffering=0) as file:
    while kills() == before: file.write(page)
`;
