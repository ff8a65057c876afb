import assert from "node:assert/strict";
import {
  fingerprint,
  type MountRecord,
  type RecordedMount,
  recordOf,
} from "../../../lib/operate/mount_record.ts";
import type { MountRow } from "../../../lib/operate/mount_table.ts";
import { type MountOutcome, mountUfs } from "../../../lib/operate/mount_ufs.ts";
import type { NativeMount, WantedMount, WantedMounts } from "../../../lib/operate/wanted_mounts.ts";
import { ScriptedCli } from "../../support/scripted_cli.ts";

const SALT = "salt";

function mount(path: string, ufs: string, properties: Record<string, string> = {}): WantedMount {
  return {
    path,
    mountPoint: ufs,
    ufs,
    writeType: "cache_mode",
    flags: new Map([["access-mode", "read_only"], ["write-type", "cache_mode"]]),
    properties: new Map(Object.entries(properties)),
  };
}

function row(path: string, ufs: string, writeType = "cache_mode"): MountRow {
  const columns = new Map([["write type", writeType], ["access mode", "read_only"]]);
  return { id: path, path, ufs, columns };
}

function wanted(
  mounts: readonly WantedMount[],
  natives: readonly NativeMount[] = [],
): WantedMounts {
  return {
    mounts,
    natives,
    warnings: [],
    places: [
      ...mounts.map((target) => ({ reported: `${target.path}/`, target })),
      ...natives.map((target) => ({ reported: `${target.directory}/`, target })),
    ],
  };
}

interface Told extends MountOutcome {
  readonly calls: string[];
  readonly said: string[];
  readonly record: MountRecord;
  readonly tables: number;
}

/** Runs with a Curvine whose table is `tables`, one after the other, the last one for ever. */
async function reconcileWith(
  want: WantedMounts,
  tables: readonly (readonly MountRow[])[],
  recorded: readonly RecordedMount[] = [],
  answer: ScriptedCli["answer"] = () => ({}),
  remainingMs: () => number = () => 10_000,
): Promise<Told> {
  const cli = new ScriptedCli(answer);
  const said: string[] = [];
  let record: MountRecord = {
    dataset: "ns/ds",
    salt: SALT,
    mounts: new Map(recorded.map((one) => [one.path, one])),
  };
  let read = 0;
  const outcome = await mountUfs(want, {
    cli,
    table: () => Promise.resolve(tables[Math.min(read++, tables.length - 1)] ?? []),
    record,
    keepRecord: (kept) => void (record = kept),
    say: (message) => void said.push(message),
    remainingMs,
  });
  return { ...outcome, calls: cli.calls, said, record, tables: read };
}

const verbs = (calls: readonly string[]): string[] =>
  calls.map((call) =>
    call.startsWith("mount") ? call.includes("--update") ? "update" : "mount" : call
  );

Deno.test("mount-ufs: nothing wanted, nothing made, nobody asked", async () => {
  const told = await reconcileWith(wanted([]), [[]]);
  assert.deepEqual([told.mounted, told.failures, told.calls, told.tables], [[], [], [], 0]);
});

Deno.test("mount-ufs: a new mount is made, recorded and reported letter for letter", async () => {
  const one = mount("/a", "s3://b/a");
  const told = await reconcileWith(wanted([one]), [[], [row("/a", "s3://b/a")]]);
  assert.deepEqual([told.mounted, told.failures], [["/a/"], []]);
  assert.deepEqual(verbs(told.calls), ["mount"]);
  assert.equal(told.tables, 2, "only what Curvine shows afterwards is reported");
  assert.equal(told.record.mounts.get("/a")?.fingerprint, await fingerprint(one, SALT));
});

Deno.test("mount-ufs: a mount that is as wanted is kept, and the table read once", async () => {
  const one = mount("/a", "s3://b/a");
  const told = await reconcileWith(
    wanted([one]),
    [[row("/a", "s3://b/a")]],
    [await recordOf(one, SALT, true)],
  );
  assert.deepEqual([told.mounted, told.failures, told.calls, told.tables], [["/a/"], [], [], 1]);
  assert.match(told.said[0] ?? "", /\/a is mounted from s3:\/\/b\/a as wanted/);
});

Deno.test("mount-ufs: one that fails is not reported, is recorded as unknown, and the next is made", async () => {
  const [one, two] = [mount("/a", "s3://b/a", { k: "x=y" }), mount("/c", "s3://b/c")];
  const told = await reconcileWith(
    wanted([one, two]),
    [[], [row("/c", "s3://b/c")]],
    [],
    (call) => call.includes("/a") ? { code: 1, reason: "no bucket" } : {},
  );
  assert.deepEqual(told.mounted, ["/c/"]);
  assert.deepEqual(told.failures, [
    'Cannot mount /a from s3://b/a: no bucket (curvine-cli may not read values with "=" in them: k)',
    "/a is not mounted: Curvine's table does not have it",
  ]);
  assert.equal(told.record.mounts.get("/a")?.fingerprint, "");
});

Deno.test("mount-ufs: a cli that was stopped is no hint at its options", async () => {
  const one = mount("/a", "s3://b/a", { k: "x=y" });
  const told = await reconcileWith(wanted([one]), [[]], [], () => ({
    stopped: "limit",
    reason: "no answer in time",
  }));
  assert.equal(told.failures[0], "Cannot mount /a from s3://b/a: no answer in time");
});

Deno.test("mount-ufs: a mount whose options changed is updated; the failure says so", async () => {
  const one = mount("/a", "s3://b/a", { region: "new" });
  const known = { ...await recordOf(one, SALT, true), fingerprint: "old" };
  const rows = [row("/a", "s3://b/a")];
  const told = await reconcileWith(wanted([one]), [rows], [known]);
  assert.deepEqual([verbs(told.calls), told.mounted], [["update"], ["/a/"]]);
  const failed = await reconcileWith(wanted([one]), [rows], [known], () => ({ code: 1 }));
  assert.deepEqual(failed.failures, ["Cannot update /a from s3://b/a: exit 1"]);
  assert.deepEqual(failed.mounted, ["/a/"], "it is mounted all the same");
});

Deno.test("mount-ufs: what the dataset no longer has is unmounted and forgotten, others' is not", async () => {
  const gone = await recordOf(mount("/gone", "s3://b/gone"), SALT, true);
  const told = await reconcileWith(
    wanted([]),
    [[row("/gone", "s3://b/gone"), row("/theirs", "s3://t")], [row("/theirs", "s3://t")]],
    [gone],
  );
  assert.deepEqual(told.calls, ["umount /gone"]);
  assert.deepEqual([...told.record.mounts.keys()], []);
  assert(told.said.some((line) => line.startsWith("/theirs (s3://t) was not mounted for this")));
  const stuck = await reconcileWith(
    wanted([]),
    [[row("/gone", "s3://b/gone")]],
    [gone],
    () => ({ code: 1, reason: "busy" }),
  );
  assert.deepEqual(stuck.failures, ["Cannot unmount /gone: busy"]);
  assert.deepEqual([...stuck.record.mounts.keys()], ["/gone"], "it is tried again next time");
});

Deno.test("mount-ufs: a recorded mount that Curvine does not have is forgotten", async () => {
  const gone = await recordOf(mount("/gone", "s3://b/gone"), SALT, true);
  const told = await reconcileWith(wanted([]), [[]], [gone]);
  assert.deepEqual([told.calls, [...told.record.mounts.keys()], told.tables], [[], [], 1]);
});

Deno.test("mount-ufs: fs_mode is left as it is, reported, and what to do is said", async () => {
  const one = mount("/a", "s3://b/a");
  const told = await reconcileWith(wanted([one]), [[row("/a", "s3://other", "fs_mode")]]);
  assert.deepEqual([told.calls, told.failures, told.mounted], [[], [], ["/a/"]]);
  assert.match(told.said[0] ?? "", /^WARNING: \/a is left as it is: .*cv umount PATH/s);
  const dropped = await recordOf(mount("/old", "s3://b/old"), SALT, true);
  const left = await reconcileWith(wanted([]), [[row("/old", "s3://b/old", "fs_mode")]], [dropped]);
  assert.deepEqual(left.calls, []);
  assert.match(left.said[0] ?? "", /^WARNING: \/old .* left mounted/);
});

Deno.test("mount-ufs: what Curvine would refuse is said before it is asked", async () => {
  const told = await reconcileWith(
    wanted([mount("/a/b", "s3://x")]),
    [[row("/a", "s3://theirs")]],
  );
  assert.deepEqual(told.calls, []);
  assert.match(told.failures[0] ?? "", /^Cannot mount \/a\/b from s3:\/\/x: .*inside another/);
});

Deno.test("mount-ufs: another UFS is tried first; one that cannot be listed leaves the old mount", async () => {
  const one = mount("/a", "s3://new");
  const old = { ...await recordOf(one, SALT, true), ufs: "s3://old" };
  const rows = [row("/a", "s3://old")];
  const told = await reconcileWith(wanted([one]), [rows], [old], () => ({
    code: 1,
    reason: "no such bucket",
  }));
  assert.deepEqual(verbs(told.calls), ["update"]);
  assert.equal(
    told.failures[0],
    "Cannot replace /a, which stays mounted from s3://old: no such bucket",
  );
  assert.match(told.failures[1] ?? "", /still shows s3:\/\/old/);
  assert.deepEqual(told.mounted, []);
});

Deno.test("mount-ufs: another UFS that can be listed takes the old one's place", async () => {
  const one = mount("/a", "s3://new");
  const old = { ...await recordOf(one, SALT, true), ufs: "s3://old" };
  const before = [row("/a", "s3://old")];
  const after = [row("/a", "s3://new")];
  for (const refused of [false, true]) {
    const told = await reconcileWith(
      wanted([one]),
      refused ? [before, after] : [before, before, after],
      [old],
      (call) => refused && call.includes("--update") ? { code: 1, refusedByMaster: true } : {},
    );
    assert.deepEqual(verbs(told.calls), ["update", "umount /a", "mount"]);
    assert.deepEqual([told.mounted, told.failures], [["/a/"], []]);
    assert.equal(told.record.mounts.get("/a")?.ufs, "s3://new");
  }
});

Deno.test("mount-ufs: a Curvine that moves a mount by an update is not asked to unmount", async () => {
  const one = mount("/a", "s3://new");
  const old = { ...await recordOf(one, SALT, true), ufs: "s3://old" };
  const told = await reconcileWith(
    wanted([one]),
    [[row("/a", "s3://old")], [row("/a", "s3://new")]],
    [old],
  );
  assert.deepEqual([verbs(told.calls), told.mounted], [["update"], ["/a/"]]);
  assert.equal(told.record.mounts.get("/a")?.fingerprint, await fingerprint(one, SALT));
});

Deno.test("mount-ufs: nothing is taken away when too little time is left to make it anew", async () => {
  const one = mount("/a", "s3://new");
  const old = { ...await recordOf(one, SALT, true), ufs: "s3://old" };
  const replaced = async (left: readonly number[]): Promise<Told> => {
    const times = [...left];
    return await reconcileWith(
      wanted([one]),
      [[row("/a", "s3://old")]],
      [old],
      () => ({}),
      () => times.length > 1 ? times.shift() ?? 0 : times[0] ?? 0,
    );
  };
  // The try took 2 s: 5 s are wanted.
  assert.deepEqual(verbs((await replaced([6_999, 4_999])).calls), ["update"]);
  assert.match((await replaced([6_999, 4_999])).failures[0] ?? "", /too little time is left/);
  assert.deepEqual(verbs((await replaced([7_000, 5_000])).calls), ["update", "umount /a", "mount"]);
});

Deno.test("mount-ufs: a replacement that fails half-way says what is mounted now", async () => {
  const one = mount("/a", "s3://new");
  const old = { ...await recordOf(one, SALT, true), ufs: "s3://old" };
  const rows = [row("/a", "s3://old")];
  const stuck = await reconcileWith(
    wanted([one]),
    [rows],
    [old],
    (call) => call.startsWith("umount") ? { code: 1, reason: "busy" } : {},
  );
  assert.equal(stuck.failures[0], "Cannot unmount /a to mount it anew: busy");
  const lost = await reconcileWith(
    wanted([one]),
    [rows, rows, []],
    [old],
    (call) => verbs([call])[0] === "mount" ? { code: 1, reason: "gone" } : {},
  );
  assert.equal(
    lost.failures[0],
    "Cannot mount /a from s3://new: gone; /a is not mounted now",
  );
});

Deno.test("mount-ufs: an option that was taken back makes the mount anew without a try to move it", async () => {
  const one = mount("/a", "s3://b");
  const old = await recordOf(mount("/a", "s3://b", { gone: "1" }), SALT, true);
  const told = await reconcileWith(wanted([one]), [[row("/a", "s3://b")]], [old]);
  assert.deepEqual(verbs(told.calls), ["update", "umount /a", "mount"]);
  assert.equal(told.tables, 2, "the UFS is the same: there is no move to look for");
});

Deno.test("mount-ufs: a directory of Curvine's own is made, but neither the root nor inside a mount", async () => {
  const natives = [{ directory: "/own" }, { directory: "/" }, { directory: "/m/x" }];
  const told = await reconcileWith(wanted([], natives), [[row("/m", "s3://m")]]);
  assert.deepEqual(told.calls, ["fs mkdir -p /own"]);
  assert(told.said.some((line) => line.includes("/m/x lies in the mount /m (s3://m)")));
  assert.deepEqual([told.mounted, told.failures], [["/own/", "//", "/m/x/"], []]);
  const failed = await reconcileWith(wanted([], [{ directory: "/own" }]), [[]], [], () => ({
    code: 1,
  }));
  assert.deepEqual([failed.failures, failed.mounted], [[], ["/own/"]]);
  assert(failed.said.includes("WARNING: cannot make /own in Curvine: exit 1"));
  const root = await reconcileWith(wanted([], [{ directory: "/" }]), [[]]);
  assert.equal(root.tables, 0);
});
