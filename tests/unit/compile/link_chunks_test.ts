/** How the build links what the bundler makes, and what the executable makes of that again. */
import assert from "node:assert/strict";
import { Script } from "node:vm";
import { layOut } from "../../../.ci/compile/lay_out.ts";
import { asExpression, linkChunks } from "../../../.ci/compile/link_chunks.ts";
import { packLoader } from "../../../.ci/compile/pack_loader.ts";

/** As `deno bundle --minify --code-splitting` writes them. */
const CHUNKS = new Map([
  [
    "main.js",
    'import{a as r}from"./chunk-AAAAAAAA.js";var[{f:t}]=await Promise.all([import("./one-BBBBBBBB.js")]);t(r);',
  ],
  ["chunk-AAAAAAAA.js", "var e=1;function n(){return e++}export{n as a};\n"],
  [
    "one-BBBBBBBB.js",
    'import{a as t,b as o}from"./chunk-CCCCCCCC.js";import"./chunk-AAAAAAAA.js";var f=()=>t+o;' +
    'async function g(){return(await import("./two-DDDDDDDD.js")).default}export{f,g as later};',
  ],
  ["chunk-CCCCCCCC.js", 'var a="import(\\"./x.js\\")",b=2;export{a,b};\n/*! a license */\n'],
  ["two-DDDDDDDD.js", 'import{b as t}from"./chunk-CCCCCCCC.js";var e=t*21;export{e as default};'],
]);

type Loaded = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** Lays the linked chunks into a folder and opens them as the executable does. */
async function open(
  use: (load: (file: string) => Promise<Loaded>, opened: string[]) => Promise<void>,
  code: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<void> {
  const linked = linkChunks(CHUNKS, [{ name: "quick", entries: ["one"] }]);
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-packs-" });
  try {
    for (const [name, content] of layOut(linked, "{}", code)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    const opened: string[] = [];
    const index = { folder, codeFolder: folder, files: ["quick.pack", "rest.br"] };
    const [, load] = packLoader(
      new Script(linked.inline).runInThisContext(),
      { ...index, packOf: linked.packOf },
      (file) => void opened.push(file),
    );
    const files = [...CHUNKS.keys()].filter((file) => file !== "main.js").toSorted();
    await use(async (file) => await load(files.indexOf(file)) as Loaded, opened);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("main.ts keeps its statements; its imports become the loader's", () => {
  const { main, inline } = linkChunks(CHUNKS, []);
  assert.equal(
    main,
    "const{a:r}=$need(0);var[{f:t}]=await Promise.all([$load(2)]);t(r);",
  );
  assert.equal(inline, "({0:function($need,$load){var e=1;function n(){return e++};return{a:n}}})");
});

Deno.test("a pack has what its entries need; what no plan names is compressed", () => {
  const { packs, packOf } = linkChunks(CHUNKS, [{ name: "quick", entries: ["one"] }]);
  assert.deepEqual(packs.map(({ name, form }) => [name, form]), [
    ["quick", "code"],
    ["rest", "compressed"],
  ]);
  // main.ts' own chunk is there from the beginning, one and its chunk are quick, two is the rest.
  assert.deepEqual(packOf, [-1, 0, 0, 1]);
  assert(packs.every(({ script }) => script.startsWith('"use strict";({')));
});

Deno.test("what an open pack holds is not packed again", () => {
  const { packs } = linkChunks(CHUNKS, [
    { name: "quick", entries: ["one"] },
    { name: "slow", entries: ["two"], after: ["quick"] },
    { name: "alone", entries: ["two"] },
  ]);
  const [, slow, alone] = packs.map(({ script }) => script.match(/\d+:function/g));
  assert.deepEqual(slow, ["3:function"]);
  assert.deepEqual(alone, ["1:function", "3:function"]);
});

Deno.test("a text that looks like an import of no chunk stays as it is", async () => {
  await open(async (load) => {
    assert.equal((await load("one-BBBBBBBB.js"))["f"]?.(), 'import("./x.js")2');
  });
});

Deno.test("chunks run once, packs are opened when they are needed, compressed ones too", async () => {
  await open(async (load, opened) => {
    const one = await load("one-BBBBBBBB.js");
    assert.deepEqual(opened, ["quick.pack"]);
    assert.equal(await one["later"]?.(), 42);
    assert.deepEqual(opened, ["quick.pack", "rest.br"]);
    assert.equal(await load("one-BBBBBBBB.js"), one);
    const first = (await load("chunk-AAAAAAAA.js"))["a"];
    assert.deepEqual([first?.(), first?.()], [1, 2]);
    assert.equal((await load("chunk-AAAAAAAA.js"))["a"]?.(), 3);
  });
});

Deno.test("code that V8 does not take costs time and nothing else", async () => {
  const nonsense = new Map([["quick", new Uint8Array(500).fill(7)]]);
  await open(async (load) => {
    assert.equal(await (await load("one-BBBBBBBB.js"))["later"]?.(), 42);
  }, nonsense);
});

Deno.test("a module that imports nothing becomes an expression", () => {
  const text = asExpression("it.js", "var x=20;function y(){return x+1}export{y as z};");
  assert.equal(new Script(text).runInThisContext().z(), 21);
  assert.throws(() => asExpression("it.js", 'import{a}from"./b.js";export{a};'), /imports "b\.js"/);
});

Deno.test("what the bundler does not write is refused by name", () => {
  const link = (file: string, text: string): unknown => linkChunks(new Map([[file, text]]), []);
  assert.throws(
    () => link("a-AAAAAAAA.js", 'import x from"./b.js";export{x};'),
    /"a-AAAAAAAA\.js"/,
  );
  assert.throws(() => link("a-AAAAAAAA.js", "var x=1;"), /deno bundle/);
  assert.throws(() => link("a-AAAAAAAA.js", "var $need=1;export{};"), /\$need/);
  assert.throws(
    () => linkChunks(new Map([["main.js", 'import("./gone-AAAAAAAA.js")']]), []),
    /a chunk that is not there/,
  );
  assert.throws(
    () => linkChunks(CHUNKS, [{ name: "x", entries: ["three"] }]),
    /0 chunks are of "three"/,
  );
});

Deno.test("chunks that import each other are refused: none of them could run first", () => {
  const circle = new Map([
    ["main.js", 'import"./chunk-AAAAAAAA.js";'],
    ["chunk-AAAAAAAA.js", 'import"./chunk-BBBBBBBB.js";export{};'],
    ["chunk-BBBBBBBB.js", 'import"./chunk-AAAAAAAA.js";export{};'],
  ]);
  assert.throws(() => linkChunks(circle, []), /import each other: main\.js → chunk-AAAAAAAA\.js →/);
});
