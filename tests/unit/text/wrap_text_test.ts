import assert from "node:assert/strict";
import { wrapText } from "../../../lib/text/wrap_text.ts";

Deno.test("a line is filled to its last column, and not beyond", () => {
  const [full, ...none] = wrapText(`${"a".repeat(40)} ${"b".repeat(37)}`, "- ", "  ");
  assert.deepEqual([full?.length, none.length], [80, 0]);
  const two = wrapText(`${"a".repeat(40)} ${"b".repeat(38)}`, "- ", "  ");
  assert.deepEqual(two, [`- ${"a".repeat(40)}`, `  ${"b".repeat(38)}`]);
});

Deno.test("a word that is longer than a line stays whole, on a line of its own", () => {
  const long = "x".repeat(200);
  assert.deepEqual(wrapText(`a ${long} b`, "", "  "), ["a", `  ${long}`, "  b"]);
  assert.deepEqual(wrapText(long, "- ", "  "), [`- ${long}`]);
  assert.deepEqual(wrapText("", "- ", "  "), ["-"]);
});
