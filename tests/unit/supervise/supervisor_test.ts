import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import { parseAnswer } from "../../../lib/supervise/control_client.ts";
import { supervise } from "../../../lib/supervise/supervisor.ts";
import type { Connection } from "../../../lib/ports/sockets.ts";
import { SpawnError, type SpawnRequest } from "../../../lib/ports/world.ts";
import type { CaughtSignal } from "../../../lib/ports/signals.ts";
import { settle } from "../../support/fake_clock.ts";
import { FakeWorld, silentConnection, TARGET } from "../../support/fake_world.ts";

function planOf(threads: number, over: Partial<Plan> = {}): Plan {
  return {
    mode: "thin-runtime",
    component: "fuse",
    reasons: [],
    config: { path: "/c.toml", toml: tomlTable([["fuse", tomlTable([["io_threads", threads]])]]) },
    process: {
      argv: ["/fuse", "--conf", "/c.toml"],
      env: { EXTRA: "1", GONE: null },
      cwd: "/",
      policy: "supervise",
    },
    mount: { target: TARGET },
    warnings: [],
    ...over,
  };
}

function mastersAt(hostname: string): Plan["config"]["toml"] {
  const master = tomlTable([["hostname", hostname], ["port", 8995]]);
  return tomlTable([["client", tomlTable([["master_addrs", [master]]])]]);
}

const CONFIG = "/etc/fluid/config/runtime.json";

interface Run {
  readonly world: FakeWorld;
  /** The exit code, once there is one. */
  readonly code: () => number | undefined;
  readonly signal: (signal: CaughtSignal) => Promise<void>;
  readonly written: Plan[];
  /** What generating again will give. */
  next: Plan;
}

async function start(
  env: Record<string, string> = {},
  { plan = planOf(1), early = [] as CaughtSignal[], world = new FakeWorld() } = {},
): Promise<Run> {
  let code: number | undefined;
  let handler: (signal: CaughtSignal) => void = () => {};
  const run: Run = {
    world,
    code: () => code,
    signal: async (signal) => {
      handler(signal);
      await world.clock.pass(0);
    },
    written: [],
    next: plan,
  };
  if (!world.texts.has(CONFIG)) world.texts.set(CONFIG, "old");
  void supervise(plan, {
    world,
    signals: {
      takeOver: (next) => {
        handler = next;
        for (const signal of early) next(signal);
      },
    },
    settings: readSettings({ CURVINE_FLUID_TERMINATION_LOG: "/last", ...env }),
    env: { PATH: "/bin", GONE: "x", CURVINE_FUSE_STATE_PATH: "/old-state" },
    version: "1",
    source: {
      file: { path: CONFIG, text: "old" },
      generate: () => run.next,
      write: (changed) => void run.written.push(changed),
    },
  }).then((result) => code = result);
  await world.clock.pass(60);
  return run;
}

async function startMounted(...args: Parameters<typeof start>): Promise<Run> {
  const run = await start(...args);
  await run.world.mount();
  return run;
}

/** What was done since, and forget it. */
function doneBy(world: FakeWorld): string[] {
  return world.done.splice(0);
}

Deno.test("start, mount, TERM: the daemon is told, the exit code is 0", async () => {
  const { world, signal, code } = await startMounted();
  assert.deepEqual(doneBy(world), ["spawn /fuse", "hold 100 50"]);
  world.onSignal = (_, process) => {
    world.unmount();
    process.end({ code: 0 });
  };
  await signal("SIGTERM");
  await world.clock.pass(10);
  assert.deepEqual(doneBy(world), [`SIGTERM ${world.daemon.pid}`, "abort 50", "let go 50"]);
  assert.equal(code(), 0);
  assert.equal(world.clock.pending, 0, "no timer is left");
});

Deno.test("the environment: the plan's on top of ours, and never an old reload's state", async () => {
  const { world } = await startMounted();
  const env = world.daemon.env.filter((entry) => !entry.startsWith("CURVINE_FLUID_DAEMON="));
  assert.deepEqual(env.sort(), ["EXTRA=1", "PATH=/bin"]);
});

Deno.test("a TERM that came before all starts nothing", async () => {
  const { world, code } = await start({}, { early: ["SIGTERM"] });
  await world.clock.pass(10);
  assert.equal(code(), 0);
  assert.deepEqual(world.started, []);
});

Deno.test("a daemon that ignores TERM: detached, killed and, if need be, aborted, in the budget", async () => {
  const { world, signal, code } = await startMounted({ CURVINE_FLUID_STOP_TIMEOUT: "10s" });
  doneBy(world);
  const { pid } = world.daemon;
  const kill = world.onSignal;
  world.onSignal = () => {};
  await signal("SIGTERM");
  await world.clock.pass(7400);
  assert.deepEqual(doneBy(world), [`SIGTERM ${pid}`], "it gets most of the budget");
  await world.clock.pass(200);
  assert.deepEqual(doneBy(world), [`detach ${TARGET}`, `SIGKILL ${pid}`]);
  await world.clock.pass(1000);
  assert.deepEqual(doneBy(world), ["abort 50"]);
  world.onSignal = kill;
  world.daemon.signal("SIGKILL");
  await world.clock.pass(1400);
  assert.equal(code(), 0);
});

Deno.test("a second signal hurries", async () => {
  const { world, signal, code } = await startMounted();
  const kill = world.onSignal;
  world.onSignal = (sent, process) => {
    if (sent === "SIGKILL") kill(sent, process);
  };
  await signal("SIGTERM");
  await world.clock.pass(1000);
  assert.equal(code(), undefined);
  await signal("SIGINT");
  await world.clock.pass(10);
  assert.equal(code(), 0);
});

Deno.test("a hurry ends the wait for a daemon whose mount has gone, not that for the killed one", async () => {
  const { world, signal, code } = await startMounted();
  const { pid } = world.daemon;
  world.onSignal = (sent, process) => {
    if (sent !== "SIGKILL") return;
    world.clock.after(200, () => process.end({ code: 137, signal: "SIGKILL" }));
  };
  world.unmount();
  await world.clock.pass(500);
  doneBy(world);
  await signal("SIGTERM");
  await world.clock.pass(100);
  assert.deepEqual(doneBy(world), [], "it may still end by itself");
  await signal("SIGTERM");
  await world.clock.pass(100);
  assert.deepEqual(doneBy(world), [`SIGKILL ${pid}`], "it is on its way: nothing is aborted");
  await world.clock.pass(200);
  assert.equal(code(), 0);
});

Deno.test("a hurry ends the wait for what descends from the daemon", async () => {
  const { world, signal, code } = await startMounted();
  const child = world.orphan();
  const heeds = world.onSignal;
  world.onSignal = (sent, process) => {
    if (process !== child || sent === "SIGKILL") heeds(sent, process);
  };
  await signal("SIGTERM");
  await world.clock.pass(100);
  assert.deepEqual(child.signals, ["SIGTERM"]);
  await signal("SIGTERM");
  await world.clock.pass(100);
  assert.deepEqual(child.signals, ["SIGTERM", "SIGKILL"]);
  assert.equal(code(), 0);
});

for (
  const [what, replaced] of [["", false], [", of one that was replaced it says nothing", true]]
) {
  Deno.test(`curvine-fuse's refusal of a configuration ends the loop${what}`, async () => {
    const world = new FakeWorld();
    const answer = Promise.withResolvers<void>();
    let asked = 0;
    Object.assign(world.processes, {
      run: async ({ argv }: SpawnRequest) => {
        await answer.promise;
        // The change is asked about before the configuration that failed.
        const good = argv.at(-1)?.endsWith("/empty.toml") || replaced && ++asked === 1;
        return good
          ? { status: { code: 0 }, stdout: "Loaded configuration", stderr: "" }
          : { status: { code: 1 }, stdout: "", stderr: "Error: io_threads is wrong" };
      },
    });
    const run = await start({}, { world });
    if (replaced) {
      run.next = planOf(2);
      await run.signal("SIGHUP");
    }
    world.daemon.end({ code: 1 });
    await world.clock.pass(10);
    answer.resolve();
    await world.clock.pass(10);
    assert.equal(run.code(), replaced ? undefined : 1);
    const words = world.texts.get("/last") ?? "";
    assert.equal(words.includes("io_threads is wrong"), !replaced, words);
  });
}

Deno.test("where curvine-fuse has nothing against the configuration, a start error is as any failure", async () => {
  const { world, code } = await start();
  world.daemon.end({ code: 1 });
  await world.clock.pass(100);
  assert.deepEqual([world.started.length, code()], [2, undefined]);
});

Deno.test("a daemon that would unmount another's layer on its way out is killed, not asked", async () => {
  const { world, signal, code } = await startMounted();
  doneBy(world);
  const { pid } = world.daemon;
  world.processes.serves = () => false;
  await signal("SIGTERM");
  await world.clock.pass(100);
  assert.equal(doneBy(world)[0], `SIGKILL ${pid}`);
  assert.equal(code(), 0);
});

Deno.test("a daemon that goes into the background is followed", async () => {
  const { world, code } = await start();
  const server = world.orphan();
  world.daemon.end({ code: 0 });
  await world.clock.pass(10);
  assert.ok(world.done.includes(`adopt ${server.pid}`), world.done.join(", "));
  await world.mount();
  server.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(100);
  assert.deepEqual([world.started.length, code()], [2, undefined]);
});

Deno.test("of two successors in a row only the one that serves is waited for", async () => {
  const { world } = await startMounted();
  world.answer = "silent";
  world.daemon.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(100);
  world.daemon.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(1000);
  assert.equal(world.started.length, 3);
  doneBy(world);
  world.answer = "answers";
  await world.clock.pass(20_000);
  assert.deepEqual(doneBy(world), ["resume 50", `walk ${TARGET}`]);
});

Deno.test("the daemon dies: a successor takes the mount over, which is never touched", async () => {
  const { world } = await startMounted();
  doneBy(world);
  const [mount] = world.mounted;
  for (const nth of [1, 2]) {
    world.daemon.end({ code: 137, signal: "SIGKILL" });
    await world.clock.pass(nth === 1 ? 30 : 1000);
    const done = [
      `teach ${TARGET}`,
      "forget 50",
      `hand on 50 ${nth}`,
      "spawn /fuse",
      "let callers go on",
      "let in",
      "resume 50",
    ];
    assert.deepEqual(doneBy(world), done);
    assert.deepEqual(world.mounted, [mount]);
    assert.ok(
      world.daemon.env.includes("CURVINE_FUSE_STATE_PATH=/run/curvine-fluid/takeover.state"),
    );
    assert.equal(world.takeover.stateFiles.size, 0, "it serves: nobody needs the file any more");
  }
  assert.ok(world.lines.some((line) => /WARN.*killed by SIGKILL.*how=takeover/.test(line)));
  assert.equal(world.takeover.holds.length, 1, "one hold serves them all");
});

Deno.test("a successor that does not serve yet is waited for; requests wait meanwhile", async () => {
  const { world } = await startMounted();
  world.answer = "silent";
  world.daemon.end({ code: 139, signal: "SIGSEGV" });
  await world.clock.pass(20_000);
  assert.equal(world.started.length, 2);
  assert.ok(!world.lines.some((line) => line.includes("Taken over")));
  assert.equal(world.takeover.stateFiles.size, 1);
  world.answer = "answers";
  await world.clock.pass(10_000);
  assert.ok(world.lines.some((line) => line.includes("Taken over")));
});

for (const forgetting of ["unsupported", "forgotten"] as const) {
  Deno.test(`where nobody could teach a successor names, a walk does once it answers (${forgetting})`, async () => {
    const { world } = await startMounted();
    world.takeover.forgetting = forgetting;
    doneBy(world);
    world.answer = "silent";
    world.daemon.end({ code: 137, signal: "SIGKILL" });
    await world.clock.pass(1000);
    assert.ok(!doneBy(world).includes(`walk ${TARGET}`), "nobody answers yet");
    world.answer = "answers";
    await world.clock.pass(10_000);
    assert.deepEqual(doneBy(world), ["resume 50", `walk ${TARGET}`]);
  });
}

Deno.test("a successor that refuses: the connection ends, then a cold start at once", async () => {
  const run = await startMounted();
  doneBy(run.world);
  run.world.answer = "silent";
  run.world.daemon.end({ code: 137, signal: "SIGKILL" });
  await run.world.clock.pass(0);
  run.world.daemon.end({ code: 1 });
  await run.world.clock.pass(10);
  assert.deepEqual(doneBy(run.world).slice(3), [
    "spawn /fuse",
    "abort 50",
    "let go 50",
    `detach ${TARGET}`,
    "spawn /fuse",
  ]);
  assert.equal(run.world.takeover.stateFiles.size, 0);
  run.world.answer = "answers";
  await run.world.mount();
  doneBy(run.world);
  run.world.daemon.end({ code: 137, signal: "SIGKILL" });
  await run.world.clock.pass(10_000);
  assert.deepEqual(doneBy(run.world), [`detach ${TARGET}`, "spawn /fuse"], "not tried again");
  const told = run.world.lines.filter((line) => line.includes("will cost the mount"));
  assert.equal(told.length, 1);
});

Deno.test("a successor that asks the mount it should serve is ended, and no other is tried", async () => {
  const { world } = await startMounted();
  doneBy(world);
  world.answer = "silent";
  world.confused = true;
  // It never comes to the state file.
  world.takeover.reachesDoor = false;
  world.daemon.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(1000);
  assert.deepEqual(doneBy(world).slice(3), [
    "spawn /fuse",
    `SIGKILL ${world.started[1]?.pid}`,
    "abort 50",
    "let go 50",
    `detach ${TARGET}`,
    "spawn /fuse",
  ]);
});

Deno.test("where no connection can be held, a death is a cold start, and that is said once", async () => {
  const world = new FakeWorld();
  world.takeover.refusesHold = { ok: false, reason: "not permitted", lasting: true };
  await startMounted({}, { world });
  for (let i = 0; i < 3; i++) {
    doneBy(world);
    world.daemon.end({ code: 137, signal: "SIGKILL" });
    await world.clock.pass(5000);
    assert.deepEqual(doneBy(world), [`detach ${TARGET}`, "spawn /fuse"]);
    await world.mount();
  }
  assert.equal(world.lines.filter((line) => line.includes("not permitted")).length, 1);
});

Deno.test("what kept us from holding may pass: it is tried again", async () => {
  const world = new FakeWorld();
  world.takeover.refusesHold = { ok: false, reason: "too many files", lasting: false };
  await startMounted({}, { world });
  world.takeover.refusesHold = undefined;
  await world.clock.pass(10_000);
  assert.equal(world.takeover.open, 1);
});

Deno.test("every way out ends the connection: nobody is left to wait for an answer", async (t) => {
  const ways: Record<string, (run: Run) => Promise<void> | void> = {
    "TERM": (run) => run.signal("SIGTERM"),
    "TERM while nobody serves": async (run) => {
      run.world.answer = "silent";
      run.world.daemon.end({ code: 137, signal: "SIGKILL" });
      await run.world.clock.pass(0);
      await run.signal("SIGTERM");
    },
    "TERM in the wait before a takeover": async (run) => {
      for (let i = 0; i < 2; i++) {
        run.world.daemon.end({ code: 137, signal: "SIGKILL" });
        await run.world.clock.pass(100);
      }
      await run.signal("SIGTERM");
    },
    "giving up": async (run) => {
      run.world.answer = "silent";
      for (let i = 0; i < 12; i++) {
        run.world.daemon.end({ code: 137, signal: "SIGKILL" });
        await run.world.clock.pass(60_000);
      }
    },
    "an error inside a handler": (run) => {
      run.world.onSpawn = () => {
        throw new TypeError("undefined is not a function");
      };
      run.world.daemon.end({ code: 137, signal: "SIGKILL" });
    },
    "a stop that cannot look": async (run) => {
      run.world.tableFails = true;
      await run.signal("SIGTERM");
    },
    "another target": async (run) => {
      run.next = planOf(1, { mount: { target: "/mnt/other" } });
      await run.signal("SIGHUP");
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    await t.step(name, async () => {
      const run = await startMounted();
      await way(run);
      await run.world.clock.pass(60_000);
      assert.equal(run.world.takeover.open, 0);
      assert.ok(run.world.done.includes("abort 50"), run.world.done.join(", "));
    });
  }
});

Deno.test("how long nobody served counts from the moment that the mount fell silent", async () => {
  const { world } = await startMounted({
    CURVINE_FLUID_HANG_TIMEOUT: "20s",
    CURVINE_FLUID_PROBE_INTERVAL: "1s",
    CURVINE_FLUID_PROBE_TIMEOUT: "1s",
  });
  world.waitingRequests = 1;
  world.answer = "silent";
  await world.clock.pass(21_100);
  world.answer = "answers";
  await world.clock.pass(2000);
  const line = world.lines.find((line) => line.includes("Taken over")) ?? "";
  const unserved = Number(/unserved_ms=(\d+)/.exec(line)?.[1]);
  assert.ok(unserved > 20_000 && unserved < 23_000, line);
});

Deno.test("somebody else's mount that comes while we wait is not ours", async () => {
  const { world } = await start();
  world.processes.anyServesFuse = () => false;
  await world.mount("fuse.other curvine-is-not-my-name rw - x");
  assert.ok(!world.lines.some((line) => /Mounted/.test(line)));
});

Deno.test("ten starts without a mount: last words with the daemon's last lines, its own code", async () => {
  const { world, code } = await start({ CURVINE_FLUID_RESTART_LIMIT: "3" });
  for (let i = 0; i < 3; i++) {
    world.tap(new TextEncoder().encode("Error: no master\n"));
    world.daemon.end({ code: 7 });
    await world.clock.pass(60_000);
  }
  assert.equal(code(), 7);
  assert.equal(world.started.length, 3);
  assert.match(
    world.texts.get("/last") ?? "",
    /^3 starts in a row.*exited with 7\nLast lines of the daemon:\nError: no master\n$/,
  );
});

Deno.test("no mount in time: the daemon is ended and started again", async () => {
  const { world } = await start({ CURVINE_FLUID_START_TIMEOUT: "5s" });
  await world.clock.pass(5000);
  assert.deepEqual(world.started[0]?.signals, ["SIGTERM"]);
  await world.clock.pass(10);
  assert.equal(world.started.length, 2);
});

Deno.test("a hang: stacks first, then ABRT, and a successor takes the mount over", async () => {
  const { world } = await startMounted({
    CURVINE_FLUID_HANG_TIMEOUT: "20s",
    CURVINE_FLUID_PROBE_INTERVAL: "1s",
    CURVINE_FLUID_PROBE_TIMEOUT: "1s",
  });
  doneBy(world);
  const { pid } = world.daemon;
  world.waitingRequests = 2;
  world.answer = "silent";
  await world.clock.pass(20_000);
  assert.deepEqual(doneBy(world), []);
  await world.clock.pass(3000);
  assert.deepEqual(doneBy(world), [
    `SIGABRT ${pid}`,
    `teach ${TARGET}`,
    "forget 50",
    "hand on 50 1",
    "spawn /fuse",
    "let callers go on",
    "let in",
  ]);
  const stacks = world.lines.findIndex((line) => line.includes("request_wait_answer"));
  assert.ok(stacks >= 0);
});

Deno.test("a hot reload: the successor is adopted and waited for; when it dies, another takes over", async () => {
  const { world, signal } = await startMounted();
  const first = world.daemon;
  world.onSignal = (sent, process) => {
    if (sent !== "SIGUSR1") return;
    world.orphan(["CURVINE_FUSE_STATE_PATH=/state"]);
    process.end({ code: 0 });
  };
  doneBy(world);
  await signal("SIGUSR1");
  await world.clock.pass(10);
  const successor = world.orphans[0];
  assert.deepEqual(doneBy(world), [`SIGUSR1 ${first.pid}`, `adopt ${successor?.pid}`]);
  assert.equal(world.mounted.length, 1, "the mount was never touched");
  assert.ok(world.lines.some((line) => /Reloaded/.test(line)));
  successor?.end({ code: 139, signal: "SIGSEGV" });
  await world.clock.pass(10);
  const done = [`teach ${TARGET}`, "forget 50", "hand on 50 1", "spawn /fuse"];
  assert.deepEqual(doneBy(world).slice(0, 4), done);
});

Deno.test("two successors: the one that serves stays, the other is killed, not told to unmount", async () => {
  const { world, signal } = await startMounted();
  const kill = world.onSignal;
  world.onSignal = (sent, process) => {
    if (sent !== "SIGUSR1") return kill(sent, process);
    world.orphan(["CURVINE_FUSE_STATE_PATH=/state"]);
    world.orphan(["CURVINE_FUSE_STATE_PATH=/state"]);
    process.end({ code: 0 });
  };
  await signal("SIGUSR1");
  await world.clock.pass(10);
  assert.deepEqual(world.orphans.map(({ signals }) => signals), [[], ["SIGKILL"]]);
});

Deno.test("no successor comes: we start one after two seconds", async () => {
  const { world, signal } = await startMounted();
  world.onSignal = (_, process) => process.end({ code: 0 });
  await signal("SIGUSR1");
  await world.clock.pass(1900);
  assert.equal(world.started.length, 1);
  await world.clock.pass(200);
  assert.equal(world.started.length, 2);
});

Deno.test("TERM in the middle of a reload ends the successor too", async () => {
  const { world, signal, code } = await startMounted();
  const kill = world.onSignal;
  world.answer = "silent";
  world.onSignal = (sent, process) => {
    if (sent !== "SIGUSR1") return kill(sent, process);
    world.orphan(["CURVINE_FUSE_STATE_PATH=/state"]);
    process.end({ code: 0 });
  };
  await signal("SIGUSR1");
  await signal("SIGTERM");
  await world.clock.pass(10);
  assert.deepEqual(world.orphans[0]?.signals, ["SIGTERM"]);
  assert.deepEqual([code(), world.mounted.length], [0, 0]);
});

Deno.test("what a daemon leaves behind goes before the next start", async () => {
  const { world } = await startMounted();
  const grandchild = world.orphan();
  world.daemon.end({ code: 1 });
  await world.clock.pass(10);
  assert.deepEqual(grandchild.signals, ["SIGKILL"]);
  assert.equal(world.started.length, 2);
});

Deno.test("a changed configuration is written, then handed over; the same one is not", async () => {
  const run = await startMounted();
  const { world } = run;
  await run.signal("SIGHUP");
  assert.deepEqual([run.written.length, world.daemon.signals.length], [0, 0]);
  run.next = planOf(2);
  await run.signal("SIGHUP");
  await world.clock.pass(10);
  assert.deepEqual(run.written.filter(({ config }) => config.path === "/c.toml"), [planOf(2)]);
  assert.deepEqual(world.daemon.signals, ["SIGUSR1"]);
});

Deno.test("a change that came while the first daemon was being started is no less a change", async () => {
  const world = new FakeWorld();
  world.texts.set(CONFIG, "new");
  const run = await start({}, { world });
  run.next = planOf(2);
  await world.clock.pass(1100);
  assert.deepEqual(run.written.at(-1), planOf(2));
  assert.equal(world.started.length, 2, "before its mount it cannot be told");
});

Deno.test("kubelet's change is applied; another target is cleared on both sides", async () => {
  const run = await startMounted();
  const { world } = run;
  world.texts.set(CONFIG, "new");
  run.next = planOf(1, { mount: { target: "/mnt/other" } });
  world.stirConfig();
  await world.clock.pass(1100);
  await world.clock.pass(10);
  assert.deepEqual(world.started[0]?.signals, ["SIGTERM"], "no hot reload can do that");
  assert.equal(world.started.length, 2);
  assert.equal(world.mounted.length, 0, "nothing stays at the old one");
});

Deno.test("somebody unmounts the target: the daemon has a second to end by itself, then a new mount", async () => {
  const { world } = await startMounted();
  world.unmount();
  await world.clock.pass(900);
  assert.deepEqual(world.daemon.signals, [], "TERM would have it unmount what lies beneath");
  await world.clock.pass(200);
  assert.deepEqual(world.started[0]?.signals, ["SIGKILL"]);
  assert.equal(world.started.length, 2);
  assert.ok(world.lines.some((line) => /Restart: somebody unmounted the target/.test(line)));
});

Deno.test("a daemon that unmounts and then exits is named as the cause, with what it said", async () => {
  const { world } = await startMounted();
  world.tap(new TextEncoder().encode("Error: session is lost\n"));
  world.unmount();
  await world.clock.pass(500);
  world.daemon.end({ code: 1 });
  await world.clock.pass(10);
  assert.equal(world.started.length, 2);
  assert.ok(
    world.lines.some((line) =>
      /Restart: the daemon unmounted the target and exited with 1: Error: session is lost/.test(
        line,
      )
    ),
    world.lines.join("\n"),
  );
});

Deno.test("a daemon that the kernel kills for memory is told as that", async () => {
  const { world } = await startMounted();
  assert.deepEqual(world.offered, [world.daemon.pid], "it goes before us");
  world.oomCount = 1;
  world.daemon.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(0);
  assert.ok(world.lines.some((line) => /memory limit.*cause=oom/.test(line)));
  world.daemon.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(1000);
  assert.ok(world.lines.some((line) => /killed by SIGKILL.*cause=signal/.test(line)));
});

Deno.test("a change that cannot start is rolled back once, and waits for another change", async () => {
  const run = await startMounted();
  const { world } = run;
  world.onSignal = (sent, process) => {
    if (sent === "SIGUSR1") process.end({ code: 0 });
  };
  run.next = planOf(2);
  await run.signal("SIGHUP");
  world.orphan(["CURVINE_FUSE_STATE_PATH=/state"]);
  world.answer = "silent";
  await world.clock.pass(100);
  world.orphans[0]?.end({ code: 1 });
  world.answer = "answers";
  await world.clock.pass(100);
  const files = run.written.filter(({ config }) => config.path === "/c.toml");
  assert.deepEqual(files, [planOf(2), planOf(1)], "the one that served is written back");
  assert.equal(world.started.length, 2);
  assert.equal(world.mounted.length, 1, "and the mount was there all along");
  assert.ok(world.lines.some((line) => /ERROR.*cannot start/.test(line)));
  await run.signal("SIGHUP");
  await world.clock.pass(100);
  assert.equal(run.written.filter(({ config }) => config.path === "/c.toml").length, 2);
  run.next = planOf(3);
  await run.signal("SIGHUP");
  await world.clock.pass(100);
  assert.deepEqual(run.written.at(-1), planOf(3), "another change is another chance");
});

Deno.test("a dead layer stays until a master accepts a connection", async () => {
  const world = new FakeWorld();
  world.mounted = [`60 1 0:9 / ${TARGET} rw - fuse.curvinefs curvinefs rw`];
  world.answer = "stale";
  let asked = 0;
  world.sockets.connectTcp = (host?: string, port?: number) => {
    asked++;
    assert.deepEqual([host, port], ["m0", 8995]);
    return Promise.reject(new Error("refused"));
  };
  const plan = planOf(1, { config: { path: "/c.toml", toml: mastersAt("m0") } });
  const { code } = await start({ CURVINE_FLUID_START_TIMEOUT: "5s" }, { world, plan });
  await world.clock.pass(4000);
  assert.ok(asked > 3);
  assert.deepEqual(world.done, [], "it is left as it is");
  await world.clock.pass(2000);
  assert.equal(code(), undefined);
  assert.ok(world.lines.some((line) => /no master answers.*m0:8995: refused/.test(line)));
  assert.deepEqual(world.done, []);
  world.sockets.connectTcp = () => Promise.resolve(silentConnection());
  await world.clock.pass(2000);
  assert.deepEqual(world.done, [`detach ${TARGET}`, "spawn /fuse"]);
});

for (
  const [what, change] of [
    ["another master", { config: { path: "/c.toml", toml: mastersAt("m1") } }],
    ["another target", { mount: { target: "/mnt/other" } }],
  ] as const
) {
  Deno.test(`${what} while a master is awaited: nobody waits for the old one any more`, async () => {
    const world = new FakeWorld();
    world.mounted = [`60 1 0:9 / ${TARGET} rw - fuse.curvinefs curvinefs rw`];
    world.answer = "stale";
    world.sockets.connectTcp = (host?: string) =>
      host === "m0" ? Promise.reject(new Error("refused")) : Promise.resolve(silentConnection());
    const plan = planOf(1, { config: { path: "/c.toml", toml: mastersAt("m0") } });
    const run = await start({ CURVINE_FLUID_START_TIMEOUT: "180s" }, { world, plan });
    await world.clock.pass(3000);
    assert.deepEqual(world.done, []);
    run.next = { ...plan, ...change };
    await run.signal("SIGHUP");
    await world.clock.pass(3000);
    assert.deepEqual(world.done, [`detach ${TARGET}`, "spawn /fuse"]);
  });
}

Deno.test("a change in the wait before a takeover is the successor's, and costs no mount", async () => {
  const run = await startMounted();
  const { world } = run;
  for (let i = 0; i < 2; i++) {
    world.daemon.end({ code: 137, signal: "SIGKILL" });
    await world.clock.pass(100);
  }
  assert.equal(world.started.length, 2, "it waits");
  run.next = planOf(2);
  await run.signal("SIGHUP");
  await world.clock.pass(1000);
  assert.deepEqual(run.written.at(-1), planOf(2));
  assert.equal(world.started.length, 3);
  assert.equal(world.takeover.open, 1);
  assert.ok(!world.done.includes("abort 50"), "the mount lives on");
});

Deno.test("a target that somebody else supervises: the reason is told and left behind, exit code 75", async () => {
  const world = new FakeWorld();
  Object.assign(world.locks, { take: () => undefined });
  world.texts.set("/run/curvine-fluid/x", "");
  const { code } = await start({}, { world });
  assert.equal(code(), 75);
  assert.deepEqual(world.started, []);
  assert.ok(world.lines.some((line) => line.includes("another curvine-fluid")));
  assert.match(world.texts.get("/last") ?? "", /^Cannot supervise "\/mnt\/target": another/);
});

Deno.test("where nothing can be written the mount is kept alive all the same", async () => {
  const world = new FakeWorld();
  world.files.makeFolder = () => {
    throw new Error("read-only");
  };
  await start({}, { world });
  assert.equal(world.started.length, 1);
  assert.ok(world.lines.some((line) => line.includes("Going on without a control socket")));
});

Deno.test("a target whose links form a loop is told of: 71, no bug of ours", async () => {
  const world = new FakeWorld();
  Object.assign(world, { readLink: () => TARGET });
  const { code } = await start({}, { world });
  assert.equal(code(), 71);
  assert.match(world.texts.get("/last") ?? "", /links on its way form a loop/);
});

Deno.test("a change of the target to a loop of links is a failure like any other", async () => {
  const run = await startMounted({ CURVINE_FLUID_RESTART_LIMIT: "2" });
  const { world } = run;
  Object.assign(world, { readLink: (path: string) => path === "/loop" ? "/loop" : undefined });
  run.next = planOf(1, { mount: { target: "/loop" } });
  await run.signal("SIGHUP");
  await world.clock.pass(60_000);
  assert.equal(run.code(), 71);
  assert.match(world.texts.get("/last") ?? "", /links on its way form a loop/);
});

Deno.test("a daemon that cannot be executed is told and not tried again", async () => {
  const world = new FakeWorld();
  world.onSpawn = () => {
    throw new SpawnError("Cannot start: not found", 127);
  };
  const { code } = await start({}, { world });
  await world.clock.pass(60_000);
  assert.equal(code(), 127);
  assert.match(world.texts.get("/last") ?? "", /not found/);
});

Deno.test("an error inside a handler: the daemon is ended, the target cleared, the exit code 70", async () => {
  const { world, code } = await startMounted();
  world.onSpawn = () => {
    throw new TypeError("undefined is not a function");
  };
  world.daemon.end({ code: 137, signal: "SIGKILL" });
  await world.clock.pass(5000);
  assert.equal(code(), 70);
  assert.equal(world.mounted.length, 0);
  assert.match(world.texts.get("/last") ?? "", /undefined is not a function/);
});

Deno.test("a stop that cannot look any more ends by force", async () => {
  const { world, signal, code } = await startMounted();
  doneBy(world);
  world.tableFails = true;
  await signal("SIGTERM");
  await world.clock.pass(10_000);
  assert.ok(doneBy(world).includes(`detach ${TARGET}`));
  assert.equal(world.daemon.alive, false);
  assert.equal(code(), 0);
});

Deno.test("a server has no mount: it runs once it has lived, and is restarted when it dies", async () => {
  const { world, signal, code } = await start({}, {
    plan: planOf(1, { mount: null, component: "worker" }),
  });
  await world.clock.pass(1000);
  assert.ok(world.lines.some((line) => /Running/.test(line)));
  await signal("SIGUSR1");
  assert.deepEqual(world.daemon.signals, [], "USR1 would kill it");
  world.daemon.end({ code: 1 });
  await world.clock.pass(10);
  assert.equal(world.started.length, 2);
  await signal("SIGTERM");
  await world.clock.pass(10);
  assert.equal(code(), 0);
});

Deno.test("no timer and no promise keeps a supervisor that has ended", async () => {
  const { world, signal, code } = await startMounted();
  await signal("SIGTERM");
  await world.clock.pass(10);
  await settle();
  assert.deepEqual([code(), world.clock.pending], [0, 0]);
});

/** Opens the control socket of a supervisor that is to be started. @returns asks it */
function listening(
  world: FakeWorld,
): (request: string) => Promise<{ status: number | undefined; body: string }> {
  const waiting: ((client: Connection | undefined) => void)[] = [];
  world.sockets.listenUnix = () => ({
    accept: () => new Promise((done) => void waiting.push(done)),
    close: () => waiting.splice(0).forEach((done) => done(undefined)),
  });
  return async (request) => {
    let received = "";
    const asked = [new TextEncoder().encode(`${request} HTTP/1.1\r\nHost: x\r\n\r\n`)];
    waiting.shift()?.({
      near: true,
      read: (into) => {
        const chunk = asked.shift();
        into.set(chunk ?? []);
        return Promise.resolve(chunk?.length ?? null);
      },
      write: (bytes) => Promise.resolve(void (received += new TextDecoder().decode(bytes))),
      finish: () => {},
      close: () => {},
    });
    await world.clock.pass(10);
    const answer = parseAnswer(received);
    return { status: answer?.status, body: answer?.body ?? "" };
  };
}

Deno.test("status: what serves is mounted and ready; covered, silent or gone it is not", async () => {
  const world = new FakeWorld();
  const ask = listening(world);
  const told = async (): Promise<unknown[]> => {
    const status = JSON.parse((await ask("GET /status")).body);
    return [status.state, status.mounted, status.ready, status.reason, status.takeover_possible];
  };
  await start({}, { world });
  assert.deepEqual(await told(), ["starting", false, false, "starting", false]);
  await world.mount();
  assert.deepEqual(await told(), ["mounted", true, true, null, true]);
  await world.mount("fuse.other");
  assert.deepEqual(await told(), [
    "mounted",
    true,
    false,
    "somebody mounted over the target",
    true,
  ]);
  world.unmount();
  await world.clock.pass(100);
  assert.deepEqual(await told(), ["mounted", true, true, null, true]);
  world.answer = "silent";
  world.waitingRequests = 1;
  await world.clock.pass(20_000);
  assert.deepEqual(await told(), ["mounted", true, false, "the mount does not answer", true]);
});

Deno.test("an announced unmount ends all with 0; that of another target is none of ours", async () => {
  const world = new FakeWorld();
  const ask = listening(world);
  const { code } = await startMounted({}, { world });
  assert.equal((await ask("POST /unmounting?target=%2Fother")).status, 409);
  assert.equal((await ask(`POST /unmounting?target=${encodeURIComponent(TARGET)}`)).status, 200);
  world.unmount();
  await world.clock.pass(2_000);
  await world.clock.pass(2_000);
  assert.equal(code(), 0);
});

Deno.test("an unmount that is announced of another target alone is undone", async () => {
  const world = new FakeWorld();
  const ask = listening(world);
  const { code } = await startMounted({}, { world });
  await ask("POST /unmounting?target=%2Fother");
  world.unmount();
  await world.clock.pass(1000);
  assert.equal(code(), undefined);
  assert.equal(world.started.length, 2);
});

Deno.test("an unmount that is announced without a target means ours", async () => {
  const world = new FakeWorld();
  const ask = listening(world);
  const { code } = await startMounted({}, { world });
  assert.equal((await ask("POST /unmounting")).status, 200);
  world.unmount();
  await world.clock.pass(2_000);
  await world.clock.pass(2_000);
  assert.equal(code(), 0);
});
