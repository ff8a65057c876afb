import assert from "node:assert/strict";
import { clearTarget, type NotReady } from "../../../lib/supervise/clear_target.ts";
import { MountWatch } from "../../../lib/supervise/target_watch.ts";
import { FakeWorld, TARGET } from "../../support/fake_world.ts";

interface Cleared {
  readonly notReady: NotReady | undefined;
  readonly done: readonly string[];
  /** How often a master was asked for. */
  readonly asked: number;
}

/** Makes a target ready that has these layers; what they answer, the world says. */
async function clear(
  layers: readonly string[],
  change: (world: FakeWorld) => void = () => {},
  { master, wanted = true }: { readonly master?: string; readonly wanted?: boolean } = {},
): Promise<Cleared> {
  const world = new FakeWorld();
  world.mounted = [...layers];
  change(world);
  let asked = 0;
  const notReady = await clearTarget(
    new MountWatch({ target: TARGET }, world.mounts, () => undefined),
    {
      world,
      log: () => {},
      askDeadline: 1000,
      awaitMaster: () => {
        asked++;
        return Promise.resolve(master);
      },
      wanted: () => wanted,
      patience: 1000,
      reserved: () => {},
    },
  );
  return { notReady, done: world.done, asked };
}

function layer(type: string, propagation = ""): string {
  return `60 1 0:9 / ${TARGET} rw${propagation} - ${type} curvinefs rw`;
}

const OURS = layer("fuse.curvinefs");
const dead = (world: FakeWorld): void => void (world.answer = "stale");

Deno.test("clear target: where nothing is mounted no master is asked for", async () => {
  assert.deepEqual(await clear([]), { notReady: undefined, done: [], asked: 0 });
});

Deno.test("clear target: a dead layer goes when a master accepts, and if it is still wanted then", async () => {
  assert.deepEqual(await clear([OURS], dead), {
    notReady: undefined,
    done: [`detach ${TARGET}`],
    asked: 1,
  });
  const refused = await clear([OURS], dead, { master: "no master" });
  assert.deepEqual(refused.notReady, { name: "masterless", message: "no master" });
  assert.deepEqual(refused.done, []);
  const late = await clear([OURS], dead, { wanted: false });
  assert.deepEqual([late.notReady, late.done], [undefined, []]);
});

Deno.test("clear target: a client that lives, and what is not Curvine's, stay without a master", async () => {
  const { notReady, done, asked } = await clear([OURS]);
  assert(notReady?.name === "occupied");
  assert.equal(notReady.neighbour.answer, "answers");
  assert.equal(notReady.neighbour.mount.device, "0:9");
  assert.deepEqual([done, asked], [[], 0]);
  const other = await clear([layer("fuse.sshfs").replace("curvinefs rw", "x rw")]);
  assert(other.notReady?.name === "obstructed");
  assert.equal(other.notReady.lasting, false, "somebody may unmount it");
  assert.deepEqual([other.done, other.asked], [[], 0]);
});

Deno.test("clear target: a volume that is itself a dead mount will not get better", async () => {
  const { notReady, done } = await clear([layer("fuse.curvinefs", " shared:5")], dead);
  assert(notReady?.name === "obstructed");
  assert.equal(notReady.lasting, true);
  assert.match(notReady.message, /the volume itself is a dead/);
  assert.deepEqual(done, []);
});

Deno.test("clear target: a daemon of an earlier life is ended, once a master accepts", async () => {
  const withPast = (world: FakeWorld): void => {
    world.processes.strays = () => [{ pid: 90, mark: "9.500-x", minors: ["9"] }];
    Object.assign(world.processes, {
      endStray: (pid: number) => {
        world.done.push(`end ${pid}`);
        world.unmount();
        return Promise.resolve(true);
      },
    });
  };
  assert.deepEqual(await clear([OURS], withPast), {
    notReady: undefined,
    done: ["end 90"],
    asked: 1,
  });
  assert.deepEqual((await clear([OURS], withPast, { master: "none" })).done, []);
});

/** Begins to make an empty target ready whose folder another client has in hand. */
function beside(): {
  readonly world: FakeWorld;
  readonly lines: string[];
  give(): void;
  readonly over: () => NotReady | "ready" | undefined;
  readonly reserved: () => number;
} {
  const world = new FakeWorld();
  world.answer = "answers";
  const lines: string[] = [];
  let isTaken = true;
  let reserved = 0;
  let over: NotReady | "ready" | undefined;
  const pinned = world.folders.pin();
  Object.assign(world.folders, {
    pin: () => ({ ...pinned, lock: () => isTaken ? "taken" as const : () => {} }),
  });
  void clearTarget(new MountWatch({ target: TARGET }, world.mounts, () => undefined), {
    world,
    log: (_level, _event, message) => void lines.push(message),
    askDeadline: 1000,
    awaitMaster: () => Promise.resolve(undefined),
    wanted: () => true,
    patience: 10_000,
    reserved: () => void reserved++,
  }).then((notReady) => over = notReady ?? "ready");
  return {
    world,
    lines,
    give: () => isTaken = false,
    over: () => over,
    reserved: () => reserved,
  };
}

Deno.test("clear target: who finds it taken waits for the other's mount, and stands by that", async () => {
  const { world, lines, over, reserved } = beside();
  await world.clock.pass(5000);
  assert.equal(over(), undefined);
  assert.equal(lines.length, 1, "said once");
  world.mounted = [OURS];
  await world.clock.pass(100);
  const outcome = over();
  assert(typeof outcome === "object" && outcome.name === "occupied");
  assert.equal(reserved(), 0);
});

Deno.test("clear target: who finds it taken has it when the other gives it back", async () => {
  const { world, give, over, reserved } = beside();
  await world.clock.pass(1000);
  give();
  await world.clock.pass(100);
  assert.deepEqual([over(), reserved()], ["ready", 1]);
});

Deno.test("clear target: who finds it taken goes on when his patience ends", async () => {
  const { world, over, reserved } = beside();
  await world.clock.pass(9900);
  assert.equal(over(), undefined);
  await world.clock.pass(200);
  assert.deepEqual([over(), reserved()], ["ready", 0]);
});
