/** The executable brings V8's code of a start, and starts as well where V8 refuses it. */
import assert from "node:assert/strict";
import { startPlaces } from "../../lib/dispatch/start_places.ts";
import { executable, missing } from "../support/requirements.ts";
import { Sandbox } from "../support/sandbox.ts";

/** Where V8's code has its number of the flags that it was made with. */
const FLAGS_AT = 12;
/** What opens a start's script has been told where it lies, and where V8's code of it. */
const PLACES = /"(\d+(?:,\d+){5})"/;

Deno.test({
  name: "an executable whose code V8 refuses starts the component, and says nothing of it",
  ignore: missing("executable") || Deno.build.arch !== "x86_64",
  fn: async () => {
    await using sandbox = await Sandbox.make();
    const bytes = await Deno.readFile(executable);
    const main = new URL("../../dist/bundle/amd64/main.js", import.meta.url);
    const [, written = ""] = PLACES.exec(await Deno.readTextFile(main)) ?? [];
    for (const kind of ["server", "start"] as const) {
      const at = (startPlaces(kind, written)?.code.at ?? NaN) + FLAGS_AT;
      bytes[at] = bytes[at] === undefined ? assert.fail("no code there") : bytes[at] ^ 0xff;
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
