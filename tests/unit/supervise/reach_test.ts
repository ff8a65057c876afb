import assert from "node:assert/strict";
import { Reach } from "../../../lib/supervise/reach.ts";
import { MountWatch } from "../../../lib/supervise/target_watch.ts";
import { FakeWorld, TARGET } from "../../support/fake_world.ts";

const VOLUME = `50 1 8:1 /h ${TARGET} rw shared:7 - ext4 /dev/vda rw`;
const ALONE = `50 1 8:1 /h ${TARGET} rw - ext4 /dev/vda rw`;

/** A mount of ours on what was there when we began, or on what is there now. */
function mountWatch(world: FakeWorld, before: string[], line: string): MountWatch {
  world.mounted = before;
  const mounts = new MountWatch({ target: TARGET }, world.mounts, () => undefined);
  world.mounted = [...before.filter(() => line.startsWith("60 50")), line];
  mounts.own(mounts.served());
  return mounts;
}

const SHARED = `60 50 0:9 / ${TARGET} rw shared:8 - fuse.curvinefs curvinefs rw`;
const LOST = `60 1 0:9 / ${TARGET} rw - fuse.curvinefs curvinefs rw`;
const NEVER = `60 50 0:9 / ${TARGET} rw - fuse.curvinefs curvinefs rw`;

Deno.test("reach: a mount on a shared volume is shared; one that lost it ends us once, then is told", () => {
  const world = new FakeWorld();
  const levels: string[] = [];
  const reach = (): Reach => new Reach(world.files, "/run", (level) => void levels.push(level));
  const look = (mounts: MountWatch): [string | undefined, string | undefined] => {
    const one = reach();
    return [one.look({ mounts }), one.problem];
  };
  assert.deepEqual(look(mountWatch(world, [VOLUME], SHARED)), [undefined, undefined]);
  const [end, problem] = look(mountWatch(world, [VOLUME], LOST));
  assert.match(end ?? "", /nobody outside.*a new container/);
  assert.match(problem ?? "", /nobody outside/);
  // The new container's volume is no better.
  const again = look(mountWatch(world, [ALONE], NEVER));
  assert.equal(again[0], undefined);
  assert.match(again[1] ?? "", /nobody outside/);
  assert.deepEqual(levels, ["error"]);
  // And the next one's is.
  assert.deepEqual(look(mountWatch(world, [VOLUME], SHARED)), [undefined, undefined]);
  assert.deepEqual(look(mountWatch(world, [ALONE], NEVER)), [undefined, undefined]);
});

Deno.test("reach: where nothing was ever shared, as by hand, nothing is missed", () => {
  const world = new FakeWorld();
  const reach = new Reach(world.files, "/run", () => assert.fail("it told"));
  assert.equal(reach.look({ mounts: mountWatch(world, [ALONE], NEVER) }), undefined);
  assert.equal(reach.problem, undefined);
});

Deno.test("reach: without a run folder nobody knows whether the end was tried: it is only told", () => {
  const world = new FakeWorld();
  const reach = new Reach(world.files, undefined, () => {});
  assert.equal(reach.look({ mounts: mountWatch(world, [VOLUME], LOST) }), undefined);
  assert.match(reach.problem ?? "", /nobody outside/);
});
