import assert from "node:assert/strict";
import { executable, missing } from "../support/requirements.ts";

/** Every pod keeps it in its image; it is also what V8 has to read at a start. */
const MOST_BYTES = 400 * 1024;

Deno.test({
  name: "beside Deno's base runtime the executable holds no more than 400 KB",
  ignore: missing("executable"),
  fn(): void {
    const folder = `${executable}.files`;
    const sizes = [...Deno.readDirSync(folder)].map(({ name }) => ({
      name,
      bytes: Deno.statSync(`${folder}/${name}`).size,
    }));
    const sum = sizes.reduce((all, { bytes }) => all + bytes, 0);
    assert(sum > 0 && sum <= MOST_BYTES, `${sum} bytes: ${JSON.stringify(sizes)}`);
  },
});
