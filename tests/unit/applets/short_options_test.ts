import assert from "node:assert/strict";
import { readShortOptions } from "../../../lib/applets/short_options.ts";

Deno.test("short options: several behind a dash, anywhere, until --", () => {
  assert.deepEqual(readShortOptions(["/a", "-lf", "-", "--", "-l", "--"], "lf"), {
    ok: true,
    letters: "lf",
    operands: ["/a", "-", "-l", "--"],
  });
});

Deno.test("short options: long names are letters, unknown ones a fault that quotes them", () => {
  const long = { "--lazy": "l" };
  assert.deepEqual(readShortOptions(["--lazy"], "l", long), {
    ok: true,
    letters: "l",
    operands: [],
  });
  for (const arg of ["-x", "-lx", "--lasy", "--constructor"]) {
    const read = readShortOptions([arg], "l", long);
    assert(!read.ok && read.fault.includes(`"${arg}"`), arg);
  }
});
