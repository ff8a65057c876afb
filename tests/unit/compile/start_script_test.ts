import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { joined, LATER, wrap } from "../../../.ci/compile/start_script.ts";

const ROOT = new URL("../../../", import.meta.url);

/** All that a module imports when it is loaded, and what any of these loads later. */
function reached(from: string): { readonly modules: Set<string>; readonly later: Set<string> } {
  const modules = new Set<string>();
  const later = new Set<string>();
  const left = [new URL(from, ROOT).href];
  for (let href = left.pop(); href !== undefined; href = left.pop()) {
    if (modules.has(href)) continue;
    modules.add(href);
    const code = Deno.readTextFileSync(new URL(href)).replaceAll(/\/\*[^]*?\*\//g, "");
    for (const [, name = ""] of code.matchAll(/^(?:import|export) (?!type )[^;]*?"(\.[^"]+)";/gm)) {
      left.push(new URL(name, href).href);
    }
    for (const [, name = ""] of code.matchAll(/\bimport\("([^"]+)"\)/g)) later.add(name);
  }
  return { modules, later };
}

Deno.test("a start's script has the supervisor in it, and loads later what no plain start needs", () => {
  const { modules, later } = reached("lib/dispatch/start_run.ts");
  assert.ok(modules.has(new URL("lib/supervise/supervisor.ts", ROOT).href));
  assert.deepEqual([...later].sort(), [...LATER].sort());
});

Deno.test("a script is a function of its module, whatever its last line is", () => {
  const module = { exports: {} };
  runInThisContext(wrap("module.exports={start:1}//"))(module);
  assert.deepEqual(module.exports, { start: 1 });
});

Deno.test("parts lie behind each other, each where a number of 64 bits may begin", () => {
  const parts = [[1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11], [12]].map((part) => new Uint8Array(part));
  const { bytes, places } = joined(parts);
  assert.deepEqual(places, [[0, 3], [8, 8], [16, 1]]);
  assert.equal(bytes.length, 24);
  for (const [index, [at, length]] of places.entries()) {
    assert.deepEqual(bytes.subarray(at, at + length), parts[index]);
  }
});
