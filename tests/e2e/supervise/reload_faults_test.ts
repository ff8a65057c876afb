import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import { assertHealthy, assertStops, assertTakenOver, fault } from "../../support/fault.ts";
import { type FaultRun, HANGS } from "../../support/fault_run.ts";
import { hasOpen } from "../../support/process_table.ts";

/** Waits for the start with this number. @returns its CURVINE_FUSE_STATE_PATH */
async function startNumber(run: FaultRun, count: number): Promise<string> {
  const start = await eventually(`start ${count}`, () => run.starts()[count - 1]);
  return start.state;
}

/** Waits until the supervisor says that it serves and is in no reload any more. */
async function settled(run: FaultRun): Promise<void> {
  await eventually(
    "one daemon serves, and it is ready",
    async () =>
      run.servers().length === 1 && (await run.control("/readyz")).status === 200 &&
      (await run.status())["state"] === "mounted",
  );
}

for (const pid1 of [true, false]) {
  const as = pid1 ? "as PID 1" : "as a child";

  fault(
    `a hot reload (we run ${as}): the mount and open files live on`,
    { pid1, plan: ["raw"] },
    async (run) => {
      await run.start();
      const old = await run.mounted();
      const reader = run.spawnOnHost(["tail", "-f", `${run.target}/canary`]);
      await eventually("the reader reads", () => hasOpen(reader.pid, "/canary"));
      const before = run.daemon().pid;
      run.signal("SIGUSR1");
      assert.match(await startNumber(run, 2), /curvine_fuse_state_\d+\.data$/);
      await settled(run);
      assert.deepEqual(await run.mounted(), old, "the same mount");
      assert.notEqual(run.daemon().pid, before);
      assert.ok(hasOpen(reader.pid, "/canary"), "the reader goes on");
      await assertHealthy(run);
      await assertStops(run);
    },
  );

  fault(
    `the adopted successor dies later (we run ${as}): taken over by us`,
    { pid1, plan: ["raw"] },
    async (run) => {
      await run.start();
      const old = await run.served();
      run.signal("SIGUSR1");
      await startNumber(run, 2);
      await settled(run);
      Deno.kill(run.daemon().pid, "SIGKILL");
      await assertTakenOver(run, old, 3);
      await assertHealthy(run);
      await assertStops(run);
    },
  );
}

fault("the adopted successor exits 0, unasked: a failure", { plan: ["raw"] }, async (run) => {
  await run.start();
  const old = await run.served();
  run.signal("SIGUSR1");
  await startNumber(run, 2);
  await settled(run);
  Deno.kill(run.daemon().pid, "SIGTERM");
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("reloaded five times, one after the other", { plan: ["raw"] }, async (run) => {
  await run.start();
  const old = await run.mounted();
  for (let round = 2; round <= 6; round++) {
    run.signal("SIGUSR1");
    assert.notEqual(await startNumber(run, round), "", "a hot one");
    await settled(run);
  }
  assert.deepEqual(await run.mounted(), old);
  await assertHealthy(run);
  await assertStops(run);
});

for (
  const [what, plan, starts, told] of [
    ["the successor ends at once (1)", ["raw", "exit=1", "raw"], 3, /the successor exited with 1/],
    ["the successor ends at once (0)", ["raw", "exit=0", "raw"], 3, /the successor exited with 0/],
    [
      "the successor is killed on its way",
      ["raw", "sleep=0.2 kill=KILL", "raw"],
      3,
      /the successor was killed by SIGKILL/,
    ],
    ["the successor never comes", ["raw,reload=no-successor", "raw"], 2, /no successor came/],
    ["the daemon fails to reload", ["raw,reload=fail", "raw"], 2, /the daemon exited with \d/],
  ] as const
) {
  fault(`${what}: we start one that takes over`, { plan: [...plan] }, async (run) => {
    await run.start();
    const old = await run.mounted();
    run.signal("SIGUSR1");
    await assertTakenOver(run, old, starts);
    await settled(run);
    assert.match(run.stderr(), told);
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault("the successor comes but never serves: a stop still ends it all", {
  plan: ["raw", "never", "raw"],
}, async (run) => {
  await run.start();
  await run.mounted();
  run.signal("SIGUSR1");
  await startNumber(run, 2);
  await assertStops(run);
});

fault("the successor comes but never serves: ended, and another takes over", {
  plan: ["raw", "never", "raw"],
  env: { CURVINE_FLUID_START_TIMEOUT: "5s" },
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.signal("SIGUSR1");
  await startNumber(run, 2);
  await assertTakenOver(run, old, 3);
  await settled(run);
  await assertHealthy(run);
  assert.ok(!run.processes().some(({ name }) => name === "sleep"), "the useless one is gone");
  await assertStops(run);
});

fault(
  "the adopted successor hangs: mounted again",
  { plan: ["raw", "raw", "mount"], env: HANGS },
  async (run) => {
    await run.start();
    const old = await run.mounted();
    run.signal("SIGUSR1");
    await startNumber(run, 2);
    await settled(run);
    run.tellStandIn("mute");
    const reader = run.spawnOnHost(["ls", run.target]);
    await run.remounted(old);
    assert.notEqual((await reader.status).code, 0, "the one who waited got an error");
    await assertHealthy(run);
    await assertStops(run);
  },
);

for (const pid1 of [true, false]) {
  fault(`the adopted successor ignores TERM (${pid1 ? "PID 1" : "a child"}): killed`, {
    pid1,
    plan: ["raw", "raw,term=ignore"],
    env: { CURVINE_FLUID_STOP_TIMEOUT: "1500ms" },
  }, async (run) => {
    await run.start();
    await run.mounted();
    run.signal("SIGUSR1");
    await startNumber(run, 2);
    await settled(run);
    await assertStops(run);
  });
}

fault(
  "the successor comes slowly: the mount lives on",
  { plan: ["raw", "sleep=1.5 raw"] },
  async (run) => {
    await run.start();
    const old = await run.mounted();
    run.signal("SIGUSR1");
    await startNumber(run, 2);
    await run.mounted();
    await settled(run);
    assert.deepEqual(await run.mounted(), old);
    assert.equal(run.starts().length, 2);
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("the successor comes twice: one serves, and all end on stop", {
  plan: ["raw,reload=twice", "raw"],
}, async (run) => {
  await run.start();
  await run.mounted();
  run.signal("SIGUSR1");
  // The one too many may be ended before it tells of its start.
  await startNumber(run, 2);
  await settled(run);
  await assertHealthy(run);
  await assertStops(run);
});

fault("the old daemon leaves late: one daemon in the end", {
  plan: ["raw,reload=late-exit", "raw"],
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.signal("SIGUSR1");
  await startNumber(run, 2);
  await settled(run);
  assert.deepEqual(await run.mounted(), old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("the daemon ignores USR1: it goes on", { plan: ["raw,reload=ignore"] }, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.signal("SIGUSR1");
  await steadily("the number of starts", 1, 800, () => run.starts().length);
  assert.deepEqual(await run.mounted(), old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("USR1 twice in a row: the mount lives on, one daemon", { plan: ["raw"] }, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.signal("SIGUSR1");
  run.signal("SIGUSR1");
  await startNumber(run, 2);
  await settled(run);
  assert.deepEqual(await run.mounted(), old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("USR1 during a reload: the mount lives on, one daemon", {
  plan: ["raw", "wait=go raw", "raw"],
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.signal("SIGUSR1");
  await startNumber(run, 2);
  run.signal("SIGUSR1");
  await eventually("it is heard", () => /a reload is under way/.test(run.stderr()));
  run.tellStandIn("go");
  await settled(run);
  assert.deepEqual(await run.mounted(), old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("USR1 before the first mount: nobody is hurt", { plan: ["wait=go mount"] }, async (run) => {
  await run.start();
  await startNumber(run, 1);
  run.signal("SIGUSR1");
  await steadily("the number of starts", 1, 500, () => run.starts().length);
  run.tellStandIn("go");
  await run.mounted();
  assert.equal(run.starts().length, 1);
  await assertHealthy(run);
  await assertStops(run);
});

fault("TERM right after USR1: all ends", { plan: ["raw"] }, async (run) => {
  await run.start();
  await run.mounted();
  run.signal("SIGUSR1");
  await assertStops(run);
});

for (const pid1 of [true, false]) {
  fault(
    `TERM while the successor is on its way (${pid1 ? "PID 1" : "a child"}): all ends`,
    { pid1, plan: ["raw", "sleep=0.5 raw"] },
    async (run) => {
      await run.start();
      await run.mounted();
      run.signal("SIGUSR1");
      await startNumber(run, 2);
      await assertStops(run);
    },
  );
}

for (
  const [what, options] of [
    ["full", "size=4k"],
    ["read-only", "ro"],
  ] as const
) {
  fault(`the state directory is ${what}: we start one that takes over`, {
    plan: ["raw"],
    before: `mount -t tmpfs -o ${options} tmpfs "$ROOT/state"\n` +
      'head -c 4096 /dev/zero >"$ROOT/state/full" || :',
  }, async (run) => {
    await run.start();
    const old = await run.mounted();
    run.signal("SIGUSR1");
    await assertTakenOver(run, old, 2);
    await settled(run);
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault("POST /reload takes over a changed config", {
  plan: ["raw"],
  env: { CURVINE_FLUID_WATCH_CONFIG: "false" },
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(run.configText({ io_threads: "8" }));
  assert.ok((await run.control("/reload", "POST")).status < 300);
  assert.notEqual(await startNumber(run, 2), "");
  assert.match(run.standInFile("conf.2"), /^io_threads = 8$/m);
  await settled(run);
  assert.deepEqual(await run.mounted(), old);
  await assertStops(run);
});
