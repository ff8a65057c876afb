import assert from "node:assert/strict";
import { HeldConnection } from "../../../lib/supervise/held_connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeTakeover } from "../../support/fake_takeover.ts";
import { FakeWorld } from "../../support/fake_world.ts";
import type { Files } from "../../../lib/ports/world.ts";

const SERVED = [{ path: "/t", device: "0:50", named: true }];

function setUp(): {
  held: HeldConnection;
  takeover: FakeTakeover;
  clock: FakeClock;
  did: string[];
  logged: string[];
  files: Map<string, string>;
} {
  const did: string[] = [];
  const logged: string[] = [];
  const takeover = new FakeTakeover((what) => void did.push(what));
  const clock = new FakeClock();
  const files = new Map<string, string>();
  const held = new HeldConnection({
    world: { takeover, clock, files: filesOf(files) },
    connections: {
      waiting: () => 0,
      abort: (minor) => {
        did.push(`abort ${minor}`);
        return true;
      },
      close: () => Promise.resolve(),
    },
    log: (level, _event, message) => void logged.push(`${level} ${message}`),
    folder: "/run",
  });
  return { held, takeover, clock, did, logged, files };
}

function filesOf(files: Map<string, string>): Files {
  return {
    ...new FakeWorld().files,
    write(path, text): void {
      if (files.has("full")) throw new Error("the disk is full");
      files.set(path, text);
    },
    remove: (path) => void files.delete(path),
  };
}

Deno.test("held connection: what serves is held once, and another mount's takes its place", () => {
  const { held, did } = setUp();
  assert.equal(held.whyNot, "nothing is mounted yet");
  held.keep(7, SERVED);
  assert.deepEqual([held.isKept, held.whyNot], [true, undefined]);
  held.keep(7, SERVED);
  held.keep(8, [{ path: "/t", device: "0:51", named: true }]);
  assert.deepEqual(did, ["hold 7 50", "let go 50", "hold 8 51"]);
});

Deno.test("held connection: one that has ended is held anew, though it has the same number", () => {
  const { held, takeover, did } = setUp();
  held.keep(7, SERVED);
  for (const hold of takeover.holds) hold.connected = false;
  assert.equal(held.isKept, false);
  held.keep(8, SERVED);
  assert.deepEqual([held.isKept, did], [true, ["hold 7 50", "let go 50", "hold 8 50"]]);
});

Deno.test("held connection: without a run folder there is none for good, without a mount not now", () => {
  const { held, logged, did } = setUp();
  held.keep(7, []);
  assert.equal(held.whyNot, "nothing is mounted");
  held.keep(7, SERVED);
  assert.deepEqual([held.isKept, held.whyNot], [true, undefined]);
  assert.match(logged[0] ?? "", /^debug .*nothing is mounted$/);
  assert.deepEqual(did, ["hold 7 50"]);

  const nowhere = new HeldConnection({
    world: {
      takeover: new FakeTakeover(() => assert.fail("held")),
      clock: new FakeClock(),
      files: filesOf(new Map()),
    },
    connections: { waiting: () => 0, abort: () => true, close: () => Promise.resolve() },
    log: (level, _event, message) => void logged.push(`${level} ${message}`),
    folder: undefined,
  });
  nowhere.keep(7, SERVED);
  nowhere.keep(7, SERVED);
  assert.match(nowhere.whyNot ?? "", /no run folder/);
  assert.equal(logged.length, 2, "the same is told once");
  assert.match(logged[1] ?? "", /^warn /);
});

Deno.test("held connection: what is in the way for a moment is tried again; what lasts is not", async () => {
  const { held, takeover, clock } = setUp();
  takeover.refusesHold = { ok: false, reason: "busy", lasting: false };
  held.keep(7, SERVED);
  assert.deepEqual([held.isKept, held.whyNot, clock.pending], [false, "busy", 1]);
  takeover.refusesHold = undefined;
  await clock.pass(10_000);
  assert.deepEqual([held.isKept, held.whyNot], [true, undefined]);

  const other = setUp();
  other.takeover.refusesHold = { ok: false, reason: "no ptrace", lasting: true };
  other.held.keep(7, SERVED);
  other.takeover.refusesHold = undefined;
  other.held.keep(7, SERVED);
  assert.deepEqual([other.held.isKept, other.clock.pending], [false, 0]);
});

Deno.test("held connection: it is handed on with its count; nothing held is a refusal that may pass", () => {
  const { held, takeover, did } = setUp();
  const none = held.handOn(() => assert.fail("started"));
  assert.deepEqual(none, { ok: false, reason: "no connection is held", lasting: false });
  held.keep(7, SERVED);
  const paths: string[] = [];
  assert(held.handOn((path) => void paths.push(path)).ok);
  assert(held.handOn((path) => void paths.push(path)).ok);
  assert.deepEqual(did, ["hold 7 50", "hand on 50 1", "hand on 50 2"]);
  assert.deepEqual(paths, ["/run/takeover.state", "/run/takeover.state"]);
  assert.equal(held.whyNot, undefined, "what was handed on is no refusal");
  takeover.refusesHandOn = { ok: false, reason: "full", lasting: true };
  assert(!held.handOn(() => {}).ok);
  assert.deepEqual([held.isKept, held.whyNot], [false, "full"]);
});

Deno.test("held connection: its end wakes whoever waits, and no try comes after it", async () => {
  const { held, takeover, clock, did } = setUp();
  held.keep(7, SERVED);
  held.end();
  assert.deepEqual(did, ["hold 7 50", "abort 50", "let go 50"]);
  assert.equal(held.forgetNames(), "ended");
  takeover.refusesHold = { ok: false, reason: "busy", lasting: false };
  held.keep(7, SERVED);
  held.end();
  takeover.refusesHold = undefined;
  await clock.pass(60_000);
  assert.equal(held.isKept, false);
});

Deno.test("held connection: callers are parked, and go on when somebody serves or nobody will", () => {
  const { held, takeover, did, files } = setUp();
  held.park(false);
  assert.equal(held.asked, "not", "nothing is held");
  held.letIn();
  held.keep(7, SERVED);
  const [hold] = takeover.holds;
  assert.ok(hold);
  held.letIn();
  assert.deepEqual([...files], [], "nobody asks for anything but the root");
  hold.nodes = [7n, 4_611_687_117_939_015_679n];
  held.park(true);
  assert.deepEqual([hold.parked, hold.isLate, held.asked], [1, true, "by number"]);
  held.letIn();
  const file = held.nodesFile("/t");
  assert.equal(file, "/run/takeover.nodes.50");
  assert.deepEqual([...files], [[file, "7\n4611687117939015679"]]);
  held.release("/t", 7n);
  assert.deepEqual(did.slice(-2), ["let callers go on", "release /t 7"]);
  held.keep(8, SERVED);
  assert.deepEqual([did.at(-1), hold.parked, files.size], ["resume 50", 0, 0]);
  files.set("full", "");
  held.park(false);
  held.letIn();
  assert.equal(did.at(-1), "let callers go on", "a full disk keeps nobody");
  files.delete("full");
  held.letIn();
  held.end();
  assert.deepEqual([hold.isOpen, files.size], [false, 0]);
});
