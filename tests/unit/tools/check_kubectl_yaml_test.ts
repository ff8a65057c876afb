import assert from "node:assert/strict";
import { ConfigError } from "../../../lib/plan/config_error.ts";
import { kubectlScalar } from "../../../lib/tools/check/kubectl_scalar.ts";
import { quantityText } from "../../../lib/tools/check/quantity_text.ts";
import { yamlDocuments } from "../../../lib/tools/check/yaml_documents.ts";

/** As sigs.k8s.io/yaml, which kubectl reads with, turned each into JSON. */
const SCALARS: readonly [text: string, value: unknown][] = [
  ["yes", true],
  ["On", true],
  ["y", true],
  ["N", false],
  ["OFF", false],
  ["tRue", "tRue"],
  ["~", null],
  ["", null],
  ["Null", null],
  ["012", 10],
  ["018", 18],
  ["0o22", 18],
  ["0O22", 18],
  ["0o8", "0o8"],
  ["0x1F", 31],
  ["0b101", 5],
  ["-0b11", -3],
  ["1_000", 1000],
  ["1_", 1],
  ["_1", "_1"],
  ["1e3", 1000],
  ["1e", "1e"],
  ["1.", 1],
  [".5", 0.5],
  ["+.5", 0.5],
  [".1_0", 0.1],
  ["1:30", "1:30"],
  ["12:30:45", "12:30:45"],
  ["2001-01-01", "2001-01-01"],
  ["9223372036854775808", 9223372036854775808n],
  ["18446744073709551615", 18446744073709551615n],
  ["18446744073709551616", 18446744073709551616],
  ["+9223372036854775807", 9223372036854775807n],
  ["+9223372036854775808", 9223372036854775808],
  ["-9223372036854775808", -9223372036854775808n],
  ["-9223372036854775809", -9223372036854775809],
  ["-012", -10],
  ["1.5e400", "1.5e400"],
  ["1,000", "1,000"],
  ["é", "é"],
];

Deno.test("plain scalars mean what kubectl takes them for", () => {
  for (const [text, value] of SCALARS) assert.equal(kubectlScalar(text), value, text);
  assert.equal(kubectlScalar("-.inf"), -Infinity);
});

Deno.test("quotes, block scalars and tags make text of anything", () => {
  const text = "a: 'yes'\nb: \"012\"\nc: !!str on\nd: |-\n  1_000\ne: yes\n";
  const [document] = yamlDocuments(text, "it");
  assert.deepEqual(document?.value, { a: "yes", b: "012", c: "on", d: "1_000", e: true });
  assert.equal(document?.plainTextOf(["e"]), "yes");
  assert.equal(document?.plainTextOf(["a"]), undefined);
});

Deno.test("merge keys are merged, the own key and the earlier mapping the stronger", () => {
  const text = "a: &a {p: 1, q: 1}\nb: &b {q: 2, r: 2}\nc:\n  <<: [*a, *b]\n  p: 3\n";
  const [document] = yamlDocuments(text, "it");
  assert.deepEqual((document?.value as Record<string, unknown>)["c"], { p: 3, q: 1, r: 2 });
  assert.equal(document?.lineOf(["c", "q"]), 1);
  assert.equal(document?.lineOf(["c", "p"]), 5);
});

Deno.test("keys are text, whatever they look like", () => {
  const [document] = yamlDocuments("8080: a\non: b\n1.5: c\n__proto__: d\n", "it");
  assert.deepEqual(Object.entries(document?.value ?? {}), [
    ["8080", "a"],
    ["true", "b"],
    ["1.5", "c"],
    ["__proto__", "d"],
  ]);
});

Deno.test("a key that stands twice is told with its line, and the last one counts", () => {
  const [document] = yamlDocuments("a:\n  b: 1\n  c: 2\n  b: 3\n", "it");
  assert.deepEqual(document?.value, { a: { b: 3, c: 2 } });
  assert.deepEqual(document?.doubles, [{ line: 4, key: "b" }]);
});

Deno.test("what JSON cannot hold, and what never ends, is refused with its line", () => {
  const faults: readonly [text: string, message: RegExp][] = [
    ["a: 1\nb: .nan\n", /line 2, .* cannot hold/],
    ["a: 1\nb: &x {c: *x}\n", /line 2, .* holds itself/],
    ["a: 1\nb: *x\n", /line 2, /],
    ["a: 1\nb: \u0001\n", /line 2, .* control character/],
    ['a: 1\nb: "\\ud83d\\ude00"\n', /line 2, .*half of a surrogate pair/],
    ['a: "x\\\\\\uDC00"\n', /line 1, .*"\\uDC00" is half/],
    ['"\\U0000d800": 1\n', /line 1, .*half of a surrogate pair/],
    ["<<: 1\n", /line 1, .* merge key/],
    ["{[a]: 1}\n", /line 1, .* key has to be text/],
    [`${"[".repeat(20_000)}`, /nested|YAML/],
    [`a: &a [x]\n${aliases(24)}`, /aliases make too much/],
  ];
  for (const [text, message] of faults) {
    assert.throws(() => yamlDocuments(text, "it"), (error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    });
  }
});

/** Each line holds two of the line before: twice as many nodes. */
function aliases(lines: number): string {
  return Array.from({ length: lines }, (_, index) => {
    const before = index === 0 ? "a" : `a${index}`;
    return `b${index}: &a${index + 1} [*${before}, *${before}]\n`;
  }).join("");
}

/** As resource.Quantity wrote each after reading it. */
const QUANTITIES: readonly [given: string, written: string | undefined][] = [
  ["0", "0"],
  ["00", "0"],
  ["1Gi", "1Gi"],
  ["0.5Gi", "512Mi"],
  [".5Gi", "512Mi"],
  ["1.5Ti", "1536Gi"],
  ["0.3Gi", "322122547200m"],
  ["01Gi", "01Gi"],
  ["+1Gi", "+1Gi"],
  ["1024Ki", "1Mi"],
  ["8Gi", "8Gi"],
  ["1500Mi", "1500Mi"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["2500000u", "2500m"],
  ["1000000", "1M"],
  ["15e8", "1500e6"],
  ["1E", "1E"],
  ["1E3", "1E3"],
  ["16Ei", "9223372036854775807"],
  ["1000000000000000000000", "1"],
  ["1e21", "1e21"],
  ["0.1n", "1n"],
  ["1GB", undefined],
  ["1 Gi", undefined],
  ["1gi", undefined],
  ["1e1.5", undefined],
  ["", undefined],
];

Deno.test("quantities are written as Kubernetes writes them", () => {
  for (const [given, written] of QUANTITIES) {
    assert.equal(quantityText(given)?.text, written, given);
  }
});

Deno.test("escapes of whole characters, escaped ones, other quotes and JSON may look like halves", () => {
  for (
    const [text, value] of [
      ['a: "\\U0001f600\\ud7ff\\ue000"\n', "\u{1f600}\ud7ff\ue000"],
      ['a: "\\\\ud83d"\n', "\\ud83d"],
      ["a: '\\ud83d'\n", "\\ud83d"],
      ["a: \\ud83d\n", "\\ud83d"],
      ['{"a": "\\ud83d\\ude00"}', "\u{1f600}"],
    ] as const
  ) {
    const [document] = yamlDocuments(text, "it");
    assert.deepEqual(document?.value, { a: value }, text);
  }
});
