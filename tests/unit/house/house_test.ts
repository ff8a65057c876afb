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
const PURE = [
  /^lib\/(mode|fluid|curvine|generate)\//,
  /^lib\/supervise\/(machine|backoff|state|states\/|duration|settings|exit_status|outcomes)/,
  /^lib\/mount\/(mountinfo|classify|mount_path)/,
  /^lib\/observe\/\w*(format|line|text)\w*\.ts$/,
];

Deno.test("the rules below look at modules that exist", () => {
  assert(LIB.length > 40);
  assert(imports("lib/cli/main.ts").includes("./command_table.ts"));
  assert(LIB.some((path) => imports(path).some((one) => one.startsWith("../system/"))));
  assert(code("lib/system/host.ts").includes("Deno."));
});

Deno.test("only lib/system and main.ts touch Deno's and Node's own interfaces", () => {
  for (const path of LIB.filter((one) => !one.startsWith("lib/system/"))) {
    assert.doesNotMatch(code(path), /\bDeno\b/, path);
    assert(!imports(path).some((one) => one.startsWith("node:")), path);
  }
});

Deno.test("no pure module imports lib/system at run time, directly or through another module", () => {
  const reaches = (path: string, seen: Set<string>): string | undefined => {
    if (path.startsWith("lib/system/")) return path;
    if (seen.has(path)) return undefined;
    seen.add(path);
    for (const one of imports(path).map((to) => resolve(path, to))) {
      const found = one.startsWith("lib/") ? reaches(one, seen) : undefined;
      if (found !== undefined) return `${path} → ${found}`;
    }
    return undefined;
  };
  for (const path of LIB.filter((one) => PURE.some((rule) => rule.test(one)))) {
    assert.equal(reaches(path, new Set()), undefined);
  }
});

Deno.test("generating knows nothing of commands, and lib/system nothing of commands and the CLI", () => {
  for (
    const path of LIB.filter((one) => /^lib\/(mode|fluid|curvine|generate|system)\//.test(one))
  ) {
    for (const to of imports(path).map((one) => resolve(path, one))) {
      assert.doesNotMatch(to, /^lib\/(commands|cli)\//, `${path} imports ${to}`);
    }
  }
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

Deno.test("no module exports what it changes later: the packs of the executable hold values", () => {
  for (const path of LIB) {
    assert.doesNotMatch(code(path), /\bexport\s+(?:let|var)\b/, path);
    assert.doesNotMatch(code(path), /^(?:const [^=]+= )?await\b/m, path);
  }
});

Deno.test("a FUSE client's first start does not load the supervisor", () => {
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path) || !path.startsWith("lib/")) return;
    loaded.add(path);
    for (const to of staticImports(path)) visit(resolve(path, to));
  };
  visit("lib/commands/start_supervised.ts");
  assert(loaded.has("lib/supervise/first_start.ts"));
  const late = /^lib\/(commands\/supervise_plan|supervise\/(supervis|keeper|machine|states\/))/;
  assert.deepEqual([...loaded].filter((path) => late.test(path)), []);
});

Deno.test("main.ts is under 30 lines", () => {
  assert(Deno.readTextFileSync(`${ROOT}main.ts`).trimEnd().split("\n").length < 30);
});

Deno.test("no module is long, a grab bag, or named otherwise than in snake case", () => {
  // The table of Curvine's keys and what they mean are data.
  const data = ["lib/curvine/key_table.ts", "lib/curvine/key_docs.ts"];
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
