/** The executable brings V8's code of a start, and starts as well where V8 refuses it. */
import assert from "node:assert/strict";
import { executable, missing } from "../support/requirements.ts";
import { Sandbox } from "../support/sandbox.ts";

/** V8's code begins with a few numbers: of its version, of the script, of its flags. */
const HEAD = 32;
/** Where that of the flags is. */
const FLAGS_AT = 12;
/** The runtime's own code lies before ours, which is less than this at the end of the file. */
const OURS = 3 * 2 ** 20;

/** Where V8's code lies in an executable, known by how it begins. */
function codeAt(bytes: Uint8Array, code: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(code[0] ?? 0, bytes.length - OURS); at >= 0;) {
    if (code.every((byte, index) => bytes[at + index] === byte)) found.push(at);
    at = bytes.indexOf(code[0] ?? 0, at + 1);
  }
  return found;
}

Deno.test({
  name: "an executable whose code V8 refuses starts the component, and says nothing of it",
  ignore: missing("executable") || Deno.build.arch !== "x86_64",
  fn: async () => {
    await using sandbox = await Sandbox.make();
    const bytes = await Deno.readFile(executable);
    const bundled = await Deno.readFile(
      new URL("../../dist/bundle/amd64/server.code", import.meta.url),
    );
    const places = codeAt(bytes, bundled.subarray(0, HEAD));
    assert.equal(places.length, 1);
    for (const place of places) {
      const at = place + FLAGS_AT;
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    }
    const other = sandbox.path("curvine-fluid");
    await Deno.writeFile(other, bytes, { mode: 0o755 });
    const env = { FLUID_DATASET_NAME: "lake", STAND_IN: "7" };
    const ours = await sandbox.run(["master", "start"], env);
    const record = await sandbox.record();
    const refused = await sandbox.run(["master", "start"], env, other);
    assert.deepEqual(refused, ours);
    assert.equal(refused.code, 7);
    assert.deepEqual((await sandbox.record()).config, record.config);
  },
});
