import assert from "node:assert/strict";
import type { MountAnswer } from "../../../lib/ports/mounts.ts";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import { isLockName, lockedTarget, lockName } from "../../../lib/supervise/claim_target.ts";
import { cleanUp, type JanitorWorld, targetOfPod } from "../../../lib/supervise/janitor.ts";

const TARGET = "/runtime-mnt/cache/ai/lake/cache-fuse";
const RUN = "/run/curvine-fluid";
const LOCK = `${RUN}/${lockName(TARGET)}`;

const ROOT = "1 0 8:1 / / rw - overlay o rw";
const VOLUME = "2 1 8:1 /runtime-mnt/cache /runtime-mnt/cache rw shared:1 - ext4 /dev/vda rw";
const DEAD = `3 2 0:50 / ${TARGET} rw shared:2 - fuse.curvinefs curvinefs rw`;

/** A janitor's view, and what it did. */
interface Scene extends JanitorWorld {
  readonly lines: string[];
  readonly asked: string[];
}

function scene(
  lines: string[],
  { answer = "stale" as MountAnswer, locked = (): boolean => false, note = true } = {},
): Scene {
  const asked: string[] = [];
  return {
    lines,
    asked,
    readLink: () => undefined,
    isLocked: (path) => path === LOCK && locked(),
    files: {
      read: (path) => path === LOCK ? `1              \n${JSON.stringify(TARGET)}\n` : undefined,
      write: () => assert.fail("it wrote"),
      remove: () => assert.fail("it removed"),
      makeFolder: () => assert.fail("it made a folder"),
    },
    folders: {
      pin: (path) =>
        path !== RUN || !note ? undefined : {
          mountId: 1,
          names: () => ["control.sock", lockName(TARGET), "supervise-worker-1.lock"],
          removeEmpty: () => assert.fail("it removed"),
          lock: () => assert.fail("it locked"),
          close: () => {},
        },
      make: () => assert.fail("it made a folder"),
    },
    mounts: {
      table: () => lines.join("\n"),
      ask: (path) => {
        asked.push(path);
        return Promise.resolve(answer);
      },
      detach: (path) => {
        const at = parseMountinfo(lines.join("\n")).findLastIndex((mount) => mount.path === path);
        lines.splice(at, 1);
        return Promise.resolve();
      },
    },
  };
}

const clean = (world: Scene, target?: string): Promise<number> =>
  cleanUp({ runFolder: RUN, target }, world, () => {});

Deno.test("a dead mount whose supervisor is no more goes, with all its layers; the volume stays", async () => {
  const again = `4 3 0:51 / ${TARGET} rw shared:3 - fuse.curvinefs curvinefs rw`;
  const world = scene([ROOT, VOLUME, DEAD, again]);
  assert.equal(await clean(world), 2);
  assert.deepEqual(world.lines, [ROOT, VOLUME]);
  assert.equal(await clean(world), 0);
});

Deno.test("while a supervisor lives nothing is even asked, dead or not", async () => {
  const world = scene([ROOT, VOLUME, DEAD], { locked: () => true });
  assert.equal(await clean(world, TARGET), 0);
  assert.deepEqual([world.lines.length, world.asked], [3, []]);
});

Deno.test("a supervisor that comes while the mount is asked decides for itself", async () => {
  let looks = 0;
  const world = scene([ROOT, VOLUME, DEAD], { locked: () => ++looks > 1 });
  assert.equal(await clean(world), 0);
  assert.equal(world.lines.length, 3);
});

Deno.test("a mount that answers, is slow, or cannot be asked stays", async () => {
  for (const answer of ["answers", "silent", "unknown"] as const) {
    const world = scene([ROOT, VOLUME, DEAD], { answer });
    assert.equal(await clean(world), 0);
    assert.equal(world.lines.length, 3, answer);
  }
});

Deno.test("what is not Curvine's is neither asked nor taken, dead or not", async () => {
  for (
    const other of [
      `3 2 0:50 / ${TARGET} rw - fuse.sshfs host: rw`,
      `3 2 0:60 / ${TARGET} rw - tmpfs tmpfs rw`,
      `3 2 0:50 / ${TARGET}/below rw - fuse.curvinefs curvinefs rw`,
      `3 2 0:50 / /runtime-mnt/cache/ai/other/cache-fuse rw - fuse.curvinefs curvinefs rw`,
    ]
  ) {
    const world = scene([ROOT, VOLUME, other]);
    assert.equal(await clean(world), 0);
    assert.deepEqual([world.lines.length, world.asked], [3, []]);
  }
});

Deno.test("a layer that the kernel keeps is not tried for ever", async () => {
  const world = scene([ROOT, VOLUME, DEAD]);
  const stuck = { ...world, mounts: { ...world.mounts, detach: () => Promise.resolve() } };
  assert.equal(await cleanUp({ runFolder: RUN, target: undefined }, stuck, () => {}), 1);
});

Deno.test("where no supervisor ever was, the target comes from the pod's name", async () => {
  const env = { POD_NAMESPACE: "ai", POD_NAME: "lake-client-x7k2p" };
  assert.equal(targetOfPod(env), TARGET);
  assert.equal(
    targetOfPod({ ...env, POD_NAME: "a-client-b-client-0" }),
    "/runtime-mnt/cache/ai/a-client-b/cache-fuse",
  );
  assert.equal(targetOfPod({ ...env, POD_NAME: "lake-worker-0" }), undefined);
  assert.equal(targetOfPod({ POD_NAME: "lake-client-x" }), undefined);
  const world = scene([ROOT, VOLUME, DEAD], { note: false });
  assert.equal(await clean(world), 0, "nobody said where");
  assert.equal(await clean(world, targetOfPod(env)), 1);
});

Deno.test("a lock's file names its target, and a server's none", () => {
  assert.equal(lockedTarget(`17             \n"/a \\"b\\"\\n"\n`), '/a "b"\n');
  for (const text of [undefined, "", "17\n", "17\nno json\n", '17\n"relative"\n', "17\n5\n"]) {
    assert.equal(lockedTarget(text), undefined);
  }
  assert.ok(isLockName(lockName("/a b/ü")));
  assert.ok(!isLockName("control.sock"));
});
