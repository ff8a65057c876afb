/** Runs every case of `cases/`, one JSON file each, against the compiled executable. */
import { runCase } from "../support/conformance_case.ts";
import { executable, missing } from "../support/requirements.ts";

const CASES = new URL("cases/", import.meta.url).pathname;

for (const { name } of [...Deno.readDirSync(CASES)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  const note = JSON.parse(Deno.readTextFileSync(CASES + name)).note;
  Deno.test({
    name: `${name.replace(".json", "")}: ${note}`,
    ignore: missing("executable"),
    fn: () => runCase(Deno.readTextFileSync(CASES + name), [executable]),
  });
}
