import assert from "node:assert/strict";
import {
  fingerprint,
  readMountRecord,
  recordOf,
  withMount,
  writeMountRecord,
} from "../../../lib/operate/mount_record.ts";

const MOUNT = {
  path: "/a",
  mountPoint: "s3://b/a",
  ufs: "s3://b/a",
  writeType: "fs_mode" as const,
  flags: new Map([["write-type", "fs_mode"]]),
  properties: new Map([["s3.credentials.secret", "canary-secret"]]),
};

Deno.test("mount record: reads what it wrote, and holds no secret", async () => {
  const empty = readMountRecord(undefined, "ai/lake", "salt");
  const record = withMount(empty, "/a", await recordOf(MOUNT, "salt", true));
  const text = writeMountRecord(record);
  assert.deepEqual(readMountRecord(text, "ai/lake", "unused"), record);
  assert(!text.includes("canary"));
  assert.match(text, /s3\.credentials\.secret/);
});

Deno.test("mount record: another dataset's, a damaged or a newer one counts as none", () => {
  const text = writeMountRecord({ dataset: "ai/lake", salt: "s", mounts: new Map() });
  for (
    const bad of ["", "{", "[]", "null", text.replace(":1", ":2"), text.replace("lake", "sea")]
  ) {
    assert.deepEqual(readMountRecord(bad, "ai/lake", "new"), {
      dataset: "ai/lake",
      salt: "new",
      mounts: new Map(),
    });
  }
});

Deno.test("mount record: a fingerprint tells values and salts apart", async () => {
  const changed = { ...MOUNT, properties: new Map([["s3.credentials.secret", "other"]]) };
  const prints = await Promise.all([
    fingerprint(MOUNT, "s"),
    fingerprint(changed, "s"),
    fingerprint(MOUNT, "t"),
  ]);
  assert.equal(new Set(prints).size, 3);
  assert.equal(prints[0], await fingerprint({ ...MOUNT }, "s"));
});

Deno.test("mount record: entries that are not whole are left out, whole ones stay", () => {
  const whole = { path: "/a", ufs: "s3://b", options: ["x"], fingerprint: "f" };
  const damaged = [
    null,
    3,
    { ...whole, path: 1 },
    { ...whole, ufs: undefined },
    { ...whole, fingerprint: 2 },
    { ...whole, options: "x" },
    { ...whole, options: ["x", 1] },
  ];
  const text = (mounts: unknown, salt: unknown = "s", dataset = "ai/lake"): string =>
    JSON.stringify({ version: 1, dataset, salt, mounts });
  const read = (written: string): ReturnType<typeof readMountRecord> =>
    readMountRecord(written, "ai/lake", "new");
  assert.deepEqual(read(text([...damaged, whole])), {
    dataset: "ai/lake",
    salt: "s",
    mounts: new Map([["/a", whole]]),
  });
  for (const none of [text({}), text([whole], 7), text([whole], "s", "ai/sea")]) {
    assert.deepEqual(read(none), { dataset: "ai/lake", salt: "new", mounts: new Map() });
  }
});

Deno.test("mount record: what Curvine has not yet said is without a fingerprint", async () => {
  const known = await recordOf(MOUNT, "s", true);
  const unknown = await recordOf(MOUNT, "s", false);
  assert.equal(unknown.fingerprint, "");
  assert.match(known.fingerprint, /^[0-9a-f]{64}$/);
  assert.deepEqual(known.options, ["write-type", "s3.credentials.secret"]);
});

Deno.test("mount record: a mount is put in, replaced and taken out; the old record stays", async () => {
  const empty = readMountRecord(undefined, "ai/lake", "s");
  const first = withMount(empty, "/a", await recordOf(MOUNT, "s", false));
  const second = withMount(first, "/a", await recordOf(MOUNT, "s", true));
  assert.equal(empty.mounts.size, 0);
  assert.equal(first.mounts.get("/a")?.fingerprint, "");
  assert.notEqual(second.mounts.get("/a")?.fingerprint, "");
  assert.equal(withMount(second, "/a", undefined).mounts.size, 0);
});
