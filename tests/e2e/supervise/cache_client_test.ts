import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { assertHealthy, assertStops, assertTakenOver, fault } from "../../support/fault.ts";
import { type FaultSetup, HANGS } from "../../support/fault_run.ts";
import { waitsForFuse } from "../../support/process_table.ts";

/** A CacheRuntime's client: the target is the volume itself, a mount below every FUSE layer. */
const CACHE: FaultSetup = { runtime: "cache", plan: ["raw"], options: { io_threads: "16" } };

fault("a CacheRuntime's client serves on its volume, and stops", CACHE, async (run) => {
  await run.start();
  await assertHealthy(run);
  await assertStops(run);
});

fault("a CacheRuntime's daemon is killed: taken over, one layer", CACHE, async (run) => {
  await run.start();
  const old = await run.served();
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 2);
  await assertHealthy(run);
  await assertStops(run);
});

fault(
  "a CacheRuntime's container is killed and comes back: one layer",
  CACHE,
  async (run) => {
    await run.start();
    await run.mounted();
    run.signal("SIGKILL");
    await run.exitCode();
    assert.equal(run.layers().length, 1, "a stale layer on the host");
    // runc cannot bind a dead mount: whoever repairs the node, or Fluid's CSI, detaches it first.
    await run.onHost(["umount", "-l", run.target]);
    await run.start();
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("a CacheRuntime's daemon hangs: mounted again", {
  ...CACHE,
  plan: ["raw", "mount"],
  env: HANGS,
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.tellStandIn("mute");
  const reader = run.spawnOnHost(["ls", run.target]);
  await eventually("somebody waits", () => waitsForFuse(reader.pid));
  await run.remounted(old);
  assert.notEqual((await reader.status).code, 0, "the one who waited got an error");
  await assertHealthy(run);
  await assertStops(run);
});

fault("a CacheRuntime's config changes: reloaded hot", CACHE, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(run.configText({ io_threads: "8" }));
  await eventually("the successor", () => run.starts().length === 2);
  assert.match(run.standInFile("conf.2"), /^io_threads = 8$/m);
  assert.notEqual(run.starts()[1]?.state, "", "a hot reload");
  await eventually("it serves alone", () => run.servers().length === 1);
  assert.deepEqual(await run.mounted(), old);
  await assertStops(run);
});

fault("files in a CacheRuntime's volume: refused, nothing deleted", CACHE, async (run) => {
  Deno.mkdirSync(run.target);
  Deno.writeTextFileSync(`${run.target}/precious`, "somebody's only copy");
  await run.remember();
  await run.start();
  assert.equal(await run.exitCode(), 71);
  assert.deepEqual(run.starts(), []);
  assert.match(run.stderr(), /precious/);
});
