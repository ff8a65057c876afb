import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { outside, wrap } from "../../../.ci/compile/start_script.ts";

const lib = new URL("../../../lib/", import.meta.url).pathname;

Deno.test("the script of a start has run with all that it loads, and no other command", () => {
  const left = outside("run", (path) => Deno.readTextFileSync(lib + path));
  for (const name of ["../commands/render.ts", "../commands/health.ts", "./umount.ts"]) {
    assert.ok(left.includes(name), name);
  }
  const run = Deno.readTextFileSync(`${lib}commands/run.ts`);
  const loaded = [...run.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  assert.ok(loaded.includes("./supervise_plan.ts"));
  for (const name of ["../commands/run.ts", ...loaded]) assert.ok(!left.includes(name), name);
});

Deno.test("a start that loads its parts otherwise than the build believes is no build", () => {
  assert.throws(() => outside("run", () => ""), /Nothing loads .*run\.ts any more/);
});

Deno.test("a script is a function of its module, whatever its last line is", () => {
  const module = { exports: {} };
  runInThisContext(wrap("module.exports={start:1}//"))(module);
  assert.deepEqual(module.exports, { start: 1 });
});
