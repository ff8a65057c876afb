import assert from "node:assert/strict";
import { FilterChain, readFilter } from "../../../lib/applets/line_filter.ts";

const LINES = "total 8\n-rw-r--r-- 1 a.txt\ndrwxr-xr-x 2 b\n-rw------- 1 c+d\n";

/** What a pipeline of these filters prints of the lines, and its exit code. */
function run(...filters: readonly string[]): [code: number, ...lines: string[]] {
  const lines: string[] = [];
  const chain = new FilterChain(
    filters.map((text) => {
      const filter = readFilter(text.split(" "));
      assert(filter, text);
      return filter;
    }),
    (line) => lines.push(line),
  );
  // In pieces that end anywhere.
  for (let at = 0; at < LINES.length; at += 7) chain.write(LINES.slice(at, at + 7));
  return [chain.end(), ...lines];
}

Deno.test("line filter: grep and wc as Fluid uses them", () => {
  assert.deepEqual(run("grep ^-", "wc -l"), [0, "2"]);
  assert.deepEqual(run("wc -l"), [0, "4"]);
  assert.deepEqual(run("grep nothing"), [1]);
  assert.deepEqual(run("grep nothing", "wc -l"), [0, "0"]);
  assert.deepEqual(run("grep -v ^-", "grep -c ."), [0, "2"]);
  assert.deepEqual(run("grep -c nothing"), [1, "0"]);
  assert.deepEqual(run("grep -q total"), [0]);
  assert.deepEqual(run("grep -i TOTAL"), [0, "total 8"]);
});

Deno.test("line filter: basic, extended and fixed expressions differ as grep's do", () => {
  assert.deepEqual(run("grep c+d"), [0, "-rw------- 1 c+d"]);
  assert.deepEqual(run("grep -E c+d"), [1]);
  assert.deepEqual(run("grep -E a.txt|c.d", "wc -l"), [0, "2"]);
  assert.deepEqual(run("grep a\\.txt\\|c+d", "wc -l"), [0, "2"]);
  assert.deepEqual(run("grep -F a.txt"), [0, "-rw-r--r-- 1 a.txt"]);
  assert.deepEqual(run("grep -F a*txt"), [1]);
  assert.deepEqual(run("grep -x total.8"), [0, "total 8"]);
  assert.deepEqual(run("grep -x total"), [1]);
});

Deno.test("line filter: what is none", () => {
  for (
    const text of ["grep", "grep -P x", "grep x y", "wc", "wc -c", "wc -l x", "sort", "grep -E ("]
  ) assert.equal(readFilter(text.split(" ")), undefined, text);
});
