import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { styleFor } from "../../../lib/observe/style.ts";
import { statusOf } from "../../../lib/observe/status.ts";
import type { Status } from "../../../lib/observe/status.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import { chaos } from "../../../lib/tools/simulate/chaos.ts";
import type { Stage, TroubleSignal } from "../../../lib/tools/simulate/stage.ts";
import { until } from "../../../lib/tools/simulate/stage.ts";
import { standInWorld } from "../../../lib/tools/simulate/stand_in_world.ts";
import { Story } from "../../../lib/tools/simulate/story.ts";
import { FakeWorld } from "../../support/fake_world.ts";
import { HurriedClock } from "../../support/hurried_clock.ts";
import { SNAPSHOT } from "../observe/sample_snapshot.ts";

/** Serves beside the daemon, and is not killed with it. */
const SERVER = 7;

const DEVICES = ["0:50", "0:51"];

/** A supervisor as far as chaos can tell; `weak` names what it does not get over. */
class Subject {
  readonly clock = new HurriedClock();
  readonly signals: string[] = [];
  readonly written: unknown[] = [];
  readonly told: Record<string, unknown>[] = [];
  readonly read: string[] = [];
  gone = false;
  state = "mounted";
  device = 0;
  pid = 100;
  ready = true;
  problem: string | undefined;
  generation = 0;
  restarts: Record<string, number> = { signal: 2, hang: 0, config: 0 };
  takeovers: Record<string, number> = { signal: 1 };
  reloads: Record<string, number> = { hot: 0, cold: 0, failed: 0 };
  config: unknown;

  constructor(readonly weak: string, config: unknown, readonly end = Infinity) {
    this.config = config;
  }

  stage(): Stage {
    const world = new FakeWorld();
    return {
      story: new Story({
        json: true,
        short: [],
        style: styleFor(false, {}),
        now: () => this.clock.now(),
        write: (line) => void this.told.push(JSON.parse(line)),
      }),
      world: {
        ...world,
        clock: this.clock,
        mounts: {
          ...world.mounts,
          table: () =>
            `1 0 8:1 / / rw - ext4 /dev/vda rw\n` +
            `7 1 ${DEVICES[this.device]} / /t rw - fuse.curvinefs curvinefs rw\n`,
        },
      },
      settings: { ...readSettings({}), hangTimeout: 3000 },
      env: {},
      status: () => Promise.resolve(this.gone ? undefined : this.#status()),
      stop: () => Promise.resolve(),
      daemons: () => [this.pid, SERVER],
      killable: () => [this.pid],
      kill: (pid, signal) => this.#kill(pid, signal),
      plan: () => this.#plan(),
      config: this.config === undefined ? undefined : {
        read: () => this.config,
        write: (value) => this.#change(value),
      },
      readMount: (target) => void this.read.push(target),
      end: this.end,
    };
  }

  #plan(): Plan {
    const text = JSON.stringify(this.config);
    const toml = tomlTable([["io_threads", text.includes('"48"') ? 48 : 16]]);
    return { config: { path: "/c", toml } } as unknown as Plan;
  }

  #status(): Status {
    return statusOf({
      ...SNAPSHOT,
      state: this.state,
      target: "/t",
      pid: this.pid,
      mounted: true,
      ready: this.ready,
      restarts: this.restarts,
      takeovers: this.takeovers,
      reloads: this.reloads,
      generation: this.generation,
      configProblem: this.problem,
      lastRemount: 120,
      waiting: 1,
    });
  }

  #restart(cause: string): void {
    this.pid++;
    this.ready = true;
    this.restarts = { ...this.restarts, [cause]: (this.restarts[cause] ?? 0) + 1 };
    if (this.weak === "mount") this.device = 1 - this.device;
    else this.takeovers = { ...this.takeovers, [cause]: (this.takeovers[cause] ?? 0) + 1 };
  }

  #kill(pid: number, signal: TroubleSignal): void {
    this.signals.push(`${signal} ${pid}`);
    if (signal === "SIGKILL" && this.weak !== "kill") this.#restart("signal");
    if (signal !== "SIGSTOP") return;
    this.ready = false;
    if (this.weak !== "hang" && pid !== SERVER) this.clock.after(3000, () => this.#restart("hang"));
  }

  #change(value: unknown): void {
    this.config = value;
    this.written.push(value);
    const text = JSON.stringify(value);
    if (text.includes('"many"')) {
      if (this.weak !== "refuse") this.problem = "io_threads is wrong";
      if (this.weak === "same-daemon") this.pid++;
    } else if (text.includes('"48"')) {
      this.problem = undefined;
      if (this.weak === "apply") return;
      this.generation++;
      const way = this.weak === "hot" ? "cold" : "hot";
      this.reloads = { ...this.reloads, [way]: (this.reloads[way] ?? 0) + 1 };
      if (this.weak === "hot") this.device = 1;
      // The kernel gives a number out again: a restart may show the same device.
      if (this.weak === "same-device") this.#restart("config");
    } else this.problem = undefined;
  }
}

async function run(subject: Subject): Promise<{ ok: boolean; outcomes: unknown[][] }> {
  const ok = await chaos(subject.stage());
  const outcomes = subject.told.filter(({ kind }) => kind === "outcome")
    .map((
      { trouble, ok, mountKept },
    ) => [trouble, ok, ...(mountKept === undefined ? [] : [mountKept])]);
  return { ok, outcomes };
}

const CACHE = { client: { options: { a: "1" } } };
const THIN = { runtimeOptions: { b: "2" } };

Deno.test("chaos: what gets over everything is killed, misconfigured, reconfigured and stopped", async () => {
  const subject = new Subject("", CACHE);
  const { ok, outcomes } = await run(subject);
  assert.equal(ok, true);
  assert.deepEqual(outcomes, [
    ["signal", true, true],
    ["bad-config", true],
    ["config", true, true],
    ["hang", true, true],
  ]);
  assert.deepEqual(subject.signals, ["SIGKILL 100", "SIGSTOP 101", `SIGSTOP ${SERVER}`]);
  assert.deepEqual(subject.read, ["/t"]);
  assert.deepEqual(subject.written, [
    { client: { options: { a: "1", "fuse.io_threads": "many" } } },
    CACHE,
    { client: { options: { a: "1", "fuse.io_threads": "48" } } },
  ]);
  const told = subject.told.map(({ text }) => text);
  assert(told.includes("Not ready; 1 request waiting"), told.join("\n"));
  assert(told.includes("Trouble: kill -9 of the daemon (1 process)"));
  assert(
    told.includes(
      "Kept: daemon 101 has taken the mount over, which was there all along; not served for 0.12 s",
    ),
  );
  assert.deepEqual(subject.told.find(({ trouble, ok }) => trouble === "config" && ok)?.["lines"], [
    "- io_threads = 16",
    "+ io_threads = 48",
  ]);
});

Deno.test("chaos: a ThinRuntime's options are changed by its own names", async () => {
  const subject = new Subject("", THIN);
  await run(subject);
  assert.deepEqual(subject.written[0], { runtimeOptions: { b: "2", "io-threads": "many" } });
  const bare = new Subject("", {});
  await run(bare);
  assert.deepEqual(bare.written[0], { runtimeOptions: { "io-threads": "many" } });
});

Deno.test("chaos: without a runtime config only the daemon is troubled", async () => {
  const { ok, outcomes } = await run(new Subject("", undefined));
  assert.deepEqual([ok, outcomes], [true, [["signal", true, true], ["hang", true, true]]]);
});

Deno.test("chaos: a mount that is a new one is told as that", async () => {
  const subject = new Subject("mount", undefined);
  const { ok, outcomes } = await run(subject);
  assert.deepEqual([ok, outcomes], [true, [["signal", true, false], ["hang", true, false]]]);
  const told = subject.told.map(({ text }) => text);
  assert(told.includes("Back: daemon 101, which serves the same place; not served for 0.12 s"));
});

Deno.test("chaos: the first trouble that it does not get over is the last, and is told", async () => {
  const cases: [string, number, RegExp][] = [
    ["kill", 1, /did not come back in time/],
    ["refuse", 2, /was not refused in time/],
    ["same-daemon", 2, /the daemon is not the same: 101 before, 102 now/],
    ["apply", 3, /was not applied in time/],
    ["hang", 4, /did not come back in time/],
  ];
  for (const [weak, count, text] of cases) {
    const subject = new Subject(weak, CACHE);
    const { ok, outcomes } = await run(subject);
    assert.equal(ok, false, weak);
    assert.equal(outcomes.length, count, weak);
    assert.equal(outcomes.at(-1)?.[1], false, weak);
    const last = subject.told.filter(({ kind }) => kind === "outcome").at(-1);
    assert.match(String(last?.["text"]), text);
  }
});

Deno.test("chaos: what was wrong with the configuration before is no refusal of this change", async () => {
  const subject = new Subject("refuse", CACHE);
  subject.problem = "an earlier one";
  const { outcomes } = await run(subject);
  assert.deepEqual(outcomes.at(-1), ["bad-config", false]);
});

Deno.test("chaos: a change that needed a restart is told as one", async () => {
  const subject = new Subject("hot", CACHE);
  const { ok, outcomes } = await run(subject);
  assert.equal(ok, true);
  assert.deepEqual(outcomes[2], ["config", true, false]);
  assert(subject.told.some(({ text }) => String(text).startsWith("Applied by a restart")));
});

Deno.test("chaos: a restart is no hot reload, though the device has the same number", async () => {
  const { outcomes } = await run(new Subject("same-device", CACHE));
  assert.deepEqual(outcomes[2], ["config", true, false]);
});

Deno.test("chaos: when the time is over, or somebody ends it, nothing is held against it", async () => {
  const late = new Subject("kill", CACHE, 1000);
  assert.equal((await run(late)).ok, true);
  assert(late.told.some(({ text }) => String(text).startsWith("The time is over (--for)")));
  const never = new Subject("", CACHE, 0);
  assert.deepEqual(await run(never), { ok: true, outcomes: [] });
  for (const ended of ["gone", "stopping"]) {
    const subject = new Subject("", CACHE);
    if (ended === "gone") subject.gone = true;
    else subject.state = "stopping";
    assert.deepEqual(await run(subject), { ok: true, outcomes: [] }, ended);
  }
});

Deno.test("until: asks until it holds, its own time is over, or that of all", async () => {
  const wait = async (milliseconds: number, end: number, holdsAt: number): Promise<unknown[]> => {
    const clock = new HurriedClock();
    const world = { ...new FakeWorld(), clock };
    const held = await until({ world, end }, milliseconds, () => clock.now() >= holdsAt);
    return [held, clock.now()];
  };
  assert.deepEqual(await wait(100, Infinity, 0), [true, 0]);
  assert.deepEqual(await wait(100, Infinity, 60), [true, 60]);
  assert.deepEqual(await wait(90, Infinity, 1000), [false, 90]);
  assert.deepEqual(await wait(1000, 30, 1000), [false, 30]);
});

Deno.test("a stand-in's world hands its mount on while somebody serves it; masters answer without a port", async () => {
  const inner = new FakeWorld();
  let server: { pid: number; id: number } | undefined = { pid: 9, id: 9 };
  const ended: number[] = [];
  const world = standInWorld(inner, {
    current: () => server,
    beside: true,
    end: ({ pid }) => void ended.push(pid),
  });
  const held = world.takeover.hold(1, [{ minor: "50", path: "/t" }]);
  assert(held.ok && held.value.alive());
  assert.equal(held.value.forgetNames(), "forgotten");
  const handed = held.value.handOn({ folder: "/run", nth: 1 }, (path) => inner.texts.get(path));
  assert(handed.ok);
  assert.equal(handed.value.successor, '{"pid":9,"id":9}');
  handed.value.door.open();
  handed.value.door.remove();
  assert.equal(inner.texts.size, 1, "the successor may not have read it yet");
  held.value.end(() => true);
  assert.deepEqual(ended, [9]);
  assert(!held.value.alive());
  const again = world.takeover.hold(1, []);
  server = undefined;
  assert(again.ok && !again.value.alive());
  assert.equal(again.value.forgetNames(), "ended");
  assert.equal(again.value.handOn({ folder: "/run", nth: 2 }, () => 0).ok, false);
  const connection = await world.sockets.connectTcp("nobody", 1);
  assert.equal(await connection.read(new Uint8Array(1)), null);
});

Deno.test("who serves beside a stand-in is no kin of it; a successor that serves by itself is", () => {
  const inner = new FakeWorld();
  inner.processes.spawn({ argv: ["curvine-fuse"], env: {}, cwd: "/" }, () => {});
  const successor = inner.orphan(["KIN=x"]);
  const kin = (beside: boolean): number[] => {
    const servers = { current: () => ({ pid: successor.pid, id: 1 }), beside, end: () => {} };
    return standInWorld(inner, servers).processes.marked("KIN", "x").map(({ pid }) => pid);
  };
  assert.deepEqual(kin(false), [successor.pid]);
  assert.deepEqual(kin(true), []);
});
