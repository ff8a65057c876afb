import { executable, missing } from "../../support/requirements.ts";

/** What a supervisor costs while nothing happens. */
export interface Idle {
  /** MiB. */
  readonly rss: number;
  /** MiB. */
  readonly dirty: number;
  /** Percent of one core. */
  readonly cpu: number;
}

/** Supervises a bindfs mount for so many seconds; `undefined` where that cannot be done. */
export async function idleFootprint(root: string, seconds: number): Promise<Idle | undefined> {
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
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const smaps = Deno.readTextFileSync(`/proc/${child.pid}/smaps_rollup`);
    return {
      rss: kilobytes(smaps, "Rss") / 1024,
      dirty: kilobytes(smaps, "Private_Dirty") / 1024,
      cpu: (ticks(child.pid) - before) / seconds,
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
