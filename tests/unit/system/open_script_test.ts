import assert from "node:assert/strict";
import { Script } from "node:vm";
import { openScript } from "../../../lib/system/open_script.ts";

/** V8 remembers what it has compiled: without a number in it, code would not be looked at again. */
const text = (number: number): string => `(function(module){module.exports={made:${number}}})`;
let number = 100;
/** Where V8 notes which flags its code was made with. */
const FLAGS_AT = 12;

/** What is found where a script lies, with what is made of its code. */
function opened(
  code: (made: Uint8Array) => Uint8Array | undefined = (made) => made,
  more = "",
): unknown {
  const folder = Deno.makeTempDirSync({ prefix: "curvine-fluid-open-" });
  try {
    Deno.writeTextFileSync(`${folder}/start.cjs`, text(number += 2) + more);
    // A number of as many digits as the one in the file, all that V8 compares.
    const other = new Script(text(number ^ 1), { filename: "start.cjs" });
    const made = code(other.createCachedData());
    if (made !== undefined) Deno.writeFileSync(`${folder}/start.code`, made);
    return openScript(`${folder}/start.cjs`, `${folder}/start.code`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a script is opened with the code that V8 made of it", () => {
  const found = opened();
  assert.deepEqual(found, { made: number ^ 1 });
});

Deno.test("code of other flags, of another text, of no V8, or none at all opens nothing", () => {
  const flags = (made: Uint8Array): Uint8Array => {
    const other = made.slice();
    other[FLAGS_AT] = (other[FLAGS_AT] ?? 0) ^ 0xff;
    return other;
  };
  assert.equal(opened(flags), undefined);
  assert.equal(opened((made) => made, " "), undefined);
  assert.equal(opened((made) => made.slice(0, 20)), undefined);
  assert.equal(opened(() => new Uint8Array(4096)), undefined);
  assert.equal(opened(() => new Uint8Array()), undefined);
  assert.equal(opened(() => undefined), undefined);
});
