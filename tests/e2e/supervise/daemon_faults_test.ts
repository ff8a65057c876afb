import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import { assertEnded, assertHealthy, assertStops, fault } from "../../support/fault.ts";
import { HANGS } from "../../support/fault_run.ts";
import { hasOpen } from "../../support/process_table.ts";
import { memoryOf, writtenBy } from "../../support/process_usage.ts";

for (const signal of ["SIGKILL", "SIGSEGV", "SIGABRT"] as const) {
  fault(
    `a daemon that cannot take over dies of ${signal}: mounted again, one layer`,
    {},
    async (run) => {
      await run.start();
      const old = await run.served();
      Deno.kill(run.daemon().pid, signal);
      await run.remounted(old);
      await assertHealthy(run);
      assert.equal(run.coldStarts(), 2);
      await assertStops(run);
    },
  );
}

fault("the daemon is killed as a plain child of ours", { pid1: false }, async (run) => {
  await run.start();
  const old = await run.served();
  Deno.kill(run.daemon().pid, "SIGKILL");
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("the daemon is killed while somebody has a file open", {}, async (run) => {
  await run.start();
  const old = await run.served();
  const reader = run.spawnOnHost(["tail", "-f", `${run.target}/canary`]);
  await eventually("the reader has opened it", () => hasOpen(reader.pid, "/canary"));
  Deno.kill(run.daemon().pid, "SIGKILL");
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("the daemon dies five times, as soon as it has mounted", {}, async (run) => {
  await run.start();
  let layer = await run.served();
  for (let round = 0; round < 5; round++) {
    Deno.kill(run.daemon().pid, "SIGKILL");
    layer = await run.remounted(layer);
  }
  await assertHealthy(run);
  assert.equal(run.coldStarts(), 6);
  assert.equal(run.starts().length, 7, "a takeover is tried once");
  await assertStops(run);
});

fault("the daemon is stopped while somebody waits: mounted again", { env: HANGS }, async (run) => {
  await run.start();
  const old = await run.served();
  Deno.kill(run.daemon().pid, "SIGSTOP");
  const reader = run.spawnOnHost(["cat", `${run.target}/deep/er/and deeper/0`]);
  await run.remounted(old);
  assert.notEqual((await reader.status).code, 0, "the one who waited got an error");
  await assertHealthy(run);
  await assertStops(run);
});

fault("the daemon is stopped while nobody waits: no false alarm", { env: HANGS }, async (run) => {
  await run.start();
  const old = await run.mounted();
  const daemon = run.daemon().pid;
  Deno.kill(daemon, "SIGSTOP");
  // The hang limit is two seconds.
  await steadily("the number of starts", 1, 3_500, () => run.starts().length);
  Deno.kill(daemon, "SIGCONT");
  assert.equal((await run.mounted()).id, old.id);
  await assertStops(run);
});

for (
  const [plan, code] of [
    ["exit=0", 1],
    ["exit=1", 1],
    ["exit=41", 41],
    ["kill=SEGV", 139],
  ] as const
) {
  fault(
    `the daemon ends at once, always (${plan}): given up, exit code ${code}`,
    { plan: [`complain=the-last-word ${plan}`], env: { CURVINE_FLUID_RESTART_LIMIT: "3" } },
    async (run) => {
      await run.start();
      await assertEnded(run, code);
      assert.equal(run.starts().length, 3);
      assert.match(run.terminationLog(), /the-last-word/);
    },
  );
}

fault(
  "the daemon exits 0 once, unasked: a failure like any other",
  { plan: ["exit=0", "mount"] },
  async (run) => {
    await run.start();
    await assertHealthy(run);
    assert.equal(run.starts().length, 2);
    await assertStops(run);
  },
);

fault(
  "the daemon refuses its command line (exit 2): no loop",
  { plan: ["complain=unexpected-argument exit=2"] },
  async (run) => {
    await run.start();
    await assertEnded(run, 2);
    assert.equal(run.starts().length, 1);
    assert.match(run.terminationLog(), /unexpected-argument/);
  },
);

fault(
  "the daemon refuses its configuration: no loop",
  // The stand-in's validate-config refuses this number of threads.
  {
    plan: ["complain=bad-configuration exit=1"],
    options: { io_threads: "666" },
    // The verdict comes long before the third start would.
    env: { CURVINE_FLUID_RESTART_DELAY: "60s", CURVINE_FLUID_RESTART_MAX_DELAY: "60s" },
  },
  async (run) => {
    await run.start();
    await assertEnded(run, 1);
    assert.ok(run.starts().length <= 2, `${run.starts().length} starts`);
    assert.match(run.terminationLog(), /666|bad-configuration/);
  },
);

fault(
  "the daemon fails twice while its configuration is being validated: no false verdict",
  { plan: ["exit=1", "exit=1", "mount"], before: 'touch "$ROOT/home/lib/standin/slow-validation"' },
  async (run) => {
    await run.start();
    await run.mounted();
    assert.equal(run.starts().length, 3);
    // The verdicts come in later; they must not end a daemon that serves.
    await steadily("the number of starts", 3, 1_000, () => run.starts().length);
    await assertHealthy(run);
    await assertStops(run);
  },
);

for (const pid1 of [true, false]) {
  const as = pid1 ? "as PID 1" : "as a child";

  fault(
    `the daemon ignores TERM (we run ${as}): killed when the budget is spent`,
    { pid1, plan: ["ignore=TERM mount"], env: { CURVINE_FLUID_STOP_TIMEOUT: "1500ms" } },
    async (run) => {
      await run.start();
      await run.mounted();
      await assertStops(run);
    },
  );

  fault(
    `the daemon double-forks (we run ${as}): one layer, one daemon`,
    { pid1, plan: ["double-fork", "mount"] },
    async (run) => {
      await run.start();
      await run.mounted();
      await eventually("one daemon serves", () => run.servers().length === 1);
      await steadily("layers", 1, 500, () => run.layers().length);
      await assertHealthy(run);
      await assertStops(run);
    },
  );

  fault(
    `the daemon leaves a grandchild in its own session (we run ${as})`,
    { pid1, plan: ["grandchild mount"] },
    async (run) => {
      await run.start();
      const old = await run.served();
      // The sleeper holds the daemon's stdout open: a restart must not wait for its end.
      Deno.kill(run.daemon().pid, "SIGKILL");
      await run.remounted(old);
      await assertHealthy(run);
      await assertStops(run);
    },
  );
}

fault(
  "the daemon that double-forked dies later",
  { plan: ["double-fork", "mount"] },
  async (run) => {
    await run.start();
    const old = await run.mounted();
    await eventually("one daemon serves", () => run.servers().length === 1);
    Deno.kill(run.servers()[0]?.pid ?? 0, "SIGKILL");
    await run.remounted(old);
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("the daemon closes its stdout: it goes on", { plan: ["close-stdout mount"] }, async (run) => {
  await run.start();
  await run.mounted();
  await steadily("the number of starts", 1, 600, () => run.starts().length);
  await assertHealthy(run);
  await assertStops(run);
});

for (
  const [what, plan, program] of [
    ["", "flood", "yes"],
    [" without any line's end", "flood=zero", "cat"],
  ] as const
) {
  fault(`the daemon floods stdout${what}: not blocked, and our memory is bounded`, {
    plan: [`${plan} mount`],
    launch: `exec "$@" >/dev/null 2>>"$ROOT/stderr"`,
  }, async (run) => {
    await run.start();
    await run.mounted();
    const flood = run.processes().find(({ name }) => name === program);
    assert.ok(flood, "the flood runs");
    const [memory, written] = [memoryOf(run.pid), writtenBy(flood.pid)];
    await eventually("200 MB came through", () => writtenBy(flood.pid) > written + 200e6);
    const growth = memoryOf(run.pid) - memory;
    assert.ok(growth < 32 * 2 ** 20, `memory grew by ${growth} bytes`);
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault(
  "the daemon floods and fails: the last words fit into a termination message",
  {
    plan: [`flood sleep=0.1 complain=the-last-word exit=41`],
    env: { CURVINE_FLUID_RESTART_LIMIT: "2" },
    launch: `exec "$@" >/dev/null 2>&1`,
  },
  async (run) => {
    await run.start();
    await assertEnded(run, 41);
    const size = new TextEncoder().encode(run.terminationLog()).length;
    assert.ok(size > 0 && size <= 4096, `${size} bytes`);
    assert.match(run.terminationLog(), /exited with 41/);
  },
);

fault(
  "the daemon's output passes through unchanged",
  { plan: ["say=one-line complain=another-line mount"] },
  async (run) => {
    await run.start();
    await run.mounted();
    await eventually("the line is on our stdout", () => /^one-line$/m.test(run.stdout()));
    await eventually("the line is on our stderr", () => /^another-line$/m.test(run.stderr()));
    await assertStops(run);
  },
);

fault(
  "the daemon mounts late: awaited, not ready before",
  { plan: ["wait=go mount"] },
  async (run) => {
    await run.start();
    await eventually("the daemon was started", () => run.starts().length === 1);
    assert.equal((await eventually("it answers", () => run.control("/readyz"))).status, 503);
    assert.equal((await run.control("/livez")).status, 200);
    run.tellStandIn("go");
    await run.mounted();
    await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
    assert.equal(run.starts().length, 1);
    await assertStops(run);
  },
);

for (const plan of ["never", "wrong-path mount"]) {
  fault(
    `the daemon never mounts where it should (${plan}): given up`,
    {
      plan: [plan],
      env: { CURVINE_FLUID_START_TIMEOUT: "3s", CURVINE_FLUID_RESTART_LIMIT: "2" },
    },
    async (run) => {
      await run.start();
      const code = await run.exitCode();
      assert.ok(code !== 0, "not a success");
      await assertEnded(run, code);
      assert.equal(run.starts().length, 2);
      assert.match(run.terminationLog(), /mount/);
    },
  );
}

fault(
  "the daemon's executable is missing: said so, no loop without end",
  { before: 'mv "$ROOT/home/lib/curvine-fuse" "$ROOT/home/lib/gone"' },
  async (run) => {
    await run.start();
    const code = await run.exitCode();
    assert.ok(code !== 0, "not a success");
    await assertEnded(run, code);
    assert.match(run.terminationLog() + run.stderr(), /lib\/curvine-fuse/);
  },
);

fault("the daemon gets a clean process: descriptors, signals, environment", {
  plan: ["never"],
  env: { CURVINE_FUSE_STATE_PATH: "/nonexistent/state" },
}, async (run) => {
  await run.start();
  await eventually("it sleeps", () => run.daemon().name === "sleep");
  const { pid } = run.daemon();
  // It has its name before its libraries are loaded, each of them through a descriptor.
  await eventually("nothing of ours", () => String(descriptorsOf(pid)) === "0,1,2");
  assert.equal(signalsOf(pid, "SigBlk"), 0n, "no signal is blocked");
  assert.equal(signalsOf(pid, "SigIgn"), 0n, "no signal is ignored");
  assert.equal(run.starts()[0]?.state, "", "CURVINE_FUSE_STATE_PATH of a cold start");
  await assertStops(run);
});

fault("somebody else's mount appears while the daemon starts: not taken for ours", {
  plan: ["never"],
  env: { CURVINE_FLUID_START_TIMEOUT: "8s", CURVINE_FLUID_RESTART_LIMIT: "1" },
}, async (run) => {
  await run.start();
  await eventually("the daemon was started", () => run.starts().length === 1);
  Deno.mkdirSync(run.target, { recursive: true });
  const options = ["-o", "subtype=somebodys"];
  const other = run.spawnOnHost(["bindfs", "-f", ...options, `${run.root}/source`, run.target]);
  await eventually("it is mounted", () => run.layers().length === 1);
  await steadily("ready", 503, 500, async () => (await run.control("/readyz")).status);
  assert.ok(await run.exitCode() !== 0, "not a success");
  assert.deepEqual(run.layers().map(({ type }) => type), ["fuse.somebodys"], "left alone");
  assert.deepEqual(run.processes(), []);
  other.kill("SIGTERM");
  await other.status;
});

function descriptorsOf(pid: number): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => name).sort();
}

/** A mask of the ordinary signals; 32 and above are libc's own business. */
function signalsOf(pid: number, field: string): bigint {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const mask = new RegExp(`^${field}:\\s*(\\w+)$`, "m").exec(status)?.[1] ?? "";
  return BigInt(`0x${mask}`) & 0x7fff_ffffn;
}
