import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { askFirst, joinCode, outside, wrap } from "../../../.ci/compile/start_script.ts";

const root = new URL("../../..", import.meta.url).pathname;

Deno.test("the script of a start has run and the supervisor, and no other command", () => {
  const left = outside((path) => Deno.readTextFileSync(root + path));
  for (const name of ["../commands/render.ts", "./health.ts", "./umount.ts"]) {
    assert.ok(left.includes(name), name);
  }
  for (const name of ["../commands/run.ts", "./supervise_plan.ts"]) {
    assert.ok(!left.includes(name), name);
  }
});

Deno.test("a start that loads its parts otherwise than the build believes is no build", () => {
  assert.throws(() => outside(() => ""), /Nothing loads .*run\.ts, .*supervise_plan\.ts any more/);
});

Deno.test("main.js asks for the script where it loaded the program, in one place", () => {
  const main = 'import{a}from"./chunk-0.js";await import("./start-0a1b.js")';
  assert.equal(
    askFirst(main),
    'import{openStart}from"./open_start.js";import{a}from"./chunk-0.js";' +
      'await (await openStart()??import("./start-0a1b.js"))',
  );
  assert.throws(() => askFirst('import("./other.js")'), /the one place/);
  assert.throws(() => askFirst(main + main), /the one place/);
});

Deno.test("a script is a function of its module, whatever its last line is", () => {
  const module = { exports: {} };
  runInThisContext(wrap("module.exports={start:1}//"))(module);
  assert.deepEqual(module.exports, { start: 1 });
});

Deno.test("code of all functions names the flags of the executable, and nothing else changes", () => {
  const eager = Uint8Array.from({ length: 40 }, (_, at) => at);
  const code = joinCode(eager, new Uint8Array(40).fill(255));
  assert.deepEqual([...code.subarray(12, 16)], [255, 255, 255, 255]);
  assert.deepEqual([...code.subarray(0, 12)], [...eager.subarray(0, 12)]);
  assert.deepEqual([...code.subarray(16)], [...eager.subarray(16)]);
});
