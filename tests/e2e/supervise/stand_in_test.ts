import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { fault } from "../../support/fault.ts";
import type { FaultRun } from "../../support/fault_run.ts";

/**
 * The faults prove something only if the stand-in behaves as curvine-fuse does; so it is tested by
 * itself, without the executable. Facts: curvine.md, curvine-fuse.
 */
function standIn(run: FaultRun, ...args: string[]): Deno.ChildProcess {
  Deno.writeTextFileSync(
    `${run.root}/fuse.toml`,
    `[fuse]\nmnt_path = ${JSON.stringify(run.target)}\nstate_dir = "${run.root}/state"\n[x]\n`,
  );
  const command = [`${run.root}/home/lib/curvine-fuse`, ...args, "--conf", `${run.root}/fuse.toml`];
  return run.spawnOnHost(command);
}

for (const plan of ["mount", "raw"]) {
  fault(`stand-in (${plan}): serves, and unmounts on TERM`, { plan: [plan] }, async (run) => {
    const daemon = standIn(run);
    const layer = await run.mounted();
    assert.equal(layer.type, "fuse.curvinefs");
    daemon.kill("SIGTERM");
    assert.equal((await daemon.status).code, 0);
    assert.deepEqual(run.layers(), []);
  });

  fault(`stand-in (${plan}): a kill leaves a stale mount`, { plan: [plan] }, async (run) => {
    const daemon = standIn(run);
    await run.mounted();
    daemon.kill("SIGKILL");
    await daemon.status;
    const { stderr } = await run.onHost(["ls", run.target]);
    assert.match(stderr, /Transport endpoint is not connected/);
    assert.equal((await standIn(run).status).code, 1, "it does not start on a stale mount");
    assert.equal(run.layers().length, 1);
  });

  fault(`stand-in (${plan}): ends with 0 on an external umount`, { plan: [plan] }, async (run) => {
    const daemon = standIn(run);
    await run.mounted();
    await run.onHost(["umount", run.target]);
    assert.equal((await daemon.status).code, 0);
  });

  fault(
    `stand-in (${plan}): takes a path with spaces, \\040 and newlines from TOML`,
    { plan: [plan], target: "a b\\040c\nd" },
    async (run) => {
      const daemon = standIn(run);
      await run.mounted();
      daemon.kill("SIGTERM");
      assert.equal((await daemon.status).code, 0);
    },
  );
}

fault("stand-in: a non-empty target is refused", {}, async (run) => {
  Deno.mkdirSync(run.target);
  Deno.writeTextFileSync(`${run.target}/file`, "somebody's");
  await run.remember();
  assert.equal((await standIn(run).status).code, 1);
});

fault("stand-in: validate-config mounts nothing", {}, async (run) => {
  assert.equal((await standIn(run, "validate-config").status).code, 0);
  assert.deepEqual(run.starts(), []);
});

fault(
  "stand-in: a hot reload keeps the mount and its open files",
  { plan: ["raw"] },
  async (run) => {
    const daemon = standIn(run);
    const layer = await run.mounted();
    const reader = run.spawnOnHost(["tail", "-f", `${run.target}/canary`]);
    daemon.kill("SIGUSR1");
    assert.equal((await daemon.status).code, 0);
    await eventually("the successor started", () => run.starts().length === 2);
    assert.match(run.starts()[1]?.state ?? "", /curvine_fuse_state_\d+\.data$/);
    assert.deepEqual(await run.mounted(), layer, "the same mount");
    // The mount's end may end the reader too: it is only stopped while there is one.
    reader.kill("SIGKILL");
    await reader.status;
    Deno.kill(run.starts()[1]?.inner ?? 0, "SIGTERM");
    await eventually("the successor unmounted", () => run.layers().length === 0);
  },
);

fault(
  "stand-in: mute reads requests and leaves them unanswered",
  { plan: ["raw"] },
  async (run) => {
    const daemon = standIn(run);
    await run.mounted();
    run.tellStandIn("mute");
    const { code } = await run.onHost(["ls", run.target], 300);
    assert.equal(code, undefined, "ls hangs");
    daemon.kill("SIGKILL");
  },
);
