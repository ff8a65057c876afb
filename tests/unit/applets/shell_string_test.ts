import assert from "node:assert/strict";
import fc from "fast-check";
import { readShellString } from "../../../lib/applets/shell_string.ts";

Deno.test("shell string: every string of Fluid's, with any spacing", () => {
  assert.deepEqual(readShellString("time  /check-mount.sh /runtime-mnt/thin/ai/lake fuse  sub/a"), {
    kind: "check-mount",
    folder: "/runtime-mnt/thin/ai/lake",
    type: "fuse",
    below: "sub/a",
    timed: true,
  });
  assert.equal(readShellString("/check-mount.sh /a fuse ")?.kind, "check-mount");
  for (const text of ["df --block-size=1 |grep /a", " df --block-size=1|grep  /a "]) {
    assert.deepEqual(readShellString(text), { kind: "disk-usage", target: "/a" });
  }
  for (const text of ["ls -lR /a |grep ^- |wc -l ", "ls  -lR /a|grep ^-|wc -l"]) {
    assert.deepEqual(readShellString(text), { kind: "count-files", target: "/a" });
  }
  assert.deepEqual(readShellString("/app/curvine/mountUfs.sh"), {
    kind: "script",
    name: "mountUfs.sh",
  });
});

Deno.test("shell string: quoted paths are the paths", () => {
  for (
    const quoted of ["$'/a b/\\'c\\''", `"/a b/'c'"`, `'/a b/'"'c'"`, "$'\\x2fa\\040b/\\'c\\''"]
  ) {
    assert.deepEqual(readShellString(`df --block-size=1 |grep ${quoted}`), {
      kind: "disk-usage",
      target: "/a b/'c'",
    });
  }
});

Deno.test("shell string: whatever only a shell could do is refused", () => {
  for (
    const text of [
      "",
      "ls",
      "ls -lR /a",
      "ls -lR /a /b |grep ^- |wc -l ",
      "ls -lR /a |grep ^- |wc -l ; id",
      "ls -lR $(id) |grep ^- |wc -l ",
      "ls -lR `id` |grep ^- |wc -l ",
      'df --block-size=1 |grep "$HOME"',
      "df --block-size=1 || grep /a",
      "df --block-size=1 |& grep /a",
      "df --block-size=1 |grep /a > /b",
      "df --block-size=1 |grep /a &",
      "df --block-size=1 |grep /a # no",
      "df --block-size=1 |grep",
      "df --block-size=1 |grep ''",
      "df --block-size=1 |grep /a |wc -l",
      "time mountUfs.sh",
      "mountUfs.sh --help",
      "/check-mount.sh /a",
      "umount /a",
      "X=1 mountUfs.sh",
    ]
  ) assert.equal(readShellString(text), undefined, text);
});

Deno.test("shell string: no text makes it throw, and no target holds what was not quoted", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const found = readShellString(`df --block-size=1 |grep ${text}`);
    if (found?.kind === "disk-usage" && !/['"]/.test(text)) {
      assert(!/[\s;&|<>$`()]/.test(found.target), found.target);
    }
  }));
});
