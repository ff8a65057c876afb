import assert from "node:assert/strict";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import { layersAt, mountsOnTheWay, tidyPath } from "../../../lib/mount/mount_path.ts";

const table = (lines: string): ReturnType<typeof parseMountinfo> => parseMountinfo(lines);

Deno.test("a path is tidied by its text", () => {
  assert.equal(tidyPath("//a/./b/../c/"), "/a/c");
  assert.equal(tidyPath("/.."), "/");
});

Deno.test("a stack is listed from the lowest to the topmost, whatever the order of the table", () => {
  const mounts = table(
    "3 2 0:3 / /m rw - fuse b rw\n1 0 8:1 / / rw - ext4 d rw\n4 3 0:4 / /m rw - fuse c rw\n2 1 8:2 / /m rw - ext4 a rw",
  );
  assert.deepEqual(layersAt(mounts, "/m").map((mount) => mount.source), ["a", "b", "c"]);
});

Deno.test("a mount hidden below another one is not on the way", () => {
  const mounts = table(
    "1 0 8:1 / / rw - ext4 d rw\n2 1 8:2 / /a/b rw - ext4 hidden rw\n3 1 8:3 / /a rw - tmpfs cover rw",
  );
  assert.deepEqual(mountsOnTheWay(mounts, "/a/b").map((mount) => mount.source), ["d", "cover"]);
  assert.deepEqual(layersAt(mounts, "/a/b"), []);
});

Deno.test("a name that only begins the same is another path", () => {
  const mounts = table("1 0 8:1 / / rw - ext4 d rw\n2 1 0:2 / /data rw - fuse x rw");
  assert.deepEqual(layersAt(mounts, "/data2"), []);
  assert.deepEqual(mountsOnTheWay(mounts, "/data2").map((mount) => mount.source), ["d"]);
});

Deno.test("a table without a root, as in a chroot, still shows the way", () => {
  const mounts = table("7 5 0:2 / /m rw - fuse x rw\n8 7 0:3 / /m rw - fuse y rw");
  assert.deepEqual(layersAt(mounts, "/m").map((mount) => mount.source), ["x", "y"]);
});

Deno.test("a table whose parents form a loop ends", () => {
  const mounts = table("1 2 8:1 / / rw - ext4 d rw\n2 1 8:1 / / rw - ext4 d rw");
  assert.deepEqual(mountsOnTheWay(mounts, "/m"), []);
});
