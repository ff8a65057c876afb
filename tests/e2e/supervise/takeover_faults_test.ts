/** The daemon ends abruptly: the mount, and whoever uses it through a bind mount, live on. */
import assert from "node:assert/strict";
import { AppReader } from "../../support/app_reader.ts";
import { WORK } from "../../support/app_work.ts";
import { compiledProgram } from "../../support/compiled_program.ts";
import { eventually, steadily } from "../../support/eventually.ts";
import {
  assertEnded,
  assertHealthy,
  assertStops,
  assertTakenOver,
  fault,
} from "../../support/fault.ts";
import { EAT, MemoryGroup } from "../../support/memory_group.ts";
import { type FaultRun, HANGS, type ServedLayer } from "../../support/fault_run.ts";
import { kill } from "../../support/limited_command.ts";
import { hasOpen } from "../../support/process_table.ts";
import { textOf } from "../../support/text_of.ts";

const RAW = { plan: ["raw"] };
const FAST_RESTARTS = {
  CURVINE_FLUID_RESTART_DELAY: "1ms",
  CURVINE_FLUID_RESTART_MAX_DELAY: "1ms",
};

/** Sits in a folder, does nothing until a file is there, and then reads by name until it succeeds. */
const IDLE = `
cd "$1" && : >"$3"
until [ -e "$2" ]; do sleep 0.01; done
until cat file >"$3"; do sleep 0.01; done
`;

/** Descriptors of `/dev/fuse` that the supervisor has open: one for each connection that it holds. */
function heldBy(run: FaultRun): number {
  return [...Deno.readDirSync(`/proc/${run.pid}/fd`)].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${run.pid}/fd/${name}`).endsWith("/dev/fuse");
    } catch {
      return false;
    }
  }).length;
}

/** A mount that serves, and an application that reads it. */
async function serving(run: FaultRun): Promise<{ old: ServedLayer; app: AppReader }> {
  await run.start();
  const old = await run.served();
  return { old, app: await AppReader.begin(run) };
}

/** What must hold after any number of takeovers. */
async function assertWhole(run: FaultRun, app: AppReader, takeovers: number): Promise<void> {
  assert.equal((await app.next()).what, "ok");
  assert.ok(!app.faults().includes("wrong"), "a wrong answer");
  assert.ok(!app.faults().includes("No-such-file-or-directory"), "a false answer");
  assert.ok(app.faults().length <= 2 * takeovers, app.faults().join(", "));
  assert.equal(heldBy(run), 1, "descriptors of the device");
  assert.deepEqual(
    [...Deno.readDirSync(`${run.root}/run`)].filter(({ name }) => name.endsWith(".state")),
    [],
    "state files",
  );
  const status = await run.status();
  assert.equal(status["takeovers_total"], takeovers);
  await assertHealthy(run);
}

for (const signal of ["SIGKILL", "SIGSEGV", "SIGABRT"] as const) {
  fault(`the daemon dies of ${signal}: a successor takes the mount over`, RAW, async (run) => {
    const { old, app } = await serving(run);
    Deno.kill(run.daemon().pid, signal);
    await assertTakenOver(run, old, 2);
    await assertWhole(run, app, 1);
    const metrics = await run.metrics();
    assert.equal(metrics.get('curvine_fluid_restarts_total{cause="signal",how="takeover"}'), 1);
    assert.equal(metrics.get('curvine_fluid_restarts_total{cause="signal",how="cold"}'), 0);
    assert.equal(metrics.get("curvine_fluid_takeover_possible"), 1);
    const unserved = metrics.get("curvine_fluid_unserved_seconds_total") ?? 0;
    assert.ok(unserved > 0 && unserved < 15, `${unserved} s`);
    await assertStops(run);
  });
}

fault("killed as a plain child of ours: taken over", { ...RAW, pid1: false }, async (run) => {
  const { old, app } = await serving(run);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 2);
  await assertWhole(run, app, 1);
  await assertStops(run);
});

fault("in a CacheRuntime, where the volume is the target: taken over", {
  ...RAW,
  runtime: "cache",
}, async (run) => {
  const { old, app } = await serving(run);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 2);
  await assertWhole(run, app, 1);
  await assertStops(run);
});

fault(
  "the daemon is stopped while somebody waits: ended at the limit and taken over",
  { ...RAW, env: HANGS },
  async (run) => {
    const { old, app } = await serving(run);
    Deno.kill(run.daemon().pid, "SIGSTOP");
    await assertTakenOver(run, old, 2);
    await assertWhole(run, app, 1);
    const metrics = await run.metrics();
    assert.equal(metrics.get('curvine_fluid_restarts_total{cause="hang",how="takeover"}'), 1);
    const unserved = metrics.get("curvine_fluid_last_remount_seconds") ?? 0;
    assert.ok(unserved >= 2, `${unserved} s: it counts from when the mount fell silent`);
    await assertStops(run);
  },
);

fault("five kills in a row, then a reload: one mount all along", RAW, async (run) => {
  const { old, app } = await serving(run);
  for (let kills = 1; kills <= 5; kills++) {
    Deno.kill(run.daemon().pid, "SIGKILL");
    await assertTakenOver(run, old, kills + 1);
  }
  await assertWhole(run, app, 5);
  run.signal("SIGUSR1");
  await eventually("the reload", async () => {
    const status = await run.status();
    return run.starts().length === 7 && status["state"] === "mounted";
  });
  assert.deepEqual(await run.mounted(), old);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 8);
  await assertWhole(run, app, 6);
  await assertStops(run);
});

fault("two hundred takeovers leave nothing over", {
  ...RAW,
  env: FAST_RESTARTS,
}, async (run) => {
  const { old, app } = await serving(run);
  const open = [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length;
  for (let kills = 1; kills <= 200; kills++) {
    Deno.kill(run.daemon().pid, "SIGKILL");
    await eventually("the next one serves", async () => {
      return run.startCount() === kills + 1 && (await run.status())["state"] === "mounted";
    });
  }
  assert.deepEqual(await run.mounted(), old);
  await assertWhole(run, app, 200);
  await eventually(
    "as many descriptors as before",
    () => [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length <= open,
  );
  await assertStops(run);
});

fault("killed while somebody reads a file that is open: an error at most, no end of the mount", {
  ...RAW,
}, async (run) => {
  const { old, app } = await serving(run);
  const reader = run.spawnOnHost(["tail", "-f", `${run.root}/app/canary`]);
  await eventually("the reader reads", () => hasOpen(reader.pid, "/canary"));
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 2);
  await assertWhole(run, app, 1);
  let ended = false;
  reader.status.then(() => ended = true);
  // What it had open was the old daemon's: `tail` may have ended with an error of its own.
  kill(reader.pid);
  await eventually("the reader ends, for nothing holds it in the kernel", () => ended);
  await assertStops(run);
});

fault(
  "whoever asks by a folder's number, as a subPath and a working directory do: no false answer",
  {
    // As Curvine's own files have them.
    plan: ["raw,ids=stable"],
    env: FAST_RESTARTS,
  },
  async (run) => {
    // Deeper than the successor learns by itself.
    const deep = "deep/er/and deeper/a/b/c/d/e/f/g/h/i/j/k";
    Deno.mkdirSync(`${run.root}/source/${deep}`, { recursive: true });
    Deno.writeTextFileSync(`${run.root}/source/${deep}/file`, "at the bottom\n");
    await run.start();
    const old = await run.served();
    const bound = `${run.root}/sub-path`;
    Deno.mkdirSync(bound);
    const { code, stderr } = await run.onHost(["mount", "--bind", `${run.target}/deep/er`, bound]);
    assert.equal(code, 0, stderr);
    const app = await AppReader.begin(run);
    const users = [
      await AppReader.inside(run, bound, "and deeper/3"),
      await AppReader.inside(run, `${run.target}/${deep}`, "file"),
      await AppReader.inside(run, `${run.target}/${deep}`, "../../j/k/file"),
    ];
    for (let kills = 1; kills <= 5; kills++) {
      Deno.kill(run.daemon().pid, "SIGKILL");
      await assertTakenOver(run, old, kills + 1);
      for (const user of users) assert.equal((await user.next()).what, "ok");
    }
    for (const user of users) {
      assert.ok(!user.faults().includes("wrong"), "a wrong answer");
      assert.ok(!user.faults().includes("No-such-file-or-directory"), "a false answer");
      assert.ok(user.faults().length <= 10, user.faults().join(", "));
    }
    await assertWhole(run, app, 5);
    assert.deepEqual(
      [...Deno.readDirSync(`${run.root}/run`)].filter(({ name }) => name.includes("nodes")),
      [],
    );
    await assertStops(run);
    Deno.removeSync(`${run.root}/source/deep/er/and deeper/a`, { recursive: true });
  },
);

fault("whoever does nothing meanwhile, deep inside, is known to the successor soon", {
  plan: ["raw,ids=stable"],
}, async (run) => {
  const deep = "deep/er/and deeper/a/b/c/d/e/f";
  Deno.mkdirSync(`${run.root}/source/${deep}`, { recursive: true });
  Deno.writeTextFileSync(`${run.root}/source/${deep}/file`, "at the bottom\n");
  await run.start();
  const old = await run.served();
  const asks = `${run.root}/asks`;
  const read = `${run.root}/read`;
  run.spawnOnHost(["sh", "-c", IDLE, "sh", `${run.target}/${deep}`, asks, read]);
  await eventually("it is inside", () => textOf(read) === "");
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 2);
  Deno.writeTextFileSync(asks, "");
  await eventually("it reads", () => textOf(read) === "at the bottom\n");
  await assertStops(run);
  Deno.removeSync(`${run.root}/source/deep/er/and deeper/a`, { recursive: true });
});

fault("many work while the daemon is killed again and again: nothing false, nothing twice", {
  plan: ["raw,ids=stable"],
  env: FAST_RESTARTS,
}, async (run) => {
  await run.start();
  const old = await run.served();
  const made = `${run.root}/source/deep/er/work`;
  Deno.mkdirSync(made);
  const logs = ["a", "b", "c", "d"].map((name) => {
    const log = `${run.root}/work-${name}`;
    run.spawnOnHost(["python3", "-c", WORK, `${run.target}/deep/er/work`, name, log]);
    return log;
  });
  const rounds = (log: string): string[] => (textOf(log) ?? "").split("\n").slice(0, -1);
  for (let kills = 1; kills <= 12; kills++) {
    const before = logs.map((log) => rounds(log).length);
    await eventually(
      "all work",
      () => logs.every((log, at) => rounds(log).length > (before[at] ?? 0) + 3),
    );
    Deno.kill(run.daemon().pid, "SIGKILL");
    await assertTakenOver(run, old, kills + 1);
  }
  for (const log of logs) {
    const said = new Set(rounds(log));
    said.delete("in-flight");
    assert.deepEqual([...said], ["ok"]);
    const failed = rounds(log).filter((what) => what === "in-flight").length;
    assert.ok(failed <= 2 * 12, `${failed} rounds failed`);
  }
  await assertStops(run);
  Deno.removeSync(made, { recursive: true });
});

fault("killed while somebody writes: what is written afterwards is there", RAW, async (run) => {
  const { old, app } = await serving(run);
  const writer = run.spawnOnHost([
    "sh",
    "-c",
    'i=0; while :; do i=$((i + 1)); echo $i >"$1" || :; done',
    "sh",
    `${run.root}/app/written`,
  ]);
  await eventually("it writes", async () => {
    return Number((await run.onHost(["cat", `${run.root}/app/written`])).stdout) > 3;
  });
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 2);
  const last = Number((await run.onHost(["cat", `${run.root}/app/written`])).stdout);
  await eventually("it writes on", async () => {
    return Number((await run.onHost(["cat", `${run.root}/app/written`])).stdout) > last;
  });
  writer.kill("SIGKILL");
  await writer.status;
  await assertWhole(run, app, 1);
  await assertStops(run);
  Deno.removeSync(`${run.root}/source/written`);
});

for (
  const [what, plan, starts] of [
    ["dies at once", ["raw", "raw,restore=die", "raw"], 3],
    ["ends with 1 before it serves", ["raw", "exit=1", "raw"], 3],
    ["never comes", ["raw,reload=no-successor", "raw"], 2],
  ] as const
) {
  fault(`the successor of a hot reload ${what}: taken over`, {
    plan: [...plan],
  }, async (run) => {
    const { old, app } = await serving(run);
    run.signal("SIGUSR1");
    await assertTakenOver(run, old, starts);
    await assertWhole(run, app, 1);
    const metrics = await run.metrics();
    assert.equal(metrics.get('curvine_fluid_reloads_total{result="takeover"}'), 1);
    await assertStops(run);
  });
}

fault("killed while a hot reload is under way: one daemon serves the mount in the end", {
  plan: ["raw", "raw,restore=wait:go", "raw"],
}, async (run) => {
  const { old, app } = await serving(run);
  run.signal("SIGUSR1");
  await eventually("the successor is there", () => run.starts().length === 2);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 3);
  await assertWhole(run, app, 1);
  await assertStops(run);
});

fault("killed while the last takeover is still proving itself: taken over once more", {
  plan: ["raw", "raw,restore=wait:go", "raw"],
}, async (run) => {
  const { old, app } = await serving(run);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await eventually("it proves itself", () => run.starts().length === 2);
  assert.equal((await run.control("/readyz")).status, 503);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await assertTakenOver(run, old, 3);
  await assertWhole(run, app, 2);
  await assertStops(run);
});

fault("a slow successor is waited for, and so are those who ask", {
  plan: ["raw", "raw,restore=wait:go"],
}, async (run) => {
  const { old, app } = await serving(run);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await eventually("it was started", () => run.starts().length === 2);
  const { length } = app.answers();
  await steadily("the number of answers", length, 700, () => app.answers().length);
  assert.equal((await run.status())["state"], "taking-over");
  assert.equal((await run.control("/livez")).status, 200);
  run.tellStandIn("go");
  await assertTakenOver(run, old, 2);
  await assertWhole(run, app, 1);
  await assertStops(run);
});

for (
  const [what, plan, env] of [
    ["refuses the state file", ["raw", "raw,restore=refuse", "raw"], {}],
    [
      "takes it and never answers",
      ["raw", "raw,restore=mute", "raw"],
      { CURVINE_FLUID_START_TIMEOUT: "5s" },
    ],
    ["does not know how to take over (bindfs)", ["raw", "mount", "raw"], {}],
  ] as const
) {
  fault(`a successor ${what}: the connection ends, then a new mount`, {
    plan: [...plan],
    env,
  }, async (run) => {
    const { old, app } = await serving(run);
    Deno.kill(run.daemon().pid, "SIGKILL");
    await run.remounted(old);
    assert.equal((await app.next()).what, "Transport-endpoint-is-not-connected", "nobody waits");
    const metrics = await run.metrics();
    assert.equal(
      metrics.get('curvine_fluid_restarts_total{cause="takeover-failed",how="cold"}'),
      1,
    );
    await assertHealthy(run);
    assert.equal(run.starts().length, 3);
    await assertStops(run);
  });
}

fault("a daemon that refused once is not asked again, and that is said once", {
  plan: ["raw", "raw,restore=refuse", "raw"],
}, async (run) => {
  await run.start();
  let layer = await run.served();
  for (let kills = 1; kills <= 3; kills++) {
    Deno.kill(run.daemon().pid, "SIGKILL");
    layer = await run.remounted(layer);
  }
  assert.equal(run.starts().filter(({ state }) => state !== "").length, 1);
  assert.equal(run.stderr().match(/will cost the mount/g)?.length, 1);
  const status = await run.status();
  assert.equal(status["takeover_possible"], false);
  assert.match(String(status["takeover_problem"]), /exited with 1 before it served/);
  assert.equal(heldBy(run), 0);
  await assertStops(run);
});

fault("without pidfd_getfd (a seccomp filter): a new mount each time, said once", {
  ...RAW,
  launch: `exec ${await compiledProgram(
    "without_call",
  )} 438 1 "$@" >>"$ROOT/stdout" 2>>"$ROOT/stderr"`,
}, async (run) => {
  await run.start();
  let layer = await run.served();
  for (let kills = 1; kills <= 2; kills++) {
    await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
    Deno.kill(run.daemon().pid, "SIGKILL");
    layer = await run.remounted(layer);
  }
  assert.equal(run.stderr().match(/will cost the mount/g)?.length, 1);
  assert.match(String((await run.status())["takeover_problem"]), /pidfd_getfd is not permitted/);
  await assertStops(run);
});

fault("given up while nobody serves: an error for those who wait, and no mount left", {
  plan: ["raw", "kill=KILL"],
  env: { CURVINE_FLUID_RESTART_LIMIT: "3" },
}, async (run) => {
  const { app } = await serving(run);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await run.exitCode();
  assert.match((await app.next()).what, /not-connected|aborted/);
  await assertEnded(run, 137);
  assert.match(run.terminationLog(), /3 starts in a row without a mount.*SIGKILL/);
});

fault("TERM while nobody serves: all ends at once, nobody waits", {
  plan: ["raw", "raw,restore=wait:never"],
}, async (run) => {
  const { app } = await serving(run);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await eventually("a successor tries", () => run.starts().length === 2);
  await assertStops(run);
  assert.match((await app.next()).what, /not-connected|aborted/);
});

fault("killed as PID 1: the connection ends with us", RAW, async (run) => {
  const { app } = await serving(run);
  run.signal("SIGKILL");
  await run.exitCode();
  assert.match((await app.next()).what, /not-connected|aborted/);
  await run.start();
  await run.mounted();
  await assertStops(run);
});

fault("mnt_number 3: all three mounts live on", {
  ...RAW,
  options: { mnt_number: "3" },
}, async (run) => {
  const paths = [0, 1, 2].map((number) => `${run.target}/mnt-${number}`);
  const served = async (): Promise<string | false> => {
    const answers = await Promise.all(paths.map((path) => run.onHost(["cat", `${path}/canary`])));
    const layers = run.layers();
    if (layers.length !== 3 || answers.some(({ stdout }) => stdout !== "alive\n")) return false;
    return JSON.stringify(layers);
  };
  await run.start();
  const old = await eventually("three mounts serve", served);
  await run.decided();
  const app = await AppReader.begin(run, paths[1]);
  assert.equal(heldBy(run), 3);
  for (let kills = 1; kills <= 2; kills++) {
    Deno.kill(run.daemon().pid, "SIGKILL");
    await eventually("a successor serves", async () => {
      return run.starts().length === kills + 1 && (await run.status())["state"] === "mounted";
    });
    assert.equal(await served(), old, "the same mounts");
  }
  assert.equal((await app.next()).what, "ok");
  assert.equal(heldBy(run), 3);
  await assertStops(run);
});

fault(
  "killed while no master answers: the mount lives on, a successor comes all the same",
  RAW,
  async (run) => {
    const { old, app } = await serving(run);
    run.master.shut();
    Deno.kill(run.daemon().pid, "SIGKILL");
    await assertTakenOver(run, old, 2);
    await assertWhole(run, app, 1);
    await assertStops(run);
  },
);

fault("a cold restart while no master answers: the dead layer stays until one does", {
  plan: ["raw", "raw,restore=refuse", "raw"],
}, async (run) => {
  const { old, app } = await serving(run);
  run.master.shut();
  Deno.kill(run.daemon().pid, "SIGKILL");
  await eventually("a successor has refused", async () => {
    return run.starts().length === 2 && (await run.status())["state"] === "clearing";
  });
  await steadily(
    "what shows at the target",
    "Transport endpoint is not connected",
    1_000,
    async () => {
      const { stderr } = await run.onHost(["ls", run.target]);
      return /Transport endpoint is not connected/.exec(stderr)?.[0] ?? stderr;
    },
  );
  assert.equal(run.layers().length, 1);
  assert.equal((await app.next()).what, "Transport-endpoint-is-not-connected");
  run.master.open();
  await run.remounted(old);
  await assertStops(run);
});

for (const how of ["shut", "standStill"] as const) {
  fault(
    `a stale mount at the start (master: ${how}): it stays until one answers`,
    RAW,
    async (run) => {
      run.master[how]();
      await run.leaveStaleLayer();
      await run.start();
      await eventually("it waits", async () => (await run.status())["state"] === "clearing");
      await steadily("layers", 1, 1_000, () => run.layers().length);
      assert.equal(run.starts().length, 0);
      run.master.open();
      await run.mounted();
      await assertHealthy(run);
      await assertStops(run);
    },
  );
}

fault("a stale mount and never a master: given up, and the layer stays", {
  ...RAW,
  env: { CURVINE_FLUID_START_TIMEOUT: "300ms", CURVINE_FLUID_RESTART_LIMIT: "2" },
}, async (run) => {
  run.master.shut();
  await run.leaveStaleLayer();
  await run.start();
  assert.equal(await run.exitCode(), 71);
  assert.match(
    run.terminationLog(),
    /no master answers \(127\.0\.0\.1:\d+: .*refused/i,
  );
  assert.equal(run.layers().length, 1, "ENOTCONN, never the folder beneath");
  assert.deepEqual(run.processes(), []);
  await run.onHost(["umount", "-l", run.target]);
});

fault("TERM while a master is waited for: the dead layer goes, exit 0", RAW, async (run) => {
  run.master.shut();
  await run.leaveStaleLayer();
  await run.start();
  await eventually("it waits", async () => (await run.status())["state"] === "clearing");
  await assertStops(run);
});

fault("options that pass every check and cannot start: rolled back, with the mount", {
  // The successor of the reload, which reads the new file, ends at once.
  plan: ["raw", "complain=splice-pipe-refused exit=1", "raw"],
}, async (run) => {
  const { old, app } = await serving(run);
  run.config.write(run.configText({ io_threads: "9" }));
  await assertTakenOver(run, old, 3);
  await assertWhole(run, app, 1);
  assert.doesNotMatch(run.standInFile("conf.3"), /io_threads = 9/, "the one that served");
  assert.match(run.standInFile("conf.2"), /^io_threads = 9$/m);
  const status = await run.status();
  assert.match(String(status["config_problem"]), /rolled back/);
  assert.match(run.stderr(), /cannot start, the one before it is used again/);
  assert.match(String(status["last_restart"]), /splice-pipe-refused/);
  // Not tried again until the file says something else.
  run.signal("SIGHUP");
  await steadily("starts", 3, 1_000, () => run.starts().length);
  run.config.write(run.configText({ io_threads: "10" }));
  await eventually("another change counts", () => run.starts().length === 4);
  assert.match(run.standInFile("conf.4"), /^io_threads = 10$/m);
  await assertStops(run);
});

fault("a configuration with which the daemon crashes: rolled back, with the mount", {
  plan: ["raw", "kill=ABRT", "raw"],
}, async (run) => {
  const { old, app } = await serving(run);
  run.config.write(run.configText({ io_threads: "9" }));
  await assertTakenOver(run, old, 3);
  await assertWhole(run, app, 1);
  assert.match(run.standInFile("conf.2"), /^io_threads = 9$/m);
  assert.doesNotMatch(run.standInFile("conf.3"), /io_threads = 9/, "the one that served");
  assert.match(String((await run.status())["config_problem"]), /rolled back/);
  await assertStops(run);
});

fault("a second TERM while a hung daemon holds on to the first: no request is left waiting", {
  plan: ["raw,term=ignore"],
  env: { CURVINE_FLUID_STOP_TIMEOUT: "60s" },
}, async (run) => {
  const { app } = await serving(run);
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  Deno.kill(run.daemon().pid, "SIGSTOP");
  run.signal("SIGTERM");
  await eventually("it stops", () => run.stderr().includes("Stopping: SIGTERM"));
  run.signal("SIGTERM");
  await assertEnded(run, 0);
  assert.match((await app.next()).what, /not-connected|aborted/);
});

fault("a change that needs a restart and cannot start: rolled back to a new mount", {
  plan: ["raw", "exit=2", "raw"],
  options: { mnt_number: "1" },
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(run.configText({ mnt_number: "2" }));
  await run.remounted(old);
  assert.equal(run.layers().length, 1);
  assert.equal(run.starts().length, 3);
  assert.match(String((await run.status())["config_problem"]), /rolled back/);
  await assertHealthy(run);
  await assertStops(run);
});

fault("a configuration that is swapped in while the first mount comes up is applied", {
  plan: ["wait=go raw", "raw"],
}, async (run) => {
  await run.start();
  await eventually("the daemon was started", () => run.starts().length === 1);
  run.config.write(run.configText({ io_threads: "9" }));
  await eventually("it counts", () => /^io_threads = 9$/m.test(run.standInFile("conf.2")));
  run.tellStandIn("go");
  await run.mounted();
  await assertStops(run);
});

fault(
  "umount -l of the target from outside: mounted again, the bind mount's readers get an error",
  RAW,
  async (run) => {
    const { old, app } = await serving(run);
    await run.onHost(["umount", "-l", run.target]);
    await run.remounted(old);
    assert.match((await app.next()).what, /not-connected|aborted/);
    await eventually("one descriptor is held, of the new one", () => heldBy(run) === 1);
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("a daemon that unmounts and then ends by itself is named as the cause", {
  // It ends as an application would after an error: unmounted first, then with a code.
  plan: ["raw"],
}, async (run) => {
  await run.start();
  const old = await run.served();
  // Before that it has no mount that could go.
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  Deno.kill(run.daemon().pid, "SIGTERM");
  await run.remounted(old);
  assert.match(
    run.stderr(),
    /somebody unmounted the target or told the daemon to, which exited with 0/,
  );
  await assertStops(run);
});

const group = MemoryGroup.make(384 * 1024 * 1024);
if (group !== undefined) {
  fault("out of memory: the kernel takes the daemon and not us, and it is told", {
    // One that gave back next to nothing would be followed by the next, and that is us.
    plan: ["raw,large", "raw"],
    before: `echo 0 >"${group.path}/cgroup.procs"`,
  }, async (run) => {
    using _ = group;
    const { old, app } = await serving(run);
    const score = (pid: number): number =>
      Number(Deno.readTextFileSync(`/proc/${pid}/oom_score_adj`));
    assert.ok(score(run.daemon().pid) > score(run.pid), "it goes before us");
    const eater = run.spawnOnHost(["python3", "-c", EAT, group.path]);
    await eater.status;
    await assertTakenOver(run, old, 2);
    assert.ok(score(run.daemon().pid) > score(run.pid), "and so does its successor");
    await assertWhole(run, app, 1);
    const metrics = await run.metrics();
    assert.equal(metrics.get('curvine_fluid_restarts_total{cause="oom",how="takeover"}'), 1);
    assert.match(String((await run.status())["last_restart"]), /container's memory limit/);
    await assertStops(run);
  });
}
