import assert from "node:assert/strict";
import { startPlaces } from "../../../lib/dispatch/start_places.ts";

Deno.test("a server has code of its own, the script is the same", () => {
  const script = { at: 100, bytes: 10 };
  const written = "100,10,110,20,130,30";
  assert.deepEqual(startPlaces("server", written), { script, code: { at: 110, bytes: 20 } });
  assert.deepEqual(startPlaces("start", written), { script, code: { at: 130, bytes: 30 } });
});

Deno.test("in the source there are no places", () => {
  assert.equal(startPlaces("server"), undefined);
  assert.equal(startPlaces("start"), undefined);
});
