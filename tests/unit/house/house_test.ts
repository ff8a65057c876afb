/** The rules of the house that a reader of a change may overlook. */
import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url).pathname;

function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    return isDirectory ? filesOf(path) : [path];
  }).filter((path) => path.endsWith(".ts"));
}

/** A module's text with comments and doc examples left out. */
function code(path: string): string {
  return Deno.readTextFileSync(ROOT + path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

/** What a module imports at run time before it runs itself, as it is written. */
function staticImports(path: string): string[] {
  return [
    ...code(path).matchAll(/(?:^|\n)\s*(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"/g),
    ...code(path).matchAll(/(?:^|\n)\s*import\s+"([^"]+)"/g),
  ].map((match) => match[1] ?? "");
}

/** What a module imports at run time, static and dynamic, as it is written. */
function imports(path: string): string[] {
  const dynamic = [...code(path).matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)];
  return [...staticImports(path), ...dynamic.map((match) => match[1] ?? "")];
}

/** A relative import as a path from the root. */
function resolve(from: string, to: string): string {
  return to.startsWith(".") ? new URL(to, `file:///${from}`).pathname.slice(1) : to;
}

const LIB = filesOf("lib");

/** The folders of lib, from the top of the house to its ground: imports go down only. */
const FOLDERS = [
  "dispatch",
  "applets",
  "commands",
  "cli",
  "operate",
  "tools",
  "supervise",
  "system",
  "mount",
  "plan",
  "observe",
  "ports",
  "text",
];

/** All that a module names, types included: what it is built on. */
function references(path: string): string[] {
  const found = [...code(path).matchAll(/(?:\bfrom|\bimport\()\s*"(\.[^"]+)"/g)];
  return found.map((match) => resolve(path, match[1] ?? ""));
}

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

Deno.test("a folder of lib imports only folders below it", () => {
  const imported = new Set<string>();
  for (const path of LIB) {
    const from = FOLDERS.indexOf(folderOf(path));
    assert(from >= 0, `${path} lies in a folder that the house does not have`);
    for (const to of references(path)) {
      assert(LIB.includes(to), `${path} imports ${to}, which is not there`);
      if (folderOf(to) !== folderOf(path)) imported.add(folderOf(to));
      assert(FOLDERS.indexOf(folderOf(to)) >= from, `${path} imports ${to}: that goes up`);
    }
  }
  // A folder that holds nothing, or that nobody builds on, is a rule about nothing.
  for (const folder of FOLDERS) {
    assert(LIB.some((path) => folderOf(path) === folder), `lib/${folder} is empty`);
    const isTop = ["dispatch"].includes(folder);
    assert(isTop || imported.has(folder), `nothing imports lib/${folder}`);
  }
});

Deno.test("no module imports itself, be it through others", () => {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    assert(!way.includes(path), `a circle: ${[...way, path].join(" → ")}`);
    if (done.has(path)) return;
    for (const to of references(path)) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of LIB) visit(path, []);
  assert.equal(done.size, LIB.length);
});

Deno.test("only lib/system and main.ts touch Deno's and Node's own interfaces", () => {
  for (const path of LIB.filter((one) => !one.startsWith("lib/system/"))) {
    assert.doesNotMatch(code(path), /\bDeno\b/, path);
    assert(!imports(path).some((one) => one.startsWith("node:")), path);
  }
  assert(code("lib/system/host.ts").includes("Deno."));
});

Deno.test("imports are relative, built in, or the packages of deno.json", () => {
  const packages = Object.keys(JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).imports);
  for (const path of [...LIB, ...filesOf("tests"), "main.ts"]) {
    // Tests also write modules of their own, whose imports are made of pieces.
    for (const one of imports(path).filter((to) => !to.includes("$"))) {
      assert(/^(\.|node:)/.test(one) || packages.includes(one), `${path} imports ${one}`);
    }
  }
  assert(!LIB.some((path) => imports(path).includes("fast-check")));
});

Deno.test("main.ts is under 30 lines", () => {
  assert(Deno.readTextFileSync(`${ROOT}main.ts`).trimEnd().split("\n").length < 30);
});

Deno.test("no module is long, a grab bag, or named otherwise than in snake case", () => {
  // The table of Curvine's keys and what they mean are data.
  const data = ["lib/plan/curvine/key_table.ts", "lib/plan/curvine/key_docs.ts"];
  for (const path of LIB.filter((one) => !data.includes(one))) {
    const lines = Deno.readTextFileSync(ROOT + path).split("\n").length;
    assert(lines <= 345, `${path} has ${lines} lines`);
    assert.match(path, /^lib(\/[a-z][a-z0-9_]*)+\.ts$/);
    assert.doesNotMatch(path, /\/(utils?|index|helpers?|misc)\.ts$/);
  }
});

Deno.test("nothing is left to do", () => {
  for (const path of LIB) {
    assert.doesNotMatch(Deno.readTextFileSync(ROOT + path), /\b(TODO|FIXME|XXX|HACK)\b/, path);
  }
});
