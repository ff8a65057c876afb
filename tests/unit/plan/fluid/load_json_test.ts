import fc from "../../../support/fast_check.ts";
import { anyText } from "../../../support/any_text.ts";
import assert from "node:assert/strict";
import { ConfigError } from "../../../../lib/plan/config_error.ts";
import { findJsonFault } from "../../../../lib/plan/fluid/json_fault.ts";
import { loadJson } from "../../../../lib/plan/fluid/load_json.ts";

const SUBJECT = 'the runtime config "/c/runtime.json"';

function load(content: string | Uint8Array): ReturnType<typeof loadJson> {
  return loadJson(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
    SUBJECT,
  );
}

function fault(content: string | Uint8Array): ConfigError {
  try {
    load(content);
  } catch (error) {
    assert(error instanceof ConfigError, `${error}`);
    assert.equal(error.subject, SUBJECT);
    assert.match(error.message, /^Cannot use the runtime config "\/c\/runtime.json": /);
    return error;
  }
  throw new Error("it was loaded");
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

Deno.test("an object is loaded, with or without line end, BOM and space around it", () => {
  for (const content of ['{"a":1}', '{"a":1}\n', ' \r\n{"a":1} \n\n', '\ufeff{"a":1}']) {
    assert.deepEqual(load(content), { value: { a: 1 }, firstLineOnly: false });
  }
});

Deno.test("an object over several lines is loaded", () => {
  assert.deepEqual(load('{\n  "a": [\n    1\n  ]\n}\n').value, { a: [1] });
});

Deno.test("a JSON string that holds the object is loaded, also when that is encoded again", () => {
  const once = JSON.stringify('{"a":"ä"}');
  assert.deepEqual(load(once), { value: { a: "ä" }, firstLineOnly: false });
  assert.deepEqual(load(`${JSON.stringify(once)}\n`).value, { a: "ä" });
});

Deno.test("text after a complete first line is left aside and reported", () => {
  assert.deepEqual(load('{"a":1}\n{"a":2}\n'), { value: { a: 1 }, firstLineOnly: true });
  assert.deepEqual(load('{"a":1}\r\ngarbage'), { value: { a: 1 }, firstLineOnly: true });
  assert.deepEqual(load(`${JSON.stringify('{"a":1}')}\nx`), {
    value: { a: 1 },
    firstLineOnly: true,
  });
});

const FAULTS: [what: string, content: string | Uint8Array, message: RegExp][] = [
  ["empty", "", /empty; a JSON object is wanted/],
  ["only space", " \n\t\n", /empty/],
  ["only a BOM", "\ufeff", /empty/],
  ["an empty string in JSON", '""', /empty/],
  ["an array", "[1]", /holds an array; a JSON object is wanted/],
  ["null", "null", /holds null/],
  ["a number", "7", /holds a number/],
  ["true", "true", /holds a boolean/],
  [
    "cut off in a string",
    '{"mounts":[{"mountPo',
    /line 1, column 21: it ends where a closing quote/,
  ],
  ["cut off after a colon", '{"mounts":', /line 1, column 11: it ends where a value/],
  ["cut off in a list", '{"mounts":[1', /column 13: it ends where "," or "]" is wanted/],
  ["text behind the object", '{"a":1} x', /line 1, column 9: .*the end is wanted/],
  ["a trailing comma", '{"a":1,}', /line 1, column 8: .*a name in double quotes is wanted/],
  ["single quotes", "{'a':1}", /line 1, column 2: /],
  ["a bare control character", '{"a":"\t"}', /line 1, column 6: .*without control characters/],
  ["an unknown escape", '{"a":"\\x"}', /line 1, column 6: .*escapes/],
  ["a comment", '{"a":1}/* */', /line 1, column 8: .*the end is wanted/],
  ["text over two lines", '{"a":"x\ny"}', /line 1, column 8: .*a closing quote is wanted/],
  ["a number that is cut off", '{"a":1.}', /line 1, column 6: .*a whole number is wanted/],
  ["a comma too few", '{"a":1 "b":2}', /line 1, column 8: .*"," or "}" is wanted/],
  ["two values", "[1]\n[2]x", /line 2, column 1: .*the end is wanted/],
  ["a fault in the third line", '{\n"a": 1,\n"b" 2\n}', /line 3, column 5: .*":" is wanted/],
  ["YAML", "mounts:\n- mountPoint: x\n", /line 1, column 1: /],
  ["a leading zero", '{"a":01}', /line 1, column /],
  ["UTF-16 with the other mark", bytes(0xfe, 0xff, 0, 0x7b), /byte 0: .*it is UTF-16/],
  ["half of such a mark", bytes(0xff, 0x7b), /byte 0: it is not UTF-8 \(save it as UTF-8\)$/],
  ["the other half", bytes(0xfe, 0x7b), /byte 0: it is not UTF-8 \(save it as UTF-8\)$/],
  ["UTF-16 with a mark", bytes(0xff, 0xfe, 0x7b, 0), /byte 0: it is not UTF-8 \(it is UTF-16/],
  [
    "a byte that is not UTF-8",
    new Uint8Array([...text('{"ä":"'), 0xff, ...text('"}')]),
    /byte 7: it is not UTF-8/,
  ],
  ["a character cut in two at the end", bytes(0x7b, 0xc3), /byte 1: it is not UTF-8/],
  [
    "four strings inside each other",
    [1, 2, 3, 4].reduce((one) => JSON.stringify(one), "{}"),
    /string inside/,
  ],
  ["65 levels", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`, /column 69: it is nested more than 64/],
];
for (const [what, content, message] of FAULTS) {
  Deno.test(`a file that is ${what} is one clear error`, () => {
    const { problems, message: whole } = fault(content);
    assert.equal(problems.length, 1);
    assert.match(whole, message);
  });
}

Deno.test("64 levels are loaded", () => {
  assert(load(`{"a":${"[".repeat(63)}${"]".repeat(63)}}`));
});

Deno.test("a fault's place counts the empty lines before the text", () => {
  assert.match(fault('\n\n  {"a" 1}').message, /line 3, column 8: /);
});

Deno.test("a fault inside an encoded string says that its place is there", () => {
  assert.match(fault(JSON.stringify('{"a":\n}')).message, /line 2, column 1 of the text in it: /);
});

Deno.test("no error quotes the content, which may hold a secret", () => {
  const secret = "hunter2";
  const contents = [
    secret,
    `{"k":"${secret}`,
    `{"k":${secret}}`,
    `{"k":"x" "${secret}"}`,
    `{"k":"\\${secret}"}`,
    `${secret}: {`,
    JSON.stringify(secret),
    JSON.stringify(`{"k":"${secret}`),
    `["${secret}"]`,
    new Uint8Array([...text(secret), 0xff]),
  ];
  for (const content of contents) assert(!fault(content).message.includes(secret));
});

Deno.test("a brackets bomb of 1 MB is refused, not a stack overflow", () => {
  for (const open of ["[", '{"a":', '["', '"\\"']) {
    fault(open.repeat(1_000_000 / open.length));
  }
});

Deno.test("10 MB are refused with their number, 7 MB are loaded", () => {
  assert.match(
    fault(new Uint8Array(10_000_000).fill(0x20)).message,
    /it has 10000000 bytes; at most 8388608/,
  );
  const large = `{"a":"${"x".repeat(7_000_000)}"}`;
  assert.equal((load(large).value["a"] as string).length, 7_000_000);
});

Deno.test("a large file with its fault at the end is judged", () => {
  const message = fault(`{"a":"${"x\\n".repeat(2_000_000)}"`).message;
  assert.match(message, /line 1, column 6000008: it ends where/);
});

Deno.test("property: whatever the bytes, it loads an object or throws a ConfigError", () => {
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    anyText(200).map(text),
    fc.json().map(text),
    fc.json().map((json) => text(JSON.stringify(json))),
    fc.tuple(fc.json(), fc.nat(50)).map(([json, cut]) => text(json.slice(0, cut))),
    fc.array(fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "u0", "1", "\n", "a"))
      .map((parts) => text(parts.join(""))),
  );
  fc.assert(
    fc.property(arbitrary, (content) => {
      try {
        const { value } = load(content);
        assert(typeof value === "object" && value !== null && !Array.isArray(value));
      } catch (error) {
        assert(error instanceof ConfigError, `${error}`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("property: an object is loaded as JSON.parse reads it, plain, encoded, before a line", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(fc.property(object, (value) => {
    const json = JSON.stringify(value);
    const same = JSON.parse(json);
    assert.deepEqual(load(json).value, same);
    assert.deepEqual(load(JSON.stringify(json)).value, same);
    assert.deepEqual(load(`${json}\n{`), { value: same, firstLineOnly: true });
  }));
});

Deno.test("property: up to the place of a fault, the text is a beginning of JSON", () => {
  const broken = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), fc.string())
    .map(([value, at, junk]) => {
      const json = JSON.stringify(value);
      const place = at % (json.length + 1);
      return json.slice(0, place) + junk.replaceAll(/[\n\r]/g, "") + json.slice(place);
    });
  const message = (content: string): string => {
    try {
      load(content);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  fc.assert(fc.property(broken, (content) => {
    const column = /line 1, column (\d+): it is not JSON/.exec(message(content))?.[1];
    if (column === undefined) return;
    const good = content.slice(0, Number(column) - 1);
    // It may be JSON already, such as the 0 of "0{}", for which load has other complaints.
    assert(isJson(good) || findJsonFault(good).offset >= good.length, good);
  }));
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
