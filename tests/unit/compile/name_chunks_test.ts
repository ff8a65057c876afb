import assert from "node:assert/strict";
import { nameChunks } from "../../../.ci/compile/name_chunks.ts";

/** A bundle as `deno bundle --code-splitting` writes it, with hashes of this user's folders. */
function bundle(run: string, one: string, two: string, text = "1"): Map<string, string> {
  return new Map([
    ["main.js", `import("./run-${run}.js");`],
    [`run-${run}.js`, `import{a}from"./chunk-${one}.js";import"./chunk-${two}.js";`],
    [`chunk-${one}.js`, `import{b}from"./chunk-${two}.js";var a=${text};export{a};`],
    [`chunk-${two}.js`, `var b="./x-AAAAAAAA.js";export{b};`],
  ]);
}

const here = nameChunks(bundle("AAAAAAA1", "BBBBBBB1", "CCCCCCC1"));

Deno.test("chunks have the same names whatever the bundler called them", () => {
  assert.deepEqual(nameChunks(bundle("ZZZZZZZ9", "CCCCCCC1", "YYYYYYY9")), here);
  assert.deepEqual(
    [...here.keys()].map((name) => name.replace(/-[0-9a-f]{16}\./, "-hash.")),
    ["main.js", "run-hash.js", "chunk-hash.js", "chunk-hash.js"],
  );
});

Deno.test("what names a chunk names it still, and text that only looks like a name stays", () => {
  const [, run = "", one = "", two = ""] = [...here.keys()];
  assert.equal(here.get("main.js"), `import("./${run}");`);
  assert.equal(here.get(run), `import{a}from"./${one}";import"./${two}";`);
  assert.match(here.get(two) ?? "", /\.\/x-AAAAAAAA\.js/);
});

Deno.test("another text gives the chunk and all that name it other names", () => {
  const changed = [...nameChunks(bundle("AAAAAAA1", "BBBBBBB1", "CCCCCCC1", "2")).keys()];
  const names = [...here.keys()];
  assert.deepEqual(names.map((name) => changed.includes(name)), [true, false, false, true]);
});

Deno.test("chunks that import each other are told apart", () => {
  const circle = (one: string, two: string): Map<string, string> =>
    new Map([
      [`chunk-${one}.js`, `import"./chunk-${two}.js";var first;`],
      [`chunk-${two}.js`, `import"./chunk-${one}.js";var second;`],
    ]);
  const names = nameChunks(circle("AAAAAAA1", "BBBBBBB1"));
  assert.equal(names.size, 2);
  const again = nameChunks(circle("BBBBBBB1", "AAAAAAA1"));
  assert.deepEqual(new Map([...again].sort()), new Map([...names].sort()));
});

Deno.test("two chunks that are the same in everything are refused", () => {
  const same = new Map([["chunk-AAAAAAA1.js", "var x;"], ["chunk-BBBBBBB1.js", "var x;"]]);
  assert.throws(() => nameChunks(same), /two are the same/);
});
