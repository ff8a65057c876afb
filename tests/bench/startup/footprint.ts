import { executable, missing } from "../../support/requirements.ts";

/** Peak resident memory of a command that ends by itself, in MiB. */
export async function footprint(command: string, args: readonly string[]): Promise<number> {
  const script = "import resource,subprocess,sys\n" +
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n" +
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
  const { stdout } = await new Deno.Command("python3", {
    args: ["-c", script, command, ...args],
    env: { TMPDIR: "/nonexistent" },
  }).output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

/** What a supervisor costs while nothing happens. */
export interface Idle {
  /** MiB. */
  readonly rss: number;
  /** MiB. */
  readonly dirty: number;
  /** Percent of one core. */
  readonly cpu: number;
}

const SECONDS = Number(Deno.env.get("BENCH_IDLE_SECONDS") ?? 60);

/** Supervises a bindfs mount for a minute; `undefined` where that cannot be done. */
export async function idleFootprint(root: string): Promise<Idle | undefined> {
  if (missing("root", "fuse", "tool:bindfs")) return undefined;
  Deno.mkdirSync(`${root}/source`);
  Deno.writeTextFileSync(
    `${root}/home/lib/curvine-fuse`,
    `#!/bin/sh\nexec bindfs -f -o fsname=curvinefs,subtype=curvinefs "${root}/source" "${root}/target"\n`,
    { mode: 0o755 },
  );
  const child = new Deno.Command(executable, {
    env: {
      CURVINE_HOME: `${root}/home`,
      CURVINE_FLUID_RUN_DIR: `${root}/run`,
      FLUID_RUNTIME_TYPE: "thin",
      FLUID_RUNTIME_CONFIG_PATH: `${root}/thin.json`,
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    // The first seconds belong to the start: memory is given back, the heap shrinks.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    const before = ticks(child.pid);
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    const smaps = Deno.readTextFileSync(`/proc/${child.pid}/smaps_rollup`);
    return {
      rss: kilobytes(smaps, "Rss") / 1024,
      dirty: kilobytes(smaps, "Private_Dirty") / 1024,
      cpu: (ticks(child.pid) - before) / SECONDS,
    };
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

function kilobytes(smaps: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(smaps)?.[1] ?? 0);
}

/** Processor time used, in hundredths of a second: over seconds, that is percent. */
function ticks(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
