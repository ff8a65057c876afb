import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { assertHealthy, assertStops, fault } from "../../support/fault.ts";
import { type FaultRun, HANGS } from "../../support/fault_run.ts";

/**
 * Faults in an order that nobody thought of: after a storm of them the mount must come back by
 * itself, with one layer and one daemon, and a stop must end it all. `CHAOS_SEED` repeats a
 * storm, `CHAOS_STEPS` makes it longer.
 */
const STEPS = Number(Deno.env.get("CHAOS_STEPS") ?? 25);
const SEEDS = Deno.env.get("CHAOS_SEED")?.split(",").map(Number) ?? [1, 2, 3];

type Step = (run: FaultRun, random: () => number) => void | Promise<void>;

/** Steps by name. Each leaves the machine such that recovery is possible. */
const STEP: Record<string, Step> = {
  kill: (run) => hit(run, "SIGKILL"),
  terminate: (run) => hit(run, "SIGTERM"),
  abort: (run) => hit(run, "SIGABRT"),
  freeze: (run) => {
    hit(run, "SIGSTOP");
    ask(run);
  },
  thaw: (run) => run.servers().forEach(({ pid }) => signal(pid, "SIGCONT")),
  usr1: (run) => signal(run.pid, "SIGUSR1"),
  usr1ToDaemon: (run) => hit(run, "SIGUSR1"),
  hup: (run) => signal(run.pid, "SIGHUP"),
  usr2: (run) => signal(run.pid, "SIGUSR2"),
  config: (run, random) =>
    run.config.write(run.configText({ io_threads: `${Math.floor(random() * 100) + 1}` })),
  badConfig: (run) => run.config.write("{"),
  unmount: async (run) => void await run.onHost(["umount", "-l", run.target], 2_000),
  open: ask,
  metrics: async (run) => void await run.control("/metrics"),
  reload: async (run) => void await run.control("/reload", "POST"),
  freezeUs: async (run) => {
    signal(run.pid, "SIGSTOP");
    await pause(150);
    signal(run.pid, "SIGCONT");
  },
};

const ENV = { ...HANGS, CURVINE_FLUID_RESTART_LIMIT: "0", CURVINE_FLUID_START_TIMEOUT: "8s" };

for (const plan of ["raw", "mount"]) {
  for (const seed of SEEDS) {
    const setup = { plan: [plan], pid1: seed % 2 === 1, env: ENV };

    fault(`chaos (${plan}, seed ${seed}): the mount comes back by itself`, setup, async (run) => {
      await run.start();
      await run.mounted();
      await storm(run, generator(seed), STEPS, async () => {
        run.config.write(run.configText());
        run.servers().forEach(({ pid }) => signal(pid, "SIGCONT"));
        await eventually(
          "it is ready with one daemon and one layer",
          async () =>
            run.servers().length === 1 && run.layers().length === 1 &&
            (await run.control("/readyz")).status === 200,
          60_000,
        );
        await assertHealthy(run);
        await assertStops(run);
      });
    });

    fault(`chaos (${plan}, seed ${seed}) that ends in TERM: all ends`, setup, async (run) => {
      await run.start();
      await run.mounted();
      // Another part of the seed's numbers than above.
      const random = generator(seed + 1_000);
      await storm(run, random, Math.ceil(random() * STEPS / 3), () => assertStops(run));
    });
  }
}

async function storm(
  run: FaultRun,
  random: () => number,
  steps: number,
  afterwards: () => Promise<void>,
): Promise<void> {
  const names = Object.keys(STEP);
  const done: string[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const name = names[Math.floor(random() * names.length)] ?? "";
      done.push(name);
      await STEP[name]?.(run, random);
      await pause(random() * 150);
      assert.ok(!run.ended, "it lives");
    }
    await afterwards();
  } catch (error) {
    throw new Error(`after ${done.join(", ")}`, { cause: error });
  }
}

function hit(run: FaultRun, name: Deno.Signal): void {
  const [server] = run.servers();
  if (server) signal(server.pid, name);
}

/** Somebody reads a file, and waits if he must. */
function ask(run: FaultRun): void {
  run.spawnOnHost(["cat", `${run.target}/deep/er/and deeper/1`]);
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Numbers in [0, 1) that a seed repeats (a multiply-with-carry generator). */
function generator(seed: number): () => number {
  let state = seed * 2654435769 >>> 0 || 1;
  return () => {
    state = (Math.imul(state & 0xffff, 36969) + (state >>> 16)) >>> 0;
    return (state & 0xffff) / 0x10000;
  };
}
