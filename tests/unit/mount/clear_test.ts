import assert from "node:assert/strict";
import { type MountAnswer, NO_LESSON } from "../../../lib/ports/mounts.ts";
import { clearMounts } from "../../../lib/mount/clear.ts";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import type { Mounts } from "../../../lib/ports/mounts.ts";
import { numberedBelow } from "../../../lib/mount/topmost_layer.ts";

/** A kernel of our own: lines of a table, of which a detach takes the last at a path. */
function fakeMounts(
  lines: string[],
  { answer = "unknown" as MountAnswer, stuck = false, mayMount = true } = {},
): Mounts & { asked: string[]; lines: string[] } {
  const asked: string[] = [];
  const detach = (path: string): Promise<void> => {
    const index = parseMountinfo(lines.join("\n")).findLastIndex((mount) => mount.path === path);
    if (index >= 0 && !stuck) lines.splice(index, 1);
    return Promise.resolve();
  };
  return {
    asked,
    lines,
    table: () => lines.join("\n"),
    detach,
    unmount: detach,
    ask: (path) => {
      asked.push(path);
      return Promise.resolve(answer);
    },
    walk: () => Promise.resolve(false),
    teach: () => NO_LESSON,
    mayMount: () => mayMount,
  };
}

const ROOT = "1 0 8:1 / / rw - ext4 /dev/vda rw";
const BASE = "2 1 8:1 /host /m rw shared:1 - ext4 /dev/vda rw";

Deno.test("three stacked layers of ours go, the volume below stays", async () => {
  const mounts = fakeMounts([
    ROOT,
    BASE,
    "3 2 0:50 / /m rw - fuse.curvinefs curvinefs rw",
    "4 3 0:51 / /m rw - fuse.curvinefs curvinefs rw",
    "5 4 0:52 / /m rw - fuse.curvinefs curvinefs rw",
  ]);
  const ownDevices = new Set(["0:50", "0:51", "0:52"]);
  const { cleared, obstacle } = await clearMounts("/m", mounts, { ownDevices });
  assert.equal(obstacle, undefined);
  assert.deepEqual(cleared.map(({ mount }) => mount.device), ["0:52", "0:51", "0:50"]);
  assert.deepEqual(mounts.lines, [ROOT, BASE]);
  assert.deepEqual(mounts.asked, [], "ours are known by the table alone");
});

Deno.test("a FUSE mount of unknown origin is asked: stale goes, live and silent stay", async () => {
  const sshfs = "3 2 0:50 / /m rw - fuse.sshfs host: rw";
  const stale = fakeMounts([ROOT, BASE, sshfs], { answer: "stale" });
  assert.equal((await clearMounts("/m", stale)).cleared[0]?.kind, "stale");
  assert.deepEqual(stale.lines, [ROOT, BASE]);
  for (const answer of ["answers", "silent", "unknown"] as const) {
    const mounts = fakeMounts([ROOT, BASE, sshfs], { answer });
    const { obstacle } = await clearMounts("/m", mounts);
    assert.equal(obstacle?.kind, "foreign");
    assert.match(obstacle.message, /"\/m".*fuse\.sshfs.*"host:".*unmount it/);
    assert.deepEqual(mounts.lines, [ROOT, BASE, sshfs]);
  }
});

Deno.test("a Curvine client's mount is another's until it is known to be dead", async () => {
  const client = "3 2 0:50 / /m rw - fuse.curvinefs curvinefs rw";
  for (const answer of ["answers", "silent", "unknown"] as const) {
    const mounts = fakeMounts([ROOT, BASE, client], { answer });
    const { obstacle } = await clearMounts("/m", mounts);
    assert.equal(obstacle?.kind, "neighbour", answer);
    assert.match(obstacle.message, /"\/m".*fuse-sidecar\.fluid\.io\/host-mount-path-mode/);
    assert.deepEqual(mounts.lines, [ROOT, BASE, client]);
  }
  const dead = fakeMounts([ROOT, BASE, client], { answer: "stale" });
  assert.deepEqual((await clearMounts("/m", dead)).cleared.map(({ kind }) => kind), ["stale"]);
  assert.deepEqual(dead.lines, [ROOT, BASE]);
});

const VOLUMES: [what: string, lines: string[], isVolume: boolean][] = [
  [
    "a volume that is itself a dead mount",
    ["1 0 8:1 / / rw - overlay o rw", "3 1 0:50 / /m rw shared:7 - fuse.curvinefs curvinefs rw"],
    true,
  ],
  [
    "the same as a slave, in a container whose root is one",
    [
      "1 0 8:1 / / rw master:1 - overlay o rw",
      "3 1 0:50 / /m rw master:7 - fuse.curvinefs curvinefs rw",
    ],
    true,
  ],
  [
    "a leftover on a volume",
    [ROOT, BASE, "3 2 0:50 / /m rw shared:7 - fuse.curvinefs curvinefs rw"],
    false,
  ],
  [
    "a leftover in a shared folder above the target",
    [
      ROOT,
      "2 1 8:1 /h / rw shared:1 - ext4 d rw",
      "3 2 0:50 / /m rw shared:7 - fuse.curvinefs c rw",
    ],
    false,
  ],
  [
    "a leftover on a machine without propagation",
    [ROOT, "3 1 0:50 / /m rw - fuse.curvinefs curvinefs rw"],
    false,
  ],
];

for (const [what, lines, isVolume] of VOLUMES) {
  Deno.test(`${what} is ${isVolume ? "left alone, with what cures it" : "detached"}`, async () => {
    const mounts = fakeMounts([...lines], { answer: "stale" });
    const { obstacle } = await clearMounts("/m", mounts);
    assert.equal(obstacle?.kind, isVolume ? "volume" : undefined);
    assert.equal(mounts.lines.length, lines.length - (isVolume ? 0 : 1));
    if (isVolume) assert.match(obstacle?.message ?? "", /janitor.*umount -l "\/m" on the node/);
  });
}

Deno.test("a device that a daemon of ours mounted is ours, and nobody asks it", async () => {
  const mounts = fakeMounts([ROOT, "3 1 0:50 / /m rw - fuse bindfs rw"], { answer: "answers" });
  await clearMounts("/m", mounts, { ownDevices: new Set(["0:50"]) });
  assert.deepEqual(mounts.lines, [ROOT]);
  assert.deepEqual(mounts.asked, []);
});

Deno.test("a live mount of another kind on top of a FUSE layer is refused", async () => {
  const mounts = fakeMounts([
    ROOT,
    "3 1 0:50 / /m rw - fuse.curvinefs curvinefs rw",
    "4 3 0:60 / /m rw - tmpfs tmpfs rw",
  ]);
  const { obstacle } = await clearMounts("/m", mounts);
  assert.equal(obstacle?.kind, "foreign");
  assert.equal(mounts.lines.length, 3);
});

Deno.test("a plain volume at the target is no obstacle and stays", async () => {
  const mounts = fakeMounts([ROOT, BASE, "3 2 0:60 / /m rw - tmpfs tmpfs rw"]);
  assert.deepEqual(await clearMounts("/m", mounts), { cleared: [] });
  assert.equal(mounts.lines.length, 3);
});

Deno.test("mnt-0 to mnt-N inside the target are cleared, other mounts inside are not", async () => {
  const other = "6 1 0:53 / /m/other rw - fuse.curvinefs curvinefs rw";
  const mounts = fakeMounts([
    ROOT,
    "3 1 0:50 / /m/mnt-0 rw - fuse.curvinefs curvinefs rw",
    "4 1 0:51 / /m/mnt-12 rw - fuse.curvinefs curvinefs rw",
    other,
  ], { answer: "stale" });
  await clearMounts("/m", mounts);
  assert.deepEqual(mounts.lines, [ROOT, other]);
});

Deno.test("mnt-N is told from names that only look like it", () => {
  const paths = ["/m/mnt-0", "/m/mnt-", "/m/mnt-1x", "/m/mnt-1/x", "/m2/mnt-1"];
  const table = parseMountinfo(paths.map((path) => `3 1 0:5 / ${path} rw - fuse s rw`).join("\n"));
  assert.deepEqual(numberedBelow(table, "/m"), ["/m/mnt-0"]);
});

Deno.test("a mount that the kernel keeps ends the loop with the reason", async () => {
  const line = "3 1 0:50 / /m rw - fuse.curvinefs curvinefs rw";
  const stuck = await clearMounts("/m", fakeMounts([ROOT, line], { answer: "stale", stuck: true }));
  assert.equal(stuck.obstacle?.kind, "failed");
  const powerless = fakeMounts([ROOT, line], {
    answer: "stale",
    stuck: true,
    mayMount: false,
  });
  assert.match((await clearMounts("/m", powerless)).obstacle?.message ?? "", /CAP_SYS_ADMIN/);
});

Deno.test("with any, a live foreign FUSE mount goes too, but never a plain one", async () => {
  const mounts = fakeMounts([ROOT, BASE, "3 2 0:50 / /m rw - fuse.sshfs h rw"]);
  await clearMounts("/m", mounts, { any: true });
  assert.deepEqual(mounts.lines, [ROOT, BASE]);
  assert.deepEqual(mounts.asked, []);
});

const OWN = { ownDevices: new Set(["0:50", "0:51"]) };

Deno.test("a mount that the kernel keeps is asked to go once, not again and again", async () => {
  const mounts = fakeMounts([ROOT, "3 1 0:50 / /m rw - fuse.curvinefs curvinefs rw"], {
    stuck: true,
  });
  let calls = 0;
  const counting = { ...mounts, detach: () => Promise.resolve(void calls++) };
  const { cleared } = await clearMounts("/m", counting, OWN);
  assert.deepEqual([calls, cleared], [1, []]);
});

Deno.test("a mount that takes the place of the last one is another, whatever it shares with it", async () => {
  const first = "3 1 0:50 / /m rw - fuse.curvinefs curvinefs rw";
  // The kernel gives numbers out again; a daemon that mounts at once may get them.
  for (
    const second of [
      "4 1 0:50 / /m rw - fuse.curvinefs curvinefs rw",
      "3 1 0:51 / /m rw - fuse.curvinefs curvinefs rw",
      "3 1 0:50 / /m/mnt-1 rw - fuse.curvinefs curvinefs rw",
    ]
  ) {
    const waiting = [second];
    const mounts = fakeMounts([ROOT, first]);
    const { cleared, obstacle } = await clearMounts("/m", {
      ...mounts,
      detach: (path) => {
        mounts.lines.splice(1, 1, ...waiting.splice(0));
        return Promise.resolve(void path);
      },
    }, OWN);
    assert.equal(obstacle, undefined, second);
    assert.equal(cleared.length, 2, second);
  }
});

Deno.test("a target that is mounted on again and again is given up", async () => {
  let id = 3;
  const { obstacle } = await clearMounts("/m", {
    ...fakeMounts([]),
    table: () => `${ROOT}\n${id} 1 0:50 / /m rw - fuse.curvinefs curvinefs rw`,
    detach: () => Promise.resolve(void id++),
  }, OWN);
  assert.equal(obstacle?.kind, "failed");
});

Deno.test("gently, a mount is unmounted and never detached; a busy one stays", async () => {
  const line = "3 1 0:50 / /m rw - fuse.curvinefs curvinefs rw";
  const { obstacle } = await clearMounts("/m", {
    ...fakeMounts([ROOT, line]),
    unmount: () => Promise.resolve(),
    detach: () => assert.fail("detached"),
  }, { ...OWN, gently: true });
  assert.match(obstacle?.message ?? "", /"\/m": it is busy$/);
  const hard = await clearMounts("/m", {
    ...fakeMounts([ROOT, line], { stuck: true }),
    unmount: () => assert.fail("unmounted"),
  }, OWN);
  assert.match(hard.obstacle?.message ?? "", /the kernel keeps it/);
});

Deno.test("another client's mount is told by Curvine's type, or by its source", async () => {
  for (const name of ["fuse.curvinefs any", "fuse curvinefs"]) {
    const mounts = fakeMounts([ROOT, `3 1 0:50 / /m rw - ${name} rw`], { answer: "answers" });
    assert.equal((await clearMounts("/m", mounts)).obstacle?.kind, "neighbour", name);
  }
  const mounts = fakeMounts([ROOT, "3 1 0:50 / /m rw - fuse any rw"], { answer: "answers" });
  assert.equal((await clearMounts("/m", mounts)).obstacle?.kind, "foreign");
});
