import assert from "node:assert/strict";
import { displayWidth, markdownTable } from "../../../lib/text/markdown_table.ts";

Deno.test("a table's columns are as wide as they need to be, at least three", () => {
  assert.equal(
    markdownTable(["a", "longer"], [["x", "y"], ["wide one", ""]]),
    "| a        | longer |\n| -------- | ------ |\n| x        | y      |\n| wide one |        |\n",
  );
  assert.equal(markdownTable(["a"], [["b"]]), "| a   |\n| --- |\n| b   |\n");
});

Deno.test("bars and line ends inside cells are escaped", () => {
  assert.equal(markdownTable(["a"], [["x|y\nz"]]), "| a      |\n| ------ |\n| x\\|y z |\n");
});

Deno.test("letters that take two columns are counted so, from the first to the last of each block", () => {
  const wide = [
    [0x1100, 0x115f],
    [0x2e80, 0xa4cf],
    [0xac00, 0xd7a3],
    [0xf900, 0xfaff],
    [0xfe30, 0xfe6f],
    [0xff00, 0xff60],
    [0xffe0, 0xffe6],
    [0x20000, 0x3fffd],
  ];
  const width = (code: number): number => displayWidth(String.fromCodePoint(code));
  for (const [first = 0, last = 0] of wide) {
    assert.deepEqual([first - 1, first, last, last + 1].map(width), [1, 2, 2, 1], `${first}`);
  }
  assert.equal(displayWidth("ab中文"), 6);
  assert.equal(markdownTable(["中"], [["a"]]), "| 中  |\n| --- |\n| a   |\n");
});
