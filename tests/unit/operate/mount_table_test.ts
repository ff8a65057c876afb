import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { MountTableError, readMountTable } from "../../../lib/operate/mount_table.ts";

const HEADINGS =
  "| ID | Curvine Path | UFS Path | Write Type | Read Verify UFS | Auto Cache | Access Mode | Write Cache | Storage | TTL Action | Provider |";
const BORDER = "+---------+--------------+------------------+------------+-----";

function row(path: string, ufs: string): string {
  return `| 7 | ${path} | ${ufs} | fs_mode | no | yes | read_only | no | - | free | auto |`;
}

function print(...rows: readonly string[]): string {
  return [
    "Mount Table:",
    BORDER,
    HEADINGS,
    BORDER,
    ...rows,
    BORDER,
    `Total mount points: ${rows.length}`,
    "",
  ]
    .join("\n");
}

Deno.test("mount table: reads the columns by their headings", () => {
  const [first] = readMountTable(print(row("/data", "s3://bucket/data")));
  assert.equal(first?.path, "/data");
  assert.equal(first?.ufs, "s3://bucket/data");
  assert.equal(first?.columns.get("access mode"), "read_only");
});

Deno.test("mount table: an older version has fewer columns in another order", () => {
  const [first] = readMountTable(
    "| ID | CV Path | UFS Path | Status |\n| 1 | /a | oss://b/ | Valid |",
  );
  assert.deepEqual([first?.path, first?.ufs], ["/a", "oss://b"]);
});

Deno.test("mount table: colours, log lines and warnings around the rows are skipped", () => {
  const noisy = print(row("/data", "s3://b/d")).split("\n")
    .flatMap((line) => [
      `\x1b[32m${line}\x1b[0m\r`,
      "2026-08-21 WARN | /theirs | s3://x | slow",
      "⚠️ careful",
    ]).join("\n");
  assert.deepEqual(readMountTable(noisy).map(({ path }) => path), ["/data"]);
});

Deno.test("mount table: an empty one is told from one that cannot be read", () => {
  assert.deepEqual(readMountTable("WARN x\nMount Table: (empty)\n"), []);
  for (const text of ["", "Error: gone", "Mount Table:", "Total mount points: 2"]) {
    assert.throws(() => readMountTable(text), MountTableError, text);
  }
});

Deno.test("mount table: a missing or cut row is an error, not an absent mount", () => {
  const whole = print(row("/a", "s3://a"), row("/b", "s3://b"));
  assert.throws(() => readMountTable(whole.replace(`${row("/b", "s3://b")}\n`, "")), /counts 2/);
  assert.throws(() => readMountTable(whole.replace(row("/b", "s3://b"), "| 7 | /b |")), /columns/);
});

Deno.test("mount table: any paths come back as they were printed, wide characters and | too", () => {
  const part = fc.stringMatching(/^[\p{L}\p{N}._=@|💾 -]{1,12}$/u)
    .filter((text) => text.trim() === text && !text.includes("://"));
  fc.assert(fc.property(fc.array(fc.tuple(part, part), { maxLength: 4 }), (pairs) => {
    const rows = pairs.map(([path, key]) => row(`/${path}`, `s3://bucket/${key}`));
    const text = rows.length === 0 ? "Mount Table: (empty)" : print(...rows);
    assert.deepEqual(
      readMountTable(text).map(({ path, ufs }) => [path, ufs]),
      pairs.map(([path, key]) => [`/${path}`, `s3://bucket/${key}`]),
    );
  }));
});

Deno.test("mount table: headings without one of the two paths are no table", () => {
  for (const text of ["| ID | UFS Path | Storage |", "| ID | Curvine Path | Storage |"]) {
    assert.throws(() => readMountTable(text), MountTableError, text);
  }
});
