import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import { assertHealthy, assertStops, fault } from "../../support/fault.ts";
import type { FaultRun, FaultSetup } from "../../support/fault_run.ts";
import { executable } from "../../support/requirements.ts";

/** A CacheRuntime's client: the target is the volume itself. */
const CACHE: FaultSetup = { runtime: "cache", plan: ["raw"] };

/** The janitor as the second container of the pod: the target's parent shared, and the run folder. */
function janitor(run: FaultRun): Deno.ChildProcess {
  return run.spawnOnHost([
    "env",
    `CURVINE_FLUID_RUN_DIR=${run.root}/run`,
    ...[executable, "janitor"],
  ]);
}

fault("PID 1 is killed with the janitor beside it: the next client starts", CACHE, async (run) => {
  janitor(run);
  await run.start();
  await assertHealthy(run);
  run.signal("SIGKILL");
  await run.exitCode();
  await eventually("the volume can be bound again", () => run.hostMounts().length === 0);
  await run.start();
  await assertHealthy(run);
  await assertStops(run);
});

fault("a janitor that begins after the death of PID 1 cleans up too", CACHE, async (run) => {
  await run.start();
  await assertHealthy(run);
  run.signal("SIGKILL");
  await run.exitCode();
  assert.equal(run.hostMounts().length, 1, "a dead mount");
  const child = janitor(run);
  await eventually("it is gone", () => run.hostMounts().length === 0);
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
});

fault("a janitor takes nothing while a supervisor lives, nor what is alive", {
  ...CACHE,
  plan: ["raw", "never"],
  env: { CURVINE_FLUID_STOP_TIMEOUT: "1s" },
}, async (run) => {
  janitor(run);
  await run.start();
  await run.mounted();
  await steadily("the mounts", 1, 2_500, () => run.layers().length);
  // The supervisor may do with its target what it wants: the janitor is not to blame for it.
  const other = `${run.root}/host/other`;
  const neighbour = await run.mountOnHost(other);
  neighbour.kill("SIGKILL");
  await neighbour.status;
  await steadily("a dead mount elsewhere", 2, 2_500, () => run.hostMounts().length);
  await run.onHost(["umount", "-l", other]);
  await assertStops(run);
});
