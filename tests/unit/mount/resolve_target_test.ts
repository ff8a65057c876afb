import assert from "node:assert/strict";
import { CommandError } from "../../../lib/ports/command_error.ts";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import { resolveTarget } from "../../../lib/mount/resolve_target.ts";

function links(
  map: Record<string, string>,
  seen: string[] = [],
): (path: string) => string | undefined {
  return (path) => {
    seen.push(path);
    return map[path];
  };
}
const NONE = parseMountinfo("1 0 8:1 / / rw - ext4 d rw");

Deno.test("links on the way and at the end are followed", () => {
  const read = links({ "/var/run": "/run", "/run/a": "../data/./b", "/data/b": "c" });
  assert.equal(resolveTarget("/var/run/a/x", NONE, read), "/data/c/x");
  assert.equal(resolveTarget("/plain/x", NONE, read), "/plain/x");
});

Deno.test("nothing at or below a FUSE mount is ever read", () => {
  const seen: string[] = [];
  const mounts = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n2 1 0:9 / /a/b rw - fuse s rw");
  assert.equal(resolveTarget("/a/b/c/d", mounts, links({}, seen)), "/a/b/c/d");
  assert.deepEqual(seen, ["/a"]);
});

Deno.test("a loop of links is an error, not a hang", () => {
  const read = links({ "/a": "/b", "/b": "/a" });
  assert.throws(
    () => resolveTarget("/a/x", NONE, read),
    (error) =>
      error instanceof CommandError && error.exitCode === 71 &&
      /"\/a\/x".*links.*loop at "\/[ab]"/.test(error.message),
  );
});
