import assert from "node:assert/strict";
import { checkText } from "../../support/check_text.ts";
import { textOf } from "../../support/text_of.ts";

const FOLDER = new URL("../../fluid_cases", import.meta.url).pathname;

const names = [...Deno.readDirSync(FOLDER)]
  .flatMap(({ name }) => name.endsWith(".yaml") ? [name.slice(0, -".yaml".length)] : []).sort();

Deno.test("what check derives is what Fluid wrote, to the order of the fields", async () => {
  assert(names.length > 100);
  for (const name of names) {
    const { reports, written } = await checkText(Deno.readTextFileSync(`${FOLDER}/${name}.yaml`));
    const wanted = textOf(`${FOLDER}/${name}.json`);
    const configs = Object.values(written);
    if (wanted === undefined) {
      assert.deepEqual(configs, [], name);
      assert(reports.some(({ problems }) => problems.length > 0), `${name}: nothing is said`);
    } else {
      assert.equal(configs.length, 1, name);
      // Go writes maps sorted and leaves out what is empty; so do we.
      assert.equal(JSON.stringify(configs[0]), JSON.stringify(JSON.parse(wanted)), name);
    }
  }
});

Deno.test("a runtime config is shown under its kind, namespace and name", async () => {
  const { written } = await checkText(Deno.readTextFileSync(`${FOLDER}/c01-plain.yaml`));
  assert.deepEqual(Object.keys(written), ["CacheRuntime/ai/lake"]);
});
