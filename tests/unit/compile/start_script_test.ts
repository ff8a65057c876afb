import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { nameProgram, outside, PROGRAM, wrap } from "../../../.ci/compile/start_script.ts";

const lib = new URL("../../../lib/", import.meta.url).pathname;

Deno.test("the script of a start has run with all that it loads, and no other command", () => {
  const left = outside((path) => Deno.readTextFileSync(lib + path));
  for (const name of ["../commands/render.ts", "../commands/health.ts", "./umount.ts"]) {
    assert.ok(left.includes(name), name);
  }
  const run = Deno.readTextFileSync(`${lib}commands/run.ts`);
  const loaded = [...run.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  assert.ok(loaded.includes("./supervise_plan.ts"));
  for (const name of ["../commands/run.ts", ...loaded]) assert.ok(!left.includes(name), name);
});

Deno.test("a start that loads its parts otherwise than the build believes is no build", () => {
  assert.throws(() => outside(() => ""), /Nothing loads .*run\.ts any more/);
});

Deno.test("main.js loads the program's one chunk, in one place", () => {
  const main = `a;await import("${PROGRAM}");b`;
  assert.equal(
    nameProgram(main, ["main.js", "start-0a1b.js"]),
    'a;await import("./start-0a1b.js");b',
  );
  assert.throws(() => nameProgram(main, ["main.js"]), /Cannot find the one chunk/);
  assert.throws(() => nameProgram(main, ["start-1.js", "start-2.js"]), /Cannot find the one/);
  assert.throws(() => nameProgram('import("./other.js")', ["start-1.js"]), /Cannot find the one/);
  assert.throws(() => nameProgram(main + main, ["start-1.js"]), /Cannot find the one/);
});

Deno.test("a script is a function of its module, whatever its last line is", () => {
  const module = { exports: {} };
  runInThisContext(wrap("module.exports={start:1}//"))(module);
  assert.deepEqual(module.exports, { start: 1 });
});
