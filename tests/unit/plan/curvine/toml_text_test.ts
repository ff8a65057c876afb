import fc from "../../../support/fast_check.ts";
import { anyText } from "../../../support/any_text.ts";
import assert from "node:assert/strict";
import { parse, TomlDate as ParsedDate } from "smol-toml";
import { writeToml } from "../../../../lib/plan/curvine/toml_text.ts";
import {
  isTomlTable,
  TomlDate,
  TomlFloat,
  type TomlTable,
  tomlTable,
  type TomlValue,
} from "../../../../lib/plan/curvine/toml_value.ts";

/** What smol-toml reads, with whole floats and integers told apart, as our values. */
function read(text: string): TomlValue {
  return convert(parse(text, { integersAsBigInt: true }));
}

function convert(value: unknown): TomlValue {
  if (typeof value === "number") return new TomlFloat(value);
  if (value instanceof ParsedDate) return new TomlDate(value.toISOString());
  if (Array.isArray(value)) return value.map(convert);
  return typeof value === "object" && value !== null
    ? tomlTable(Object.entries(value).map(([key, one]) => [key, convert(one)]))
    : value as TomlValue;
}

/** The same value with every number as TOML has it: integers as bigint, the rest as floats. */
function normal(value: TomlValue): TomlValue {
  if (typeof value === "number") {
    return Number.isInteger(value) ? BigInt(value) : new TomlFloat(value);
  }
  if (Array.isArray(value)) return value.map(normal);
  if (!isTomlTable(value)) return value;
  // Tables come after plain values in the text, so the order of keys may differ.
  return tomlTable(
    Object.entries(value).map(([key, one]) => [key, normal(one)] as const)
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

function assertRoundTrip(table: TomlTable): void {
  assert.deepEqual(normal(read(writeToml(table))), normal(table));
}

const graphemes = fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed());
const nastyText = fc.oneof(
  graphemes,
  anyText().filter((text) => text.isWellFormed()),
  fc.array(
    fc.constantFrom(
      '"',
      "'",
      '"""',
      "'''",
      "\\",
      "\n",
      "\r",
      "\t",
      "\0",
      "\x7f",
      "\x1b",
      "\u0085",
      "\u2028",
      "\ufeff",
      "\ufffe",
      "😀",
      "]",
      "#",
      "=",
      ".",
      "[a]",
      "\\u0041",
      "${x}",
    ),
  )
    .map((parts) => parts.join("")),
);
const key = fc.oneof(
  nastyText,
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "toString",
    "toJSON",
    "a.b",
    "1",
    "-",
    "ä",
    "true",
  ),
);
const float = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer().map(Number),
  fc.constantFrom(
    0,
    -0,
    1e21,
    1e300,
    -1e300,
    5e-324,
    Infinity,
    -Infinity,
    1.0,
    123456789012345680000,
  ),
).map((value) => new TomlFloat(value));
const date = fc.constantFrom(
  "1979-05-27T07:32:00Z",
  "1979-05-27T00:32:00.999-07:00",
  "1979-05-27T07:32:00",
  "1979-05-27",
  "07:32:00",
).map((text) => new TomlDate(convertDate(text)));

/** smol-toml always shows milliseconds: the text that it would give back. */
function convertDate(text: string): string {
  return (parse(`d = ${text}`)["d"] as ParsedDate).toISOString();
}

const { table } = fc.letrec<{ value: TomlValue; table: TomlTable }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    nastyText,
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noInteger: true }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    float,
    date,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(tie("table"), { maxLength: 3 }),
    tie("table"),
  ),
  table: fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map(tomlTable),
}));

Deno.test("property: what is written reads back as the same value", () => {
  fc.assert(fc.property(table, assertRoundTrip), { numRuns: 1200 });
});

Deno.test("property: any string reads back as it was", () => {
  fc.assert(
    fc.property(nastyText, (text) => assertRoundTrip(tomlTable([[text, text], ["a", [text]]]))),
    { numRuns: 1200 },
  );
});

Deno.test("property: a key or a string never makes a line that is another key", () => {
  fc.assert(fc.property(nastyText, nastyText, (name, value) => {
    const text = writeToml(tomlTable([[name, value]]));
    assert.equal(text.split("\n").length, 2, text);
    assert.deepEqual(Object.entries(parse(text)), [[name, value]]);
  }));
});

Deno.test("integers, floats and whole floats keep their types", () => {
  const toml = tomlTable([
    ["a", 1],
    ["b", new TomlFloat(1)],
    ["c", 0.5],
    ["d", 2n ** 63n - 1n],
    ["e", -(2n ** 63n)],
    ["f", new TomlFloat(-0)],
    ["g", new TomlFloat(1e21)],
    ["h", new TomlFloat(Infinity)],
    ["i", new TomlFloat(NaN)],
  ]);
  assert.equal(
    writeToml(toml),
    "a = 1\nb = 1.0\nc = 0.5\nd = 9223372036854775807\ne = -9223372036854775808\n" +
      "f = -0.0\ng = 1e+21\nh = inf\ni = nan\n",
  );
});

Deno.test("tables, lists of tables and lists of lists are written so that each stays in its place", () => {
  const peers = [
    tomlTable([["id", 1], ["tags", tomlTable([["a", true]])]]),
    tomlTable([["id", 2]]),
  ];
  const toml = tomlTable([
    ["journal", tomlTable([["journal_addrs", peers], ["rpc_port", 8996]])],
    ["empty", tomlTable()],
    ["none", []],
    ["mixed", [tomlTable([["x", 1]]), "y"]],
    ["top", "last"],
  ]);
  assert.equal(
    writeToml(toml),
    'none = []\nmixed = [{ x = 1 }, "y"]\ntop = "last"\n\n[journal]\nrpc_port = 8996\n\n' +
      "[[journal.journal_addrs]]\nid = 1\n\n[journal.journal_addrs.tags]\na = true\n\n" +
      "[[journal.journal_addrs]]\nid = 2\n\n[empty]\n",
  );
  assertRoundTrip(toml);
});

Deno.test("what TOML cannot say is a TypeError, not a broken file", () => {
  for (const value of ["\ud800", "a\udc00b", 2n ** 63n, -(2n ** 63n) - 1n, 1e19]) {
    assert.throws(() => writeToml(tomlTable([["a", value]])), TypeError);
  }
  assert.throws(() => writeToml(tomlTable([["\ud800", 1]])), TypeError);
});

Deno.test("an empty table is an empty text", () => assert.equal(writeToml(tomlTable()), ""));
