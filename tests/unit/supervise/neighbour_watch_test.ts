import assert from "node:assert/strict";
import { type Mount, parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import type { MountAnswer } from "../../../lib/ports/mounts.ts";
import { NeighbourWatch } from "../../../lib/supervise/neighbour_watch.ts";
import { FakeWorld, TARGET } from "../../support/fake_world.ts";

const LINE = `60 1 0:9 / ${TARGET} rw - fuse.curvinefs curvinefs rw`;

/** Somebody stands by a mount that answered so. */
function scene(answer: MountAnswer, probeInterval = 1000): {
  world: FakeWorld;
  watch: NeighbourWatch;
  vacated: () => number;
} {
  const world = new FakeWorld();
  world.mounted = [LINE];
  world.answer = answer;
  const [mount] = parseMountinfo(LINE) as [Mount];
  let count = 0;
  const limits = { probeInterval, probeTimeout: 500 };
  const watch = new NeighbourWatch({ mount, answer }, world, limits, () => count++);
  return { world, watch, vacated: () => count };
}

Deno.test("neighbour: it answers, is slow, answers again, and is never vacated for that", async () => {
  const { world, watch, vacated } = scene("answers");
  assert.equal(watch.answers, true);
  world.answer = "silent";
  await world.clock.pass(4000);
  assert.equal(watch.answers, false);
  world.answer = "unknown";
  await world.clock.pass(5000);
  world.answer = "answers";
  await world.clock.pass(4000);
  assert.deepEqual([watch.answers, vacated()], [true, 0]);
});

Deno.test("neighbour: once dead it may be about to be replaced, twice in a row it is vacated", async () => {
  const { world, watch, vacated } = scene("answers");
  world.answer = "stale";
  await world.clock.pass(1000);
  assert.deepEqual([watch.answers, vacated()], [false, 0]);
  world.answer = "answers";
  await world.clock.pass(1000);
  world.answer = "stale";
  await world.clock.pass(1000);
  assert.equal(vacated(), 0);
  await world.clock.pass(1000);
  assert.equal(vacated(), 1);
  await world.clock.pass(60_000);
  assert.deepEqual([vacated(), world.clock.pending], [1, 0], "told once, then it is over");
});

Deno.test("neighbour: a mount that has gone, or is another one, is vacated at once", async () => {
  for (const after of [[], [LINE.replace("60 ", "61 ")], [LINE.replace("0:9", "0:8")]]) {
    const { world, watch, vacated } = scene("answers");
    watch.stir();
    assert.equal(vacated(), 0);
    world.mounted = after;
    watch.stir();
    watch.stir();
    assert.equal(vacated(), 1);
    await world.clock.pass(60_000);
    assert.equal(vacated(), 1);
  }
});

Deno.test("neighbour: with probing turned off it is asked all the same; after stop nothing is", async () => {
  const { world, vacated } = scene("answers", Infinity);
  world.answer = "stale";
  await world.clock.pass(20_000);
  assert.equal(vacated(), 1);
  const stopped = scene("answers");
  stopped.watch.stop();
  stopped.world.mounted = [];
  stopped.watch.stir();
  await stopped.world.clock.pass(60_000);
  assert.deepEqual([stopped.vacated(), stopped.world.clock.pending], [0, 0]);
});
