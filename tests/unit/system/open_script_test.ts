import assert from "node:assert/strict";
import { Script } from "node:vm";
import { openScript, type ScriptPlaces } from "../../../lib/system/open_script.ts";

/** V8 remembers what it has compiled: without a number in it, code would not be looked at again. */
const text = (number: number): string => `(function(module){module.exports={made:${number}}})`;
let number = 100;
/** Where V8 notes which flags its code was made with. */
const FLAGS_AT = 12;
/** What may lie before the script, and between it and its code. */
const BEFORE = "something else;";

/** How a file differs from what was looked for in it. */
interface Setup {
  code?(made: Uint8Array): Uint8Array;
  readonly more?: string;
  places?(places: ScriptPlaces): ScriptPlaces;
}

/** What is found where a script lies in a file, with what is made of its code. */
function opened({ code = (made) => made, more = "", places = (places) => places }: Setup): unknown {
  const path = Deno.makeTempFileSync({ prefix: "curvine-fluid-open-" });
  try {
    const encoder = new TextEncoder();
    const before = encoder.encode(BEFORE);
    const script = encoder.encode(text(number += 2) + more);
    // A number of as many digits as the one in the file, all that V8 compares.
    const other = new Script(text(number ^ 1), { filename: "start.cjs" });
    const made = code(other.createCachedData());
    Deno.writeFileSync(path, new Uint8Array([...before, ...script, ...before, ...made]));
    return openScript(
      path,
      places({
        script: { at: before.length, bytes: script.length },
        code: { at: before.length + script.length + before.length, bytes: made.length },
      }),
    );
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("a script is opened where it lies, with the code that V8 made of it", () => {
  assert.deepEqual(opened({}), { made: number ^ 1 });
});

Deno.test("code of other flags, of another text, of no V8, or none at all opens nothing", () => {
  const flags = (made: Uint8Array): Uint8Array => {
    const other = made.slice();
    other[FLAGS_AT] = (other[FLAGS_AT] ?? 0) ^ 0xff;
    return other;
  };
  assert.equal(opened({ code: flags }), undefined);
  assert.equal(opened({ more: " " }), undefined);
  assert.equal(opened({ code: (made) => made.slice(0, 20) }), undefined);
  assert.equal(opened({ code: () => new Uint8Array(4096) }), undefined);
  assert.equal(opened({ code: () => new Uint8Array() }), undefined);
});

Deno.test("places beyond the file's end, or of another part of it, open nothing", () => {
  const longer = ({ script, code }: ScriptPlaces): ScriptPlaces => ({
    script,
    code: { at: code.at, bytes: code.bytes + 1 },
  });
  const elsewhere = ({ script, code }: ScriptPlaces): ScriptPlaces => ({
    script,
    code: { at: code.at + 1, bytes: code.bytes - 1 },
  });
  assert.equal(opened({ places: longer }), undefined);
  assert.equal(opened({ places: elsewhere }), undefined);
  const nowhere = { at: 0, bytes: 1 };
  assert.equal(openScript("/no/such/file", { script: nowhere, code: nowhere }), undefined);
});
