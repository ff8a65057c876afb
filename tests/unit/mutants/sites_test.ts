import assert from "node:assert/strict";
import { mutate, sitesOf, withoutTexts } from "../../mutants/sites.ts";

function mutants(source: string): string[] {
  return sitesOf(source).map((site) => mutate(source, site));
}

Deno.test("comparisons, both kinds of and, truths, ones and nots have a mutant each", () => {
  assert.deepEqual(mutants("a < b;\n"), ["a >= b;\n"]);
  assert.deepEqual(mutants("a === b && !c;\n"), [
    "a !== b && !c;\n",
    "a === b || !c;\n",
    "a === b && c;\n",
  ]);
  assert.deepEqual(mutants("return { ok: true, at: i + 1 };\n"), [
    "return { ok: false, at: i + 1 };\n",
    "return { ok: true, at: i + 2 };\n",
  ]);
});

Deno.test("types, generics, arrows, comments, texts and regular expressions have none", () => {
  for (
    const source of [
      "  readonly ok: true;\n",
      'type A = "x" | true;\n',
      "const a: Map<string, number> = f((x) => x);\n",
      'const a: Of<"x"> = {};\n',
      'function a(): Pick<A, "x" | "y"> {\n}\n',
      "const a: Map<\n  string,\n  number\n> = b;\n",
      "// a < b && true\n/* a || b */\n",
      'const a = "x < y && true";\n',
      "const a = `x < y && ${name} + 1`;\n",
      "const a = b.replace(/ < \\/ && [/`]true/g, c);\n",
      "a += 10;\n",
    ]
  ) assert.deepEqual(mutants(source), [], source);
});

Deno.test("code inside a template is code", () => {
  assert.deepEqual(mutants("const a = `${b < c ? `${d}` : { e }.e} < f`;\n"), [
    "const a = `${b >= c ? `${d}` : { e }.e} < f`;\n",
  ]);
  assert.equal(withoutTexts("`a\n${b}`c").length, "`a\n${b}`c".length);
});
