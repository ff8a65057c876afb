import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { type FirstStart, firstStart } from "../../../lib/supervise/first_start.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import { supervise } from "../../../lib/supervise/supervise.ts";
import { SpawnError } from "../../../lib/ports/world.ts";
import type { CaughtSignal } from "../../../lib/ports/signals.ts";
import { FakeWorld, TARGET } from "../../support/fake_world.ts";

const PLAN: Plan = {
  mode: "thin-runtime",
  component: "fuse",
  reasons: [],
  config: { path: "/c.toml", toml: tomlTable() },
  process: { argv: ["/fuse"], env: { EXTRA: "1", GONE: null }, cwd: "/", policy: "supervise" },
  mount: { target: TARGET },
  warnings: [],
};
const SETTINGS = readSettings({ CURVINE_FLUID_TERMINATION_LOG: "/last" });
const ENV = { PATH: "/bin", GONE: "x", CURVINE_FUSE_STATE_PATH: "/old-state" };

function first(world: FakeWorld, plan = PLAN): FirstStart {
  return firstStart(plan, world, SETTINGS, ENV);
}

/** The supervisor goes on from a first start. */
async function goOn(
  world: FakeWorld,
  first: FirstStart,
  early: readonly CaughtSignal[] = [],
): Promise<{ code: () => number | undefined; signal: (signal: CaughtSignal) => Promise<void> }> {
  let code: number | undefined;
  let handler: (signal: CaughtSignal) => void = () => {};
  void supervise(PLAN, {
    world,
    signals: {
      takeOver: (next) => {
        handler = next;
        early.forEach(next);
      },
    },
    settings: SETTINGS,
    env: ENV,
    version: "1",
    writeConfig: () => {},
    regenerate: () => PLAN,
    first,
  }).then((result) => code = result);
  await world.clock.pass(60);
  return {
    code: () => code,
    signal: async (signal) => {
      handler(signal);
      await world.clock.pass(10);
    },
  };
}

Deno.test("an empty target that is ours: the daemon runs, with the environment of any cold start", () => {
  const world = new FakeWorld();
  const { daemon, rival } = first(world);
  assert.equal(rival, undefined);
  assert.equal(daemon?.target, TARGET);
  assert.deepEqual([...world.daemon.env].sort(), [
    `CURVINE_FLUID_DAEMON=${daemon.mark}`,
    "EXTRA=1",
    "PATH=/bin",
  ]);
});

Deno.test("orphans come to us before there can be any", () => {
  const world = new FakeWorld();
  world.becomeSubreaper = () => {
    world.done.push("subreaper");
    return true;
  };
  first(world);
  assert.deepEqual(world.done, ["subreaper", "spawn /fuse"]);
});

Deno.test("whatever has to be decided is left to the supervisor, and nothing is started", async (t) => {
  const cases: Record<string, (world: FakeWorld) => void> = {
    "a FUSE layer at the target": (world) => {
      world.mounted = [`60 1 0:9 / ${TARGET} rw - fuse.curvinefs curvinefs rw`];
    },
    "files in the target": (world) => {
      const { pin } = world.folders;
      world.folders.pin = () => ({ ...pin(), names: () => ["data"] });
    },
    "a mount table that cannot be read": (world) => void (world.tableFails = true),
    "a program that is not there": (world) => {
      world.onSpawn = () => {
        throw new SpawnError("no", 127);
      };
    },
    "another supervisor": (world) => {
      Object.assign(world.locks, { take: () => undefined });
    },
  };
  for (const [name, arrange] of Object.entries(cases)) {
    await t.step(name, () => {
      const world = new FakeWorld();
      arrange(world);
      assert.equal(first(world).daemon, undefined);
      assert.deepEqual(world.started, []);
    });
  }
});

Deno.test("the supervisor takes the daemon over and starts no other", async () => {
  const world = new FakeWorld();
  const { signal, code } = await goOn(world, first(world));
  await world.mount();
  assert.deepEqual(world.done, ["spawn /fuse"]);
  assert(world.lines.some((line) => line.includes("Mounted")), world.lines.join("\n"));
  await signal("SIGTERM");
  assert.equal(code(), 0);
  assert.deepEqual(world.daemon.signals, ["SIGTERM"]);
});

Deno.test("a mount that came while the supervisor was loaded is the awaited one, no leftover", async () => {
  const world = new FakeWorld();
  const begun = first(world);
  await world.mount();
  await goOn(world, begun);
  assert.deepEqual(world.done, ["spawn /fuse"]);
  assert(world.lines.some((line) => line.includes("Mounted")), world.lines.join("\n"));
});

Deno.test("a daemon that died meanwhile is started again", async () => {
  const world = new FakeWorld();
  const begun = first(world);
  world.daemon.end({ code: 7 });
  await goOn(world, begun);
  await world.clock.pass(2000);
  assert.equal(world.started.length, 2);
  assert(world.lines.some((line) => line.includes("exited with 7")), world.lines.join("\n"));
});

Deno.test("a TERM that came meanwhile ends the daemon", async () => {
  const world = new FakeWorld();
  const { code } = await goOn(world, first(world), ["SIGTERM"]);
  assert.deepEqual(world.daemon.signals, ["SIGTERM"]);
  assert.equal(world.started.length, 1);
  assert.equal(code(), 0);
});

Deno.test("a mount that went astray meanwhile is told of when the right one does not come", async () => {
  const world = new FakeWorld();
  const begun = first(world);
  world.mounted = ["60 1 0:9 / /elsewhere rw - fuse.curvinefs curvinefs rw"];
  await goOn(world, begun);
  await world.clock.pass(180_000);
  assert(world.lines.some((line) => line.includes('"/elsewhere"')), world.lines.join("\n"));
});

Deno.test("what was found out ahead is logged, and a rival ends the supervisor", async () => {
  const world = new FakeWorld();
  Object.assign(world.locks, { take: () => undefined });
  const { code } = await goOn(world, first(world));
  assert.equal(code(), 75);
  assert(world.lines.some((line) => line.includes("another curvine-fluid")));
  const disk = new FakeWorld();
  disk.files.makeFolder = () => {
    throw new Error("read-only");
  };
  await goOn(disk, first(disk));
  assert(disk.lines.some((line) => line.includes("Going on without a control socket")));
});
