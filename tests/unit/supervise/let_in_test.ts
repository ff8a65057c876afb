import assert from "node:assert/strict";
import { HeldConnection } from "../../../lib/supervise/held_connection.ts";
import { letIn } from "../../../lib/supervise/let_in.ts";
import type { Lesson } from "../../../lib/ports/mounts.ts";
import { type FakeHold, FakeTakeover } from "../../support/fake_takeover.ts";
import { FakeWorld } from "../../support/fake_world.ts";

/** A successor on its way, and what becomes of it. */
function setUp(): {
  world: FakeWorld;
  hold: FakeHold;
  did: string[];
  reached: { is: boolean; wanted: boolean; keeps: boolean };
  ready: () => void;
  answer: () => void;
  let: () => Promise<readonly Lesson[] | undefined>;
} {
  const world = new FakeWorld();
  const did: string[] = [];
  const takeover = new FakeTakeover((what) => void did.push(what));
  const held = new HeldConnection({
    world: { takeover, clock: world.clock, files: world.files },
    connections: { waiting: () => 0, abort: () => true, close: () => Promise.resolve() },
    log: () => {},
    folder: "/run",
  });
  held.keep(7, [{ path: "/t", device: "0:50", named: true }]);
  const [hold] = takeover.holds;
  assert.ok(hold);
  did.length = 0;
  const reached = { is: false, wanted: true, keeps: true };
  const ready = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<boolean>();
  const lesson = { ready: ready.promise, answered: answered.promise, over: Promise.resolve() };
  return {
    world,
    hold,
    did,
    reached,
    ready: ready.resolve,
    answer: () => answered.resolve(true),
    let: () =>
      letIn({
        clock: world.clock,
        held,
        door: {
          keeps: reached.keeps,
          isReached: () => reached.is,
          open: () => void did.push("let in"),
          remove: () => {},
        },
        lessons: [lesson],
        wanted: () => reached.wanted,
      }),
  };
}

Deno.test("a successor is let in when it and its teacher are ready", async () => {
  for (const first of ["successor", "teacher"] as const) {
    const { world, did, reached, ready, hold, let: begin } = setUp();
    const lessons = begin();
    if (first === "teacher") ready();
    else reached.is = true;
    await world.clock.pass(14);
    assert.deepEqual(did, [], "one is not there yet");
    assert.ok(hold.parked > 3, "callers are parked again and again");
    ready();
    reached.is = true;
    await world.clock.pass(3);
    assert.deepEqual(did, ["let callers go on", "let in"]);
    assert.equal((await lessons)?.length, 1);
  }
});

for (
  const [who, set, limit] of [
    ["nobody asks", () => {}, 100],
    ["somebody asks by a number", (hold: FakeHold) => void (hold.nodes = [7n]), 100],
    ["all ask by paths", (hold: FakeHold) => void (hold.callers = 2), 12],
  ] as const
) {
  Deno.test(`a successor waits ${limit} ms for its teacher where ${who}`, async () => {
    const { world, did, reached, hold, let: begin } = setUp();
    set(hold);
    reached.is = true;
    void begin();
    await world.clock.pass(limit - 1);
    assert.deepEqual(did, []);
    // What is looked for between two looks comes with the next.
    await world.clock.pass(6);
    assert.equal(did.at(-1), "let in");
  });
}

Deno.test("whoever just lost an open file has his next question parked before a successor serves", async () => {
  const { world, did, ready, reached, hold, let: begin } = setUp();
  hold.opened = 2;
  reached.is = true;
  ready();
  void begin();
  await world.clock.pass(2);
  assert.deepEqual([did, hold.parked], [[], 2]);
  await world.clock.pass(2);
  assert.deepEqual([did.at(-1), hold.parked], ["let in", 3]);
});

Deno.test("whoever asks for a lost file without an end holds a successor up for a while only", async () => {
  for (const callers of [0, 1]) {
    const { world, did, ready, reached, hold, let: begin } = setUp();
    Object.assign(hold, { opened: Infinity, callers });
    reached.is = true;
    ready();
    void begin();
    await world.clock.pass(99);
    assert.deepEqual(did, []);
    await world.clock.pass(7);
    assert.equal(did.at(-1), "let in");
  }
});

Deno.test("a successor that takes its time: looks get rare, and callers with a signal go", async () => {
  const { world, did, ready, reached, hold, let: begin } = setUp();
  void begin();
  ready();
  await world.clock.pass(1000);
  assert.equal(hold.isLate, false);
  const { parked } = hold;
  assert.ok(parked < 200, `${parked} looks in the first second`);
  await world.clock.pass(10_000);
  assert.equal(hold.isLate, true);
  assert.ok(hold.parked - parked <= 200, `${hold.parked - parked} looks in ten seconds`);
  reached.is = true;
  await world.clock.pass(50);
  assert.equal(did.at(-1), "let in");
});

Deno.test("nobody is let in who is not wanted any more", async () => {
  const { world, did, ready, reached, let: begin } = setUp();
  const lessons = begin();
  ready();
  await world.clock.pass(10);
  reached.wanted = false;
  reached.is = true;
  await world.clock.pass(10);
  assert.equal(await lessons, undefined);
  assert.deepEqual(did, []);
});

Deno.test("an answer that came before the successor was let in is another daemon's", async () => {
  const { world, ready, reached, answer, let: begin } = setUp();
  const lessons = begin();
  ready();
  answer();
  await world.clock.pass(10);
  reached.is = true;
  await world.clock.pass(10);
  assert.equal(await (await lessons)?.[0]?.answered, false);
});

Deno.test("where nothing keeps a successor nobody is kept from it", async () => {
  const { reached, did, hold, let: begin } = setUp();
  reached.keeps = false;
  hold.park(false);
  assert.equal((await begin())?.length, 1);
  assert.deepEqual(did, ["resume 50"]);
});
