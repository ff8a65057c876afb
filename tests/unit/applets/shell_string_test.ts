import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { anyText } from "../../support/any_text.ts";
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

Deno.test("shell string: the postStart of every Fluid, its output's end too", () => {
  const known = { kind: "check-mount", folder: "/a/b", type: "fuse", below: "", timed: true };
  for (
    const text of [
      // 1.0.8 and later; 1.0.0 to 1.0.7; 0.7 and 0.8.
      "time /check-mount.sh /a/b fuse ",
      "time /check-mount.sh /a/b fuse  >> /proc/1/fd/1",
      "time /check-mount.sh /a/b fuse >>/proc/1/fd/1",
    ]
  ) assert.deepEqual(readShellString(text), known, text);
  for (const end of ["", " >> /proc/1/fd/1"]) {
    for (
      const below of [
        "数据",
        "v1{x}",
        "a#b",
        "a/b c",
        "é",
        "x=y",
        "a,b",
        "100%",
        "a[1]",
        "{x}",
        "v{1..}",
        "a$",
        "a$/b$.c",
        "$",
      ]
    ) {
      assert.deepEqual(
        readShellString(`time /check-mount.sh /a/b fuse ${below}${end}`),
        { ...known, below },
        below,
      );
    }
  }
  assert.deepEqual(readShellString("time /check-mount.sh >> /proc/1/fd/1"), {
    kind: "check-device",
    timed: true,
  });
});

Deno.test("shell string: the preStop of a ThinRuntime up to Fluid 1.0.6", () => {
  assert.deepEqual(readShellString("umount /runtime-mnt/thin/ai/lake/thin-fuse"), {
    kind: "umount",
    args: ["/runtime-mnt/thin/ai/lake/thin-fuse"],
  });
});

Deno.test("shell string: what Fluid lets be piped", () => {
  for (
    const [text, source, args, filters] of [
      ["mount |grep fuse", "mount", [], 1],
      ["mount |grep curvinefs |wc -l", "mount", [], 2],
      ["ls -lR /a /b |grep ^- |wc -l ", "ls", ["-lR", "/a", "/b"], 2],
      ["df --block-size=1 |grep /a |wc -l", "df", ["--block-size=1"], 2],
      ["df --block-size=1 /a |grep -v Filesystem", "df", ["--block-size=1", "/a"], 1],
      ["ls /a |wc -l", "ls", ["/a"], 1],
      ["ls /a |grep -E 'x|y*'", "ls", ["/a"], 1],
    ] as const
  ) {
    const found = readShellString(text);
    assert.equal(found?.kind, "pipeline", text);
    if (found?.kind !== "pipeline") continue;
    assert.deepEqual([found.source, found.args, found.filters.length], [source, args, filters]);
  }
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
      "df --block-size=1 |tail -n1",
      "df --block-size=1 |grep /a >> /b",
      "df --block-size=1 |grep /a /b",
      "df --block-size=1 |wc",
      "cat /a |grep b",
      "ls /a/* |wc -l",
      "ls /{a,b} |wc -l",
      "ls /{1..3} |wc -l",
      "ls ~/a |wc -l",
      "ls /a |",
      "| wc -l",
      "time mountUfs.sh",
      "mountUfs.sh --help",
      "/check-mount.sh /a",
      "/check-mount.sh /a fuse >> /etc/passwd",
      "/check-mount.sh /a fuse >> /proc/1/fd/1 x",
      "/check-mount.sh /a fuse >>",
      "/check-mount.sh /a fuse > /proc/1/fd/1",
      "/check-mount.sh /a fuse x{a,b}",
      "/check-mount.sh /a fuse #x",
      "/check-mount.sh /a fuse x;y",
      "/check-mount.sh /a fuse x$y",
      "/check-mount.sh /a fuse x$?",
      "/check-mount.sh /a fuse\nreboot",
      "umount /a\n/b",
      "umount",
      "umount /a && umount /b",
      "umount /a/*",
      "time umount /a",
      "X=1 mountUfs.sh",
    ]
  ) assert.equal(readShellString(text), undefined, text);
});

Deno.test("shell string: no text makes it throw, and no target holds what was not quoted", () => {
  fc.assert(fc.property(anyText(), (text) => {
    const found = readShellString(`df --block-size=1 |grep ${text}`);
    if (found?.kind === "disk-usage" && !/['"\\]/.test(text)) {
      assert(!/[ \t\n;&|<>`()]|\$[\w{(]/.test(found.target), found.target);
    }
  }));
});
