import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import type { MountRecord, RecordedMount } from "../../../lib/operate/mount_record.ts";
import type { MountRow } from "../../../lib/operate/mount_table.ts";
import { type MountAction, reconcile } from "../../../lib/operate/reconcile.ts";
import type { WantedMount } from "../../../lib/operate/wanted_mounts.ts";

function want(path: string, ufs: string, properties: Record<string, string> = {}): WantedMount {
  return {
    path,
    mountPoint: ufs,
    ufs,
    writeType: "cache_mode",
    flags: new Map(),
    properties: new Map(Object.entries(properties)),
  };
}

function has(
  path: string,
  ufs: string,
  access = "read_only",
  writeType = "cache_mode",
): MountRow {
  const columns = new Map([["access mode", access], ["write type", writeType]]);
  return { id: "1", path, ufs, columns };
}

function made(path: string, ufs: string, fingerprint = "f", options: string[] = []): RecordedMount {
  return { path, ufs, fingerprint, options };
}

function record(...mounts: readonly RecordedMount[]): MountRecord {
  return { dataset: "ai/lake", salt: "s", mounts: new Map(mounts.map((one) => [one.path, one])) };
}

const F = new Map([["/a", "f"], ["/b", "f"]]);

function kinds(actions: readonly MountAction[]): string[] {
  return actions.map((action) =>
    `${action.kind} ${"mount" in action ? action.mount.path : action.path}`
  );
}

Deno.test("reconcile: mounts what is missing, keeps what is right", () => {
  const wanted = [want("/a", "s3://a"), want("/b", "s3://b")];
  const actions = reconcile(wanted, F, [has("/a", "s3://a")], record(made("/a", "s3://a")));
  assert.deepEqual(kinds(actions), ["keep /a", "mount /b"]);
});

Deno.test("reconcile: updates when the options differ or are not known", () => {
  const rows = [has("/a", "s3://a")];
  for (const known of [[made("/a", "s3://a", "other")], [made("/a", "s3://a", "")], []]) {
    const actions = reconcile([want("/a", "s3://a")], F, rows, record(...known));
    assert.deepEqual(kinds(actions), ["update /a"]);
  }
});

Deno.test("reconcile: updates when the table shows another access mode", () => {
  const readOnly = { ...want("/a", "s3://a"), flags: new Map([["access-mode", "read_only"]]) };
  const known = record(made("/a", "s3://a"));
  const kindFor = (access: string): string[] =>
    kinds(reconcile([readOnly], F, [has("/a", "s3://a", access)], known));
  assert.deepEqual(kindFor("read_only"), ["keep /a"]);
  assert.deepEqual(kindFor("read_write"), ["update /a"]);
  const silent = { ...has("/a", "s3://a"), columns: new Map([["write type", "cache_mode"]]) };
  assert.deepEqual(kinds(reconcile([readOnly], F, [silent], known)), ["keep /a"]);
  const any = [want("/a", "s3://a")];
  assert.deepEqual(kinds(reconcile(any, F, [has("/a", "s3://a", "read_write")], known)), [
    "keep /a",
  ]);
});

Deno.test("reconcile: what is recorded of another UFS says nothing of this mount's options", () => {
  const rows = [has("/a", "s3://a")];
  const known = record(made("/a", "s3://before", "f", ["s3.region_name"]));
  assert.deepEqual(kinds(reconcile([want("/a", "s3://a")], F, rows, known)), ["update /a"]);
});

Deno.test("reconcile: replaces for another UFS and for an option taken back", () => {
  const rows = [has("/a", "s3://a")];
  assert.deepEqual(kinds(reconcile([want("/a", "s3://new")], F, rows, record())), ["replace /a"]);
  const known = record(made("/a", "s3://a", "f", ["s3.region_name"]));
  assert.deepEqual(kinds(reconcile([want("/a", "s3://a")], F, rows, known)), ["replace /a"]);
  const still = [want("/a", "s3://a", { "s3.region_name": "eu" })];
  assert.deepEqual(kinds(reconcile(still, F, rows, known)), ["keep /a"]);
});

Deno.test("reconcile: unmounts only what the record says we made, of that UFS, deepest first", () => {
  const rows = [
    has("/old", "s3://old"),
    has("/old/deep/er", "s3://deep"),
    has("/moved", "s3://somebody/elses"),
    has("/theirs", "s3://theirs"),
  ];
  const known = record(
    made("/old", "s3://old"),
    made("/old/deep/er", "s3://deep", ""),
    made("/moved", "s3://ours"),
  );
  assert.deepEqual(kinds(reconcile([], F, rows, known)), [
    "unmount /old/deep/er",
    "unmount /old",
    "foreign /moved",
    "foreign /theirs",
  ]);
});

Deno.test("reconcile: a mount in fs_mode stays, whatever is wanted of it", () => {
  const rows = [has("/a", "s3://a", "read_only", "fs_mode"), has("/b", "s3://b", "", "fs_mode")];
  const known = record(made("/a", "s3://a", "f", ["s3.region_name"]), made("/b", "s3://b"));
  const cached = want("/a", "s3://a");
  const kindsFor = (...wanted: WantedMount[]): string[] => kinds(reconcile(wanted, F, rows, known));
  assert.deepEqual(kindsFor(cached), ["leave-dropped /b", "leave /a"]);
  assert.deepEqual(kindsFor({ ...cached, ufs: "s3://new" }), ["leave-dropped /b", "leave /a"]);
  const own: WantedMount = { ...cached, writeType: "fs_mode" };
  assert.deepEqual(kindsFor(own), ["leave-dropped /b", "leave /a"]);
  const same = { ...own, properties: new Map([["s3.region_name", "eu"]]) };
  assert.deepEqual(kindsFor(same), ["leave-dropped /b", "keep /a"]);
  assert.deepEqual(kinds(reconcile([same], new Map(), rows, known)), [
    "leave-dropped /b",
    "update /a",
  ]);
});

Deno.test("reconcile: a table without the column of modes is taken at our word", () => {
  const row = { ...has("/a", "s3://a"), columns: new Map() };
  for (const writeType of ["cache_mode", "fs_mode"] as const) {
    const mount = { ...want("/a", "s3://a"), writeType };
    assert.deepEqual(kinds(reconcile([mount], F, [row], record(made("/a", "s3://a")))), [
      "keep /a",
    ]);
  }
});

Deno.test("reconcile: says what Curvine would refuse beside the mounts that stay", () => {
  const kindFor = (path: string, ufs: string, row: MountRow): string[] =>
    kinds(reconcile([want(path, ufs)], F, [row], record(made("/gone", "s3://gone"))))
      .filter((kind) => kind.endsWith(` ${path}`));
  assert.deepEqual(kindFor("/a/b", "s3://b", has("/a", "s3://a")), ["refused /a/b"]);
  assert.deepEqual(kindFor("/a", "s3://b", has("/a/b", "s3://a")), ["refused /a"]);
  assert.deepEqual(kindFor("/b", "s3://a/b", has("/a", "s3://a")), ["refused /b"]);
  assert.deepEqual(kindFor("/b", "s3://a", has("/a", "s3://a/b")), ["refused /b"]);
  assert.deepEqual(kindFor("/ab", "s3://ab", has("/a", "s3://a")), ["mount /ab"]);
  // What goes before it, or moves, is in nobody's way.
  assert.deepEqual(kindFor("/b", "s3://gone/x", has("/gone", "s3://gone")), ["mount /b"]);
});

Deno.test("reconcile: whatever it starts from, it never touches a mount nobody made for it", () => {
  const path = fc.constantFrom("/a", "/b", "/c", "/a2", "/a/b");
  const ufs = fc.constantFrom("s3://x", "s3://y");
  const mode = fc.constantFrom("cache_mode" as const, "fs_mode" as const);
  const pairs = fc.uniqueArray(fc.tuple(path, ufs, mode), { selector: ([one]) => one });
  fc.assert(fc.property(pairs, pairs, pairs, (wanted, rows, ours) => {
    const known = record(...ours.map(([at, from]) => made(at, from)));
    const actions = reconcile(
      wanted.map(([at, from, writeType]) => ({ ...want(at, from), writeType })),
      F,
      rows.map(([at, from, writeType]) => has(at, from, "read_only", writeType)),
      known,
    );
    // Every wanted path and every row is spoken of exactly once.
    assert.deepEqual(
      kinds(actions).map((kind) => kind.split(" ")[1]).sort(),
      [...new Set([...wanted, ...rows].map(([at]) => at))].sort(),
    );
    for (const action of actions) {
      if (action.kind === "unmount") {
        assert.equal(known.mounts.get(action.path)?.ufs, action.ufs);
        assert(!wanted.some(([at]) => at === action.path));
      }
      if (action.kind === "unmount" || action.kind === "replace") {
        const at = "mount" in action ? action.mount.path : action.path;
        assert(rows.some(([path, , writeType]) => path === at && writeType === "cache_mode"));
      }
    }
  }));
});

Deno.test("reconcile: a mode that is spelt otherwise, or that nobody knows, is never taken for cache_mode", () => {
  const ours = record(made("/a", "s3://a"), made("/b", "s3://b"));
  for (const mode of ["FsMode", "FS_MODE", "fs-mode", "write_through"]) {
    const rows = [has("/a", "s3://a", "read_only", mode), has("/b", "s3://b", "", mode)];
    const actions = reconcile([want("/a", "s3://x")], F, rows, ours);
    assert.deepEqual(
      kinds(actions).map((one) => one.split(" ", 1)[0]),
      ["leave-dropped", "leave"],
      mode,
    );
  }
  const cached = [
    has("/a", "s3://a", "READ_ONLY", "CacheMode"),
    has("/b", "s3://b", "", "CACHE_MODE"),
  ];
  const wanted = { ...want("/a", "s3://a"), flags: new Map([["access-mode", "read_only"]]) };
  assert.deepEqual(
    kinds(reconcile([wanted], F, cached, ours)).map((one) => one.split(" ", 1)[0]),
    ["unmount", "keep"],
  );
});
