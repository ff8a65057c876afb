import fc from "../../../support/fast_check.ts";
import { anyText } from "../../../support/any_text.ts";
import assert from "node:assert/strict";
import {
  parseKeyValue,
  parseMilliseconds,
  splitList,
} from "../../../../lib/plan/curvine/key_value.ts";
import { CURVINE_KEYS, type Key, type KeyType } from "../../../../lib/plan/curvine/key_table.ts";
import { TomlFloat, type TomlValue } from "../../../../lib/plan/curvine/toml_value.ts";

const GOOD: [type: KeyType, text: string, value: TomlValue][] = [
  ["string", "", ""],
  ["string", " 7 ", " 7 "],
  ["string", "true", "true"],
  ["integer", "0", 0],
  ["integer", " 32 ", 32],
  ["integer", "007", 7],
  ["integer", "9007199254740993", 9_007_199_254_740_993n],
  ["integer", "9223372036854775807", 9_223_372_036_854_775_807n],
  ["count", "1", 1],
  ["u16", "1", 1],
  ["u16", "65535", 65_535],
  ["port", "1", 1],
  ["port", "65535", 65_535],
  ["boolean", "true", true],
  ["boolean", "False", false],
  ["boolean", " TRUE ", true],
  ["float", "0.75", new TomlFloat(0.75)],
  ["float", "1", new TomlFloat(1)],
  ["float", "-1e-3", new TomlFloat(-0.001)],
  ["octal", "022", 18],
  ["octal", "0o022", 18],
  ["octal", "0", 0],
  ["octal", "777", 511],
  ["duration", "500ms", "500ms"],
  ["duration", "12h", "12h"],
  ["duration", "60000", "60000"],
  ["duration", "7d", "7d"],
  ["duration", "1second", "1second"],
  ["size", "134217728", "134217728"],
  ["size", "64MB", "64MB"],
  ["size", "1.5gb", "1.5gb"],
  ["size", "128K", "128K"],
  ["size", "0", "0"],
  ["list", "allow_other, ro,,", ["allow_other", "ro"]],
  ["list", "", []],
  ["list", '["allow_other", "ro"]', ["allow_other", "ro"]],
  ["list", "[SSD]/a,[MEM:1GB]/b", ["[SSD]/a", "[MEM:1GB]/b"]],
  ["list", "[1]", ["[1]"]],
  ["duration", "7D", "7D"],
];
for (const [type, text, value] of GOOD) {
  Deno.test(`${type} ${JSON.stringify(text)} is read`, () => {
    assert.deepEqual(parseKeyValue(type, text), { ok: true, value });
  });
}

const BAD: [type: KeyType, texts: string[], wanted: RegExp, hint?: RegExp][] = [
  [
    "integer",
    ["", "-1", "1.0", "1e3", "0x10", "ten", "1_000", "9223372036854775808", "٣", "1 2"],
    /whole number from 0/,
  ],
  ["count", ["0", "-1", ""], /whole number from 1/],
  ["u16", ["65536", "-1", "0"], /1 to 65535/],
  ["port", ["0", "65536", "eighty", "8995.0", ""], /port from 1 to 65535/],
  ["boolean", ["yes", "on", "1"], /true or false/, /write "true"/],
  ["boolean", ["no", "off", "0"], /true or false/, /write "false"/],
  ["boolean", ["", "t", "truee"], /true or false/],
  ["float", ["", "x", "NaN", "inf", "1e999", "0,5", "1."], /number such as/],
  ["octal", ["", "8", "018", "0x12", "-022", "u=rwx", "777777"], /octal digits/],
  ["duration", ["", "5 minutes", "1w", "-1s", "1h30m", "s"], /duration such as/],
  ["size", ["", "big", "-1", "1EB", "1 M B"], /size such as/],
  ["size", ["64Mi", "64MiB"], /size such as/, /write "64MB"/],
];
for (const [type, texts, wanted, hint] of BAD) {
  for (const text of texts) {
    Deno.test(`${type} ${JSON.stringify(text)} is refused with what is wanted`, () => {
      const found = parseKeyValue(type, text);
      assert(!found.ok);
      assert.match(found.wanted, wanted);
      if (hint) assert.match(found.hint ?? "", hint);
    });
  }
}

Deno.test("Curvine's documented defaults are values of their keys' types", () => {
  for (const [section, keys] of Object.entries(CURVINE_KEYS)) {
    for (const [name, key] of Object.entries(keys)) {
      const [type, fallback]: Key = key;
      if (fallback === undefined) continue;
      const text = type === "octal" ? Number(fallback).toString(8) : String(fallback);
      const parsed = parseKeyValue(type, text);
      assert(parsed.ok, `${section}.${name}`);
      const value = parsed.value instanceof TomlFloat ? parsed.value.value : parsed.value;
      assert.equal(value, fallback, `${section}.${name}`);
    }
  }
});

const TYPES: KeyType[] = [
  "string",
  "integer",
  "count",
  "u16",
  "port",
  "boolean",
  "float",
  "octal",
  "duration",
  "size",
  "list",
];

Deno.test("property: any text is a value of the type or says what is wanted, and never throws", () => {
  const text = fc.oneof(
    anyText(),
    fc.stringMatching(/^[0-9a-zA-Z.,+: -]{0,30}$/),
  );
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), text, (type, one) => {
      const found = parseKeyValue(type, one);
      if (!found.ok) return assert(found.wanted.length > 5);
      const { value } = found;
      switch (type) {
        case "boolean":
          return assert.equal(typeof value, "boolean");
        case "float":
          return assert(value instanceof TomlFloat && Number.isFinite(value.value));
        case "list":
          return assert(Array.isArray(value) && value.every((part) => part === part.trim()));
        case "string":
        case "duration":
        case "size":
          return assert.equal(typeof value, "string");
        default:
          return assert(Number.isSafeInteger(value) || typeof value === "bigint");
      }
    }),
    { numRuns: 1200 },
  );
});

Deno.test("property: integers are exact over their whole range", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (number) => {
    const found = parseKeyValue("integer", String(number));
    assert(found.ok);
    assert.equal(BigInt(found.value as bigint | number), number);
  }));
});

Deno.test("a megabyte of text is judged, whatever the type: in quadratic time it would never be", () => {
  for (const type of TYPES) {
    for (const unit of ["1", " ", "1.", "a", ","]) {
      parseKeyValue(type, `${unit.repeat(1_000_000)}!`);
    }
  }
});

Deno.test("a duration as others write it is answered with Curvine's", () => {
  const hints: Record<string, string | undefined> = {
    "5 minutes": 'write "5m"',
    "1sec": 'write "1s"',
    "1h30m": 'write "90m"',
    "1m30s": 'write "90s"',
    "PT1S": 'write "1s"',
    "P1DT12H": 'write "36h"',
    "1w": 'write "7d"',
    "250msec": 'write "250ms"',
    "soon": undefined,
    "-1s": undefined,
    "1y": undefined,
    "0 weeks": undefined,
  };
  for (const [text, hint] of Object.entries(hints)) {
    const found = parseKeyValue("duration", text);
    assert(!found.ok, text);
    assert.equal(found.hint, hint, text);
    const written = /"(.*)"/.exec(hint ?? "")?.[1];
    if (written !== undefined) assert(parseKeyValue("duration", written).ok, written);
  }
});

Deno.test("a mode that is written as a number is answered with its octal digits", () => {
  for (const [text, hint] of [["18", 'write "022"'], ["0x12", 'write "022"'], ["8", undefined]]) {
    const found = parseKeyValue("octal", text ?? "");
    assert.equal(found.ok ? "" : found.hint, hint, text);
  }
});

Deno.test("splitList trims parts and drops empty ones", () => {
  assert.deepEqual(splitList(" a ,b,, c d ,"), ["a", "b", "c d"]);
});

Deno.test("durations in milliseconds: every unit of Curvine's, a bare number, a part of one", () => {
  const cases: Record<string, number> = {
    "5": 5,
    "5ms": 5,
    "1s": 1000,
    "1 second": 1000,
    "2m": 120_000,
    "2minute": 120_000,
    "1h": 3_600_000,
    "1hour": 3_600_000,
    "1d": 86_400_000,
    "3day": 259_200_000,
    "0.5s": 500,
    "1S": 1000,
    "2H": 7_200_000,
    "0.2ms": 1,
    "0": 0,
  };
  for (const [text, wanted] of Object.entries(cases)) {
    assert.equal(parseMilliseconds(text), wanted, text);
  }
  for (const text of ["", "s", "-1s", "1w", "1e3", "9".repeat(30), "1s 2s"]) {
    assert.equal(parseMilliseconds(text), undefined, text);
  }
});
