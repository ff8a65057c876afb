/** The executable brings V8's code of a start, and starts as well where V8 refuses it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { startPlaces } from "../../lib/dispatch/start_places.ts";
import { executable, missing } from "../support/requirements.ts";
import { Sandbox } from "../support/sandbox.ts";

/** Where V8's code has its number of the flags that it was made with. */
const FLAGS_AT = 12;
/** What opens a start's script has been told where it lies, and where V8's code of it. */
const PLACES = /"(\d+(?:,\d+){5})"/;

const BUNDLE = new URL("../../dist/bundle/amd64/", import.meta.url);
const ignore = missing("executable") || Deno.build.arch !== "x86_64";
const ENV = { FLUID_DATASET_NAME: "lake", STAND_IN: "7" };

/** Has V8 refuse its code of any start. */
async function spoilCode(bytes: Uint8Array): Promise<void> {
  const main = await Deno.readTextFile(new URL("main.js", BUNDLE));
  const [, places = ""] = PLACES.exec(main) ?? [];
  for (const kind of ["server", "start"] as const) {
    const at = (startPlaces(kind, places)?.code.at ?? NaN) + FLAGS_AT;
    bytes[at] = bytes[at] === undefined ? assert.fail("no code there") : bytes[at] ^ 0xff;
  }
}

/** Has the modules of the whole program throw when they are loaded. */
async function spoilModules(bytes: Uint8Array): Promise<void> {
  const text = await Deno.readFile(new URL("start.js", BUNDLE));
  const at = Buffer.from(bytes.buffer).indexOf(text);
  assert.notEqual(at, -1);
  bytes.set(new TextEncoder().encode("throw 1//"), at);
}

async function written(sandbox: Sandbox, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const path = sandbox.path("curvine-fluid");
  await Deno.writeFile(path, bytes, { mode: 0o755 });
  return path;
}

Deno.test({
  name: "an executable whose code V8 refuses starts the component, and says nothing of it",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.make();
    const bytes = await Deno.readFile(executable);
    await spoilCode(bytes);
    const other = await written(sandbox, bytes);
    const ours = await sandbox.run(["master", "start"], ENV);
    const record = await sandbox.record();
    const refused = await sandbox.run(["master", "start"], ENV, other);
    assert.deepEqual(refused, ours);
    assert.equal(refused.code, 7);
    assert.deepEqual((await sandbox.record()).config, record.config);
  },
});

Deno.test({
  name: "a start needs none of the modules that other commands load",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.make();
    const bytes = await Deno.readFile(executable);
    await spoilModules(bytes);
    const other = await written(sandbox, bytes);
    assert.equal((await sandbox.run(["master", "start"], ENV, other)).code, 7);
    assert.notEqual((await sandbox.run(["version"], ENV, other)).code, 0);
  },
});
