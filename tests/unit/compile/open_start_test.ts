import assert from "node:assert/strict";
import { Script } from "node:vm";
import { openStart } from "../../../.ci/compile/open_start.ts";

/** V8 remembers what it has compiled: without a number in it, code would not be looked at again. */
const text = (number: number): string => `(function(module){module.exports={start:()=>${number}}})`;
let number = 100;
/** Where V8 notes which flags its code was made with. */
const FLAGS_AT = 12;

/** What the executable finds when it is called so, and has these files beside it. */
function opened(
  { code = (made) => made, more = "", args = [], name = "curvine-fluid" }: {
    code?: (made: Uint8Array) => Uint8Array | undefined;
    more?: string;
    args?: string[];
    name?: string;
  } = {},
): unknown {
  const folder = Deno.makeTempDirSync({ prefix: "curvine-fluid-open-" });
  try {
    Deno.writeTextFileSync(`${folder}/start.cjs`, text(number += 2) + more);
    // A number of as many digits as the one in the file, all that V8 compares.
    const other = new Script(text(number ^ 1), { filename: "start.cjs" });
    const made = code(other.createCachedData());
    if (made !== undefined) Deno.writeFileSync(`${folder}/start.code`, made);
    return openStart(`${folder}/start`, args, () => name);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function isOpened(found: unknown): boolean {
  return typeof found === "object" && found !== null && "start" in found;
}

Deno.test("a start is opened as one script, with the code that V8 made of it", () => {
  for (const args of [[], ["run"], ["worker", "start"], ["run", "fluid-thin-runtime"]]) {
    assert.ok(isOpened(opened({ args })), args.join(" "));
  }
  assert.ok(isOpened(opened({ name: "entrypoint.sh" })));
});

Deno.test("whatever is no plain start takes the chunks", () => {
  for (const args of [["health"], ["worker", "stop"], ["worker", "--help"], ["run", "--x=1"]]) {
    assert.equal(opened({ args }), undefined, args.join(" "));
  }
  for (const name of ["uname", "mountUfs.sh", "toString", ""]) {
    assert.equal(opened({ name }), undefined, name);
  }
});

Deno.test("code of other flags, of another text, of no V8, or none at all leads to the chunks", () => {
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
  assert.equal(opened({ code: () => undefined }), undefined);
});
