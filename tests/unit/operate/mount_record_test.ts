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
