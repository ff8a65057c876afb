import { memoryOf, privateDirtyOf, processorTimeOf } from "../../support/process_usage.ts";
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
    const before = processorTimeOf(child.pid);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return {
      rss: memoryOf(child.pid) / 2 ** 20,
      dirty: privateDirtyOf(child.pid) / 2 ** 20,
      cpu: 100 * (processorTimeOf(child.pid) - before) / seconds,
    };
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}
