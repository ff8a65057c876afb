import assert from "node:assert/strict";
import fc from "fast-check";
import type { MountRecord, RecordedMount } from "../../../lib/operate/mount_record.ts";
import type { MountRow } from "../../../lib/operate/mount_table.ts";
import { type Action, reconcile } from "../../../lib/operate/reconcile.ts";
import type { WantedMount } from "../../../lib/operate/wanted_mounts.ts";

function want(path: string, ufs: string, properties: Record<string, string> = {}): WantedMount {
  return {
    path,
    mountPoint: ufs,
    ufs,
    flags: new Map(),
    properties: new Map(Object.entries(properties)),
  };
}

function has(path: string, ufs: string, access = "read_only"): MountRow {
  return { id: "1", path, ufs, columns: new Map([["access mode", access]]) };
}

function made(path: string, ufs: string, fingerprint = "f", options: string[] = []): RecordedMount {
  return { path, ufs, fingerprint, options };
}

function record(...mounts: readonly RecordedMount[]): MountRecord {
  return { dataset: "ai/lake", salt: "s", mounts: new Map(mounts.map((one) => [one.path, one])) };
}

const F = new Map([["/a", "f"], ["/b", "f"]]);

function kinds(actions: readonly Action[]): string[] {
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

Deno.test("reconcile: whatever it starts from, it never touches a mount nobody made for it", () => {
  const path = fc.constantFrom("/a", "/b", "/c", "/a2", "/a/b");
  const ufs = fc.constantFrom("s3://x", "s3://y");
  const pairs = fc.uniqueArray(fc.tuple(path, ufs), { selector: ([one]) => one });
  fc.assert(fc.property(pairs, pairs, pairs, (wanted, rows, ours) => {
    const known = record(...ours.map(([at, from]) => made(at, from)));
    const actions = reconcile(
      wanted.map(([at, from]) => want(at, from)),
      F,
      rows.map(([at, from]) => has(at, from)),
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
    }
  }));
});
