import assert from "node:assert/strict";
import { type MountAnswer, NO_LESSON } from "../../../lib/ports/mounts.ts";
import { HangMonitor } from "../../../lib/supervise/hang_monitor.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const LIMITS = { hangTimeout: 300_000, probeInterval: 10_000, probeTimeout: 5000 };
const SERVED = [{ path: "/m", device: "0:52", named: true }];

function setUp(limits = LIMITS): {
  clock: FakeClock;
  monitor: HangMonitor;
  world: { waiting: number | undefined; answer: MountAnswer; asked: number; minors: string[] };
  hung: string[];
} {
  const clock = new FakeClock();
  const hung: string[] = [];
  const world = {
    waiting: 0 as number | undefined,
    answer: "answers" as MountAnswer,
    asked: 0,
    minors: [] as string[],
  };
  const mounts = {
    table: () => "",
    detach: () => Promise.resolve(),
    unmount: () => Promise.resolve(),
    walk: () => Promise.resolve(true),
    teach: () => NO_LESSON,
    mayMount: () => true,
    ask: (_: string, deadline: number) => {
      world.asked++;
      const { answer } = world;
      if (answer !== "silent") return Promise.resolve(answer);
      return new Promise<MountAnswer>((done) => void clock.after(deadline, () => done("silent")));
    },
  };
  const connections = {
    waiting: (minor: string) => {
      world.minors.push(minor);
      return world.waiting;
    },
    abort: () => true,
    close: () => Promise.resolve(),
  };
  const monitor = new HangMonitor(
    limits,
    clock,
    mounts,
    connections,
    (message) => hung.push(message),
  );
  monitor.start(SERVED);
  return { clock, monitor, world, hung };
}

Deno.test("while nobody waits, nobody is asked", async () => {
  const { clock, monitor, world, hung } = setUp();
  await clock.pass(3_600_000);
  assert.equal(world.asked, 0);
  assert.equal(monitor.waiting, 0);
  assert.equal(monitor.suspicious, false);
  assert.deepEqual(hung, []);
  assert.equal(world.minors[0], "52");
});

Deno.test("requests that wait are no hang as long as the mount answers", async () => {
  const { clock, monitor, world, hung } = setUp();
  world.waiting = 7;
  await clock.pass(3_600_000);
  assert.ok(world.asked > 300);
  assert.equal(monitor.waiting, 7);
  assert.deepEqual([monitor.suspicious, hung.length], [false, 0]);
});

Deno.test("silence is suspicious at once, and a hang when it lasts", async () => {
  const { clock, monitor, world, hung } = setUp();
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(10_000 + 5000);
  assert.equal(monitor.suspicious, true);
  assert.deepEqual(hung, []);
  await clock.pass(300_000 - 5000 - 1);
  assert.deepEqual(hung, [], "not a moment too early");
  await clock.pass(2);
  assert.equal(hung.length, 1);
  assert.match(hung[0] ?? "", /"\/m" has not answered for 300 s/);
});

Deno.test("a slow master that answers in time is no hang", async () => {
  const { clock, monitor, world, hung } = setUp();
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(200_000);
  assert.equal(monitor.suspicious, true);
  world.answer = "answers";
  await clock.pass(20_000);
  assert.equal(monitor.suspicious, false);
  world.answer = "silent";
  await clock.pass(299_000);
  assert.deepEqual(hung, [], "the silence is counted anew");
});

Deno.test("a suspect is asked even when no more requests wait", async () => {
  const { clock, monitor, world } = setUp();
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(16_000);
  world.waiting = 0;
  world.answer = "answers";
  await clock.pass(20_000);
  assert.equal(monitor.suspicious, false);
});

Deno.test("a limit shorter than the interval is kept too", async () => {
  const { clock, world, hung } = setUp({
    hangTimeout: 1000,
    probeInterval: 10_000,
    probeTimeout: 5000,
  });
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(11_000);
  assert.equal(hung.length, 1);
});

Deno.test("0 turns it off: suspicious, but never a hang", async () => {
  const { clock, monitor, world, hung } = setUp({ ...LIMITS, hangTimeout: Infinity });
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(3_600_000);
  assert.equal(monitor.suspicious, true);
  world.answer = "stale";
  await clock.pass(3_600_000);
  assert.deepEqual(hung, []);
});

Deno.test("without fusectl a probe is sent now and then all the same", async () => {
  const { clock, monitor, world, hung } = setUp();
  world.waiting = undefined;
  await clock.pass(600_000);
  assert.equal(world.asked, 10);
  assert.equal(monitor.waiting, undefined);
  world.answer = "silent";
  await clock.pass(60_000 + 300_000 + 10_000);
  assert.equal(hung.length, 1);
});

Deno.test("a hang is told once: whoever is told ends the daemon", async () => {
  const { clock, world, hung } = setUp();
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(1_000_000);
  assert.equal(hung.length, 1);
  assert.equal(clock.pending, 0, "nothing is asked any more");
});

Deno.test("a mount that is dead while its daemon lives is found", async () => {
  const { clock, world, hung } = setUp();
  world.waiting = 1;
  world.answer = "stale";
  await clock.pass(10_000);
  assert.deepEqual(hung, [], "once may be a mount that is just being replaced");
  await clock.pass(10_000);
  assert.match(hung[0] ?? "", /dead though its daemon lives/);
});

Deno.test("after stop nothing is asked, told or timed", async () => {
  const { clock, monitor, world, hung } = setUp();
  world.waiting = 1;
  world.answer = "silent";
  await clock.pass(12_000);
  monitor.stop();
  await clock.pass(600_000);
  assert.deepEqual([world.asked, hung.length, clock.pending], [1, 0, 0]);
  assert.equal(monitor.suspicious, false);
});
