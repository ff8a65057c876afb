import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { statusOf } from "../../../lib/observe/status.ts";
import { styleFor } from "../../../lib/observe/style.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import type { CaughtSignal } from "../../../lib/ports/signals.ts";
import { longestStop, perform, type SimulationParts } from "../../../lib/tools/simulate/perform.ts";
import type { Stage } from "../../../lib/tools/simulate/stage.ts";
import { Story } from "../../../lib/tools/simulate/story.ts";
import { FakeWorld, TARGET } from "../../support/fake_world.ts";
import { HurriedClock } from "../../support/hurried_clock.ts";
import { SNAPSHOT } from "../observe/sample_snapshot.ts";

const SERVER: Plan = {
  mode: "cache-runtime",
  component: "master",
  reasons: [],
  config: { path: "/c.toml", toml: tomlTable([]) },
  process: { argv: ["/server"], env: { ADDED: "1", GONE: null }, cwd: "/home", policy: "exec" },
  mount: null,
  warnings: [],
};
const CLIENT: Plan = {
  ...SERVER,
  component: "fuse",
  process: { ...SERVER.process, policy: "supervise" },
  mount: { target: TARGET },
};

type Told = Record<string, unknown>;

interface Performance {
  readonly world: FakeWorld;
  readonly told: Told[];
  readonly killed: string[];
  readonly code: Promise<number>;
  signal(signal: CaughtSignal): void;
  kinds(): unknown[];
}

function begin(
  plan: Plan,
  world: FakeWorld,
  more: Partial<SimulationParts> & {
    readonly left?: readonly number[];
    readonly status?: Stage["status"];
    readonly settings?: Stage["settings"];
  } = {},
): Performance {
  const told: Told[] = [];
  const killed: string[] = [];
  let handler: (signal: CaughtSignal) => void = () => {};
  const code = perform({
    generated: { plan } as SimulationParts["generated"],
    stage: {
      story: new Story({
        json: true,
        short: [],
        style: styleFor(false, {}),
        now: () => 0,
        write: (text) => void told.push(JSON.parse(text)),
      }),
      world,
      settings: {
        ...more.settings ?? readSettings({ CURVINE_FLUID_LOG_FORMAT: "json" }),
        stopTimeout: 1000,
      },
      env: { OWN: "x", GONE: "y" },
      status: more.status ?? (() => Promise.resolve(undefined)),
      stop: () => {
        handler("SIGTERM");
        return Promise.resolve();
      },
      daemons: () => more.left ?? [],
      killable: () => [],
      kill: (pid, signal) => {
        killed.push(`${signal} ${pid}`);
        world.daemon.end({ code: 137, signal: "SIGKILL" });
      },
      plan: () => plan,
      config: undefined,
      readMount: () => {},
      end: Infinity,
    },
    signals: {
      takeOver: (next) => void (handler = next),
      endBy: () => {},
      delivered: () => Promise.resolve(),
    },
    chaos: false,
    lookOn: 300,
    limit: 10_000,
    options: {
      version: "0",
      source: { generate: () => plan, write: () => {} },
    },
    ...more,
  });
  return {
    world,
    told,
    killed,
    code,
    signal: (signal) => handler(signal),
    kinds: () => told.map(({ kind }) => kind),
  };
}

/** A world in which waiting takes no time. */
function hurried(): FakeWorld {
  return Object.assign(new FakeWorld(), { clock: new HurriedClock() });
}

Deno.test("perform: a server runs for a while, is told to stop, and its end is told", async () => {
  const run = begin(SERVER, hurried());
  assert.equal(await run.code, 0);
  assert.deepEqual(run.kinds(), ["run", "started", "stopping", "exited", "end"]);
  assert.deepEqual(run.world.daemon.signals, ["SIGTERM"]);
  assert.deepEqual([...run.world.daemon.env].sort(), ["ADDED=1", "OWN=x"]);
  const end = run.told.at(-1);
  assert.deepEqual([end?.["exitCode"], end?.["left"], end?.["mounted"]], [0, [], false]);
  assert.equal(end?.["text"], "The end: run exited with 0; no process of the daemon is left");
});

Deno.test("perform: a server that does not heed TERM is killed when its time is over", async () => {
  const world = hurried();
  world.onSignal = (signal, process) => {
    if (signal === "SIGKILL") process.end({ code: 137, signal: "SIGKILL" });
  };
  const run = begin(SERVER, world, { left: [7, 8] });
  assert.equal(await run.code, 137);
  assert.deepEqual(world.daemon.signals, ["SIGTERM", "SIGKILL"]);
  assert.match(String(run.told.at(-1)?.["text"]), /processes are left: 7,8$/);
});

Deno.test("perform: a server that a TERM ends by itself is told with 143", async () => {
  const world = hurried();
  world.onSignal = (signal, process) => process.end({ code: 143, signal });
  assert.equal(await begin(SERVER, world).code, 143);
});

Deno.test("perform: a server that ends by itself is not told to stop", async () => {
  const world = hurried();
  const run = begin(SERVER, world);
  world.daemon.end({ code: 3 });
  assert.equal(await run.code, 3);
  assert.deepEqual(run.kinds(), ["run", "started", "exited", "end"]);
  assert.equal(run.told[2]?.["text"], "Exited with 3");
});

Deno.test("perform: with chaos a server is killed, started again, and stopped in order", async () => {
  const run = begin(SERVER, hurried(), { chaos: true });
  assert.equal(await run.code, 0);
  assert.deepEqual(run.kinds(), [
    "run",
    "started",
    "chaos",
    "exited",
    "started",
    "stopping",
    "exited",
    "end",
  ]);
  assert.equal(run.killed.length, 1);
  assert.match(
    String(run.told[3]?.["text"]),
    /^Exited with 137: the container ends, and Kubernetes/,
  );
  assert.equal(run.told[6]?.["text"], "Exited with 0");
});

Deno.test("perform: somebody who asks for the end gets no second life", async () => {
  const run = begin(SERVER, hurried(), { chaos: true });
  run.signal("SIGTERM");
  assert.equal(await run.code, 0);
  assert.deepEqual(run.kinds(), ["run", "started", "stopping", "exited", "end"]);
});

Deno.test("perform: a stop may take its budget and a little more, at most a minute", () => {
  assert.equal(longestStop(25_000), 28_000);
  assert.equal(longestStop(600_000), 63_000);
});

Deno.test("perform: trouble is made with chaos alone, and for somebody who is there", async () => {
  const mounted = statusOf({ ...SNAPSHOT, state: "mounted" });
  const troubles = async (chaos: boolean, gone: boolean): Promise<number> => {
    const world = new FakeWorld();
    let answer = gone ? undefined : mounted;
    const status = (): ReturnType<Stage["status"]> => Promise.resolve(answer);
    const run = begin(CLIENT, world, { chaos, status });
    await world.clock.pass(100);
    if (gone) run.signal("SIGTERM");
    await world.clock.pass(0);
    answer = mounted;
    for (let i = 0; i < 400 && run.kinds().at(-1) !== "end"; i++) await world.clock.pass(1000);
    await run.code;
    // Nobody waits for the start limit of a client that is there.
    if (!chaos) assert(world.clock.now() < 10_000);
    return run.kinds().filter((kind) => kind === "chaos").length;
  };
  assert.equal(await troubles(false, false), 0);
  assert.equal(await troubles(true, false), 1, "what it does not get over is the last");
  assert.equal(await troubles(true, true), 0);
});

Deno.test("perform: a supervised client mounts, is looked at, and is told to stop; its log is the story", async () => {
  const world = new FakeWorld();
  const run = begin(CLIENT, world);
  await world.clock.pass(100);
  await world.mount();
  world.onSignal = (signal, process) => {
    if (signal !== "SIGTERM") return;
    world.unmount();
    process.end({ code: 0 });
  };
  for (let i = 0; i < 400 && run.kinds().at(-1) !== "end"; i++) await world.clock.pass(1000);
  assert.equal(await run.code, 0);
  const logs = run.told.filter(({ kind }) => kind === "log");
  assert(logs.some(({ event }) => event === "mounted"), JSON.stringify(logs));
  assert(run.kinds().includes("stopping"));
  assert.match(
    String(run.told.at(-1)?.["text"]),
    /no process of the daemon is left, and no mount$/,
  );
});

Deno.test("perform: the supervisor's lines become the story: what matters of them, long ones cut", async () => {
  const world = new FakeWorld();
  const settings = readSettings({
    CURVINE_FLUID_LOG_FORMAT: "json",
    CURVINE_FLUID_HANG_TIMEOUT: "2s",
    CURVINE_FLUID_PROBE_INTERVAL: "1s",
    CURVINE_FLUID_PROBE_TIMEOUT: "1s",
  });
  const run = begin(CLIENT, world, { lookOn: 60_000, settings });
  await world.clock.pass(100);
  await world.mount();
  world.waitingRequests = 2;
  world.answer = "silent";
  await world.clock.pass(9000);
  run.signal("SIGTERM");
  for (let i = 0; i < 400 && run.kinds().at(-1) !== "end"; i++) await world.clock.pass(1000);
  await run.code;
  const logs = run.told.filter(({ kind }) => kind === "log");
  const of = (event: string): Told | undefined => logs.find((line) => line["event"] === event);
  assert.match(String(of("mounted")?.["text"]), /^Mounted \(pid \d+\)$/, "its target is known");
  assert.match(String(of("restart")?.["text"]), /^warn: Restart: .*\(cause hang\)$/);
  const long = logs.filter(({ lines }) => Array.isArray(lines)).map(({ lines }) =>
    lines as string[]
  );
  assert(long.length > 0, "the stacks of the daemon's threads");
  for (const lines of long) {
    assert(lines.length <= 3, lines.join());
    if (lines.length === 3) assert.match(lines[2] ?? "", /^… and \d+ more$/);
  }
});

Deno.test("perform: a server that asked for its end is told so once, whatever its lives", async () => {
  const world = hurried();
  const run = begin(SERVER, world, { chaos: true });
  world.daemon.end({ code: 0 });
  assert.equal(await run.code, 0);
  assert.deepEqual(
    run.kinds(),
    ["run", "started", "exited", "end"],
    "it ended well: no second life",
  );
  assert.equal(run.told[2]?.["text"], "Exited with 0");
});

Deno.test("perform: a mount that is left is told", async () => {
  const world = new FakeWorld();
  const run = begin(CLIENT, world);
  await world.clock.pass(100);
  await world.mount();
  world.onSignal = (_, process) => process.end({ code: 0 });
  world.mounts.detach = () => Promise.resolve();
  for (let i = 0; i < 400 && run.kinds().at(-1) !== "end"; i++) await world.clock.pass(1000);
  await run.code;
  const end = run.told.at(-1);
  assert.equal(end?.["mounted"], true);
  assert.match(String(end?.["text"]), /; the mount is left$/);
});
