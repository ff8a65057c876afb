import assert from "node:assert/strict";
import { minorOf } from "../../../lib/mount/mountinfo.ts";
import { makeLog } from "../../../lib/observe/log.ts";
import {
  MountWatch,
  type Phase,
  phaseOf,
  TargetWatch,
} from "../../../lib/supervise/target_watch.ts";
import { FakeWorld, TARGET } from "../../support/fake_world.ts";
import { STATES } from "./sample_states.ts";

const ROOT = "1 0 8:1 / / rw - ext4 /dev/vda rw";

function line(id: number, path: string, minor: number, type = "fuse.curvinefs"): string {
  return `${id} 1 0:${minor} / ${path} rw - ${type} curvinefs rw`;
}

/** A watch of mounts that a test writes down. */
function watched(
  layers?: readonly string[],
): { watch: MountWatch; show(...lines: string[]): void } {
  let table = ROOT;
  const mounts = { ...new FakeWorld().mounts, table: () => table };
  const plan = { target: "/t", ...(layers === undefined ? {} : { layers }) };
  return {
    watch: new MountWatch(plan, mounts, () => undefined),
    show: (...lines) => void (table = [ROOT, ...lines].join("\n")),
  };
}

Deno.test("mount watch: FUSE mounts on top of every mount point serve, no others", () => {
  const { watch, show } = watched();
  assert.deepEqual(watch.served(), []);
  assert.equal(watch.isComplete([]), false);
  show(line(10, "/t", 50));
  assert.deepEqual(watch.served(), [{ path: "/t", device: "0:50", named: true }]);
  assert.equal(watch.isComplete(watch.served()), true);
  show(line(10, "/t", 50), line(11, "/t", 51, "tmpfs").replace("11 1", "11 10"));
  assert.deepEqual(watch.served(), [], "somebody lies on top");
  show(line(10, "/t", 50, "fuse.sshfs").replace("curvinefs rw", "x rw"));
  assert.equal(watch.served()[0]?.named, false);
});

Deno.test("mount watch: with several mount points all of them have to be there", () => {
  const { watch, show } = watched(["/t/mnt-0", "/t/mnt-1"]);
  assert.deepEqual(watch.paths, ["/t/mnt-0", "/t/mnt-1"]);
  show(line(10, "/t/mnt-0", 50));
  assert.equal(watch.isComplete(watch.served()), false);
  show(line(10, "/t/mnt-0", 50), line(11, "/t/mnt-1", 51));
  assert.equal(watch.isComplete(watch.served()), true);
});

Deno.test("mount watch: what was ours is served, covered by another, or gone", () => {
  const { watch, show } = watched();
  assert.equal(watch.state(), "gone");
  show(line(10, "/t", 50));
  assert.equal(watch.state(), "gone", "nobody said that it is ours");
  watch.own(watch.served());
  assert.equal(watch.state(), "served");
  show(line(10, "/t", 50), "11 10 0:60 / /t rw - tmpfs tmpfs rw");
  assert.equal(watch.state(), "covered");
  show("11 1 0:50 / /t rw - tmpfs tmpfs rw");
  assert.equal(watch.state(), "gone", "a number of a device alone is not enough");
  show(line(10, "/elsewhere", 50));
  assert.equal(watch.state(), "gone");
  show(line(10, "/t", 51));
  watch.own(watch.served());
  assert.deepEqual([...watch.ownDevices], ["0:51"], "old numbers may be others' by now");
});

Deno.test("mount watch: FUSE mounts outside of the mount points are told", () => {
  const { watch, show } = watched();
  show(line(10, "/t", 50), line(11, "/other", 51), line(12, "/ext", 52, "ext4"));
  assert.deepEqual(watch.elsewhere().map(({ path }) => path), ["/other"]);
});

Deno.test("a device's connection is named by its minor number", () => {
  assert.equal(minorOf("0:57"), "57");
});

Deno.test("the mount is awaited at a start, serves afterwards, and is of no interest else", () => {
  const phases = Object.values(STATES).map((state) => [state.name, phaseOf(state)]);
  assert.deepEqual(
    phases.filter(([, phase]) => phase === "awaited").map(([name]) => name),
    ["starting"],
  );
  assert.equal(phaseOf(STATES.mounted), "serving");
  assert.equal(phaseOf(STATES.reloading), "serving");
  for (const name of ["clearing", "backoff", "stopping", "done", "failed"] as const) {
    assert.equal(phaseOf(STATES[name]), "idle");
  }
});

interface Scene {
  readonly world: FakeWorld;
  readonly watch: TargetWatch;
  readonly told: string[];
  phase: Phase;
  servesFuse: boolean;
}

function scene(phase: Phase): Scene {
  const world = new FakeWorld();
  const told: string[] = [];
  const made: Scene = {
    world,
    told,
    phase,
    servesFuse: false,
    watch: new TargetWatch({ target: TARGET }, world, {
      phase: () => made.phase,
      serves: () => undefined,
      servesFuse: () => made.servesFuse,
      mounted: () => void told.push("mounted"),
      gone: () => void told.push("gone"),
      covered: (is) => void told.push(is ? "covered" : "uncovered"),
    }),
  };
  return made;
}

Deno.test("target watch: an awaited mount is told when it is there, by its name or by its daemon", async () => {
  const named = scene("awaited");
  named.watch.look();
  assert.deepEqual(named.told, []);
  await named.world.mount();
  named.watch.look();
  assert.deepEqual([named.told, named.watch.state], [["mounted"], "served"]);
  assert.deepEqual([...named.watch.mounts.ownDevices], ["0:50"]);

  const nameless = scene("awaited");
  await nameless.world.mount("fuse");
  nameless.world.mounted = nameless.world.mounted.map((one) => one.replace("curvinefs rw", "x rw"));
  nameless.watch.look();
  assert.deepEqual([nameless.told, nameless.watch.state], [[], "gone"]);
  assert.equal(nameless.watch.mounts.ownDevices.size, 0, "theirs is not ours");
  nameless.servesFuse = true;
  nameless.watch.look();
  assert.deepEqual(nameless.told, ["mounted"]);
});

Deno.test("target watch: a serving mount that goes, or is covered, is told once", async () => {
  const { world, watch, told } = scene("serving");
  await world.mount();
  watch.own();
  assert.equal(watch.state, "served");
  watch.look();
  assert.deepEqual(told, []);
  await world.mount("tmpfs");
  watch.look();
  watch.look();
  assert.deepEqual(told, ["covered"]);
  world.unmount();
  watch.look();
  assert.deepEqual(told, ["covered", "uncovered"]);
  world.unmount();
  watch.look();
  watch.look();
  assert.deepEqual(told, ["covered", "uncovered", "gone"]);
});

Deno.test("target watch: nobody is told of a mount that is of no interest", async () => {
  const { world, watch, told } = scene("idle");
  await world.mount();
  watch.own();
  world.unmount();
  watch.look();
  assert.deepEqual([told, watch.state], [[], "gone"]);
});

Deno.test("target watch: while a mount is awaited the table is read again, then no more", async () => {
  const one = scene("awaited");
  one.watch.expect();
  await one.world.mount();
  await one.world.clock.pass(249);
  assert.deepEqual(one.told, []);
  await one.world.clock.pass(1);
  assert.deepEqual(one.told, ["mounted"]);
  one.phase = "serving";
  await one.world.clock.pass(250);
  assert.equal(one.world.clock.pending, 0);
  one.phase = "awaited";
  one.watch.expect();
  one.watch.expect();
  assert.equal(one.world.clock.pending, 1, "one look at a time");
  one.watch.close();
  assert.equal(one.world.clock.pending, 0);
});

Deno.test("target watch: a table that costs much is not read at every change", async () => {
  const { world, watch, told } = scene("awaited");
  let reads = 0;
  let cost = 40;
  let spent = 0;
  const table = world.mounts.table;
  const now = world.clock.now.bind(world.clock);
  world.clock.now = (): number => now() + spent;
  world.mounts.table = (): string => {
    reads++;
    spent += cost;
    return table();
  };
  watch.stir();
  const first = reads;
  cost = 0;
  watch.stir();
  watch.stir();
  assert.equal(reads, first, "it waits for ten times what a look costs");
  assert.equal(world.clock.pending, 1);
  await world.mount();
  await world.clock.pass(500);
  assert.deepEqual(told, ["mounted"]);
  const after = reads;
  watch.stir();
  assert.equal(reads, after + 1, "a cheap table is read at once");
});

Deno.test("target watch: mounts that came elsewhere since are told, older ones are not", async () => {
  const { world, watch } = scene("awaited");
  world.mounted.push(line(200, "/old", 70));
  watch.expect();
  world.mounted.push(line(201, "/stray", 71));
  const lines: string[] = [];
  const log = makeLog({
    format: "json",
    level: "info",
    date: () => new Date(0),
    write: (text) => void lines.push(text),
  });
  watch.tellOfOthers(log);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /mounted-elsewhere.*\/stray/);
  watch.close();
  await world.clock.pass(0);
});
