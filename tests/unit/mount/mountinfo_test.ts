import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { isFuse, parseMountinfo, unescapeField } from "../../../lib/mount/mountinfo.ts";

Deno.test("a line gives every field, optional fields included", () => {
  const [mount] = parseMountinfo(
    "36 35 0:98 /sub /mnt/a rw,noatime master:1 shared:7 - fuse.curvinefs curvinefs rw,user_id=0\n",
  );
  assert.deepEqual(mount, {
    id: 36,
    parent: 35,
    device: "0:98",
    root: "/sub",
    path: "/mnt/a",
    options: ["rw", "noatime"],
    propagation: ["master:1", "shared:7"],
    type: "fuse.curvinefs",
    source: "curvinefs",
  });
});

Deno.test("escaped spaces, tabs, newlines, hashes and backslashes are decoded once", () => {
  const [mount] = parseMountinfo(
    "36 35 0:98 / /m\\040t/a\\011b\\012c\\043d\\134040 rw - fuse a\\040b rw\n",
  );
  assert.equal(mount?.path, "/m t/a\tb\nc#d\\040");
  assert.equal(mount.source, "a b");
});

Deno.test("an empty source does not shift the fields", () => {
  const [mount] = parseMountinfo("36 35 0:98 / /m rw - fuse  rw\n");
  assert.equal(mount?.type, "fuse");
  assert.equal(mount.source, "");
});

Deno.test("nonsense lines and a missing last newline do no harm", () => {
  const mounts = parseMountinfo(
    "garbage\n\n1 2\nx y 0:1 / /m rw - fuse s rw\n36 35 0:98 / /m rw - fuse s rw",
  );
  assert.deepEqual(mounts.map((mount) => mount.path), ["/m"]);
});

Deno.test("whatever the kernel escapes comes back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (path) => {
    const escaped = path.replace(
      /[ \t\n\\#]/g,
      (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`,
    );
    assert.equal(unescapeField(escaped), path);
  }));
});

Deno.test("the parser survives any text", () => {
  fc.assert(fc.property(fc.string(), (text) => void parseMountinfo(text)));
});

Deno.test("FUSE is told by its type", () => {
  const types = ["fuse", "fuse.curvinefs", "fuseblk", "fusectl", "ext4", "fusex"];
  const lines = types.map((type) => `36 35 0:98 / /m rw - ${type} s rw`).join("\n");
  assert.deepEqual(parseMountinfo(lines).map(isFuse), [true, true, true, false, false, false]);
});

Deno.test("who changes what was parsed changes nobody else's", () => {
  const text = "1 0 8:1 / / rw - ext4 d rw\n9 1 0:9 / /m rw - fuse s rw";
  parseMountinfo(text).reverse().pop();
  assert.deepEqual(parseMountinfo(text).map(({ id }) => id), [1, 9]);
  assert.deepEqual(parseMountinfo(`${text}\n10 9 0:9 / /m rw - fuse s rw`).map(({ id }) => id), [
    1,
    9,
    10,
  ]);
  assert.deepEqual(parseMountinfo(""), []);
});
