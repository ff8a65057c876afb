import assert from "node:assert/strict";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  codes,
  plan,
  type World,
} from "../../../support/generation.ts";

const ASK = {
  master: { options: { format_master: "true" } },
  worker: { options: { format_worker: "true" } },
};
const ONCE = { CURVINE_FLUID_ALLOW_FORMAT: "once" };
const MARKER = "/app/curvine/data/.curvine-fluid-formatted-master";

async function formats(world: World): Promise<[unknown, unknown, string | undefined, string[]]> {
  const made = await plan(world);
  return [at(made, "format_master"), at(made, "format_worker"), made.formatMarker, codes(made)];
}

Deno.test("format is false without being asked, whatever the component", async () => {
  for (const component of ["master", "worker", "client"] as const) {
    assert.deepEqual(await formats(cacheWorld(component, cacheConfig())), [
      false,
      false,
      undefined,
      [],
    ]);
  }
});

Deno.test("format is refused with a warning for each, however it is asked for", async () => {
  const refused = [false, false, undefined, ["format-refused", "format-refused"]];
  assert.deepEqual(await formats(cacheWorld("master", cacheConfig(ASK))), refused);
  for (const value of ["no", "off", "False", "0", ""]) {
    const env = { CURVINE_FLUID_ALLOW_FORMAT: value };
    assert.deepEqual(await formats(cacheWorld("master", cacheConfig(ASK), env)), refused, value);
  }
  const world = cacheWorld("worker", cacheConfig(), ONCE);
  const base = "format_master = true\nformat_worker = true\n";
  assert.deepEqual(
    await formats({ ...world, files: { ...world.files, [BASE_PATH]: base } }),
    refused,
    "the base alone is no deliberate wish",
  );
});

Deno.test("once: it is honoured for the component that it concerns, with a marker", async () => {
  assert.deepEqual(await formats(cacheWorld("master", cacheConfig(ASK), ONCE)), [
    true,
    false,
    MARKER,
    ["format-allowed", "format-refused"],
  ]);
  const [master, worker, marker] = await formats(cacheWorld("worker", cacheConfig(ASK), ONCE));
  assert.deepEqual([master, worker], [false, true]);
  assert.match(marker ?? "", /formatted-worker$/);
});

Deno.test("once: behind its marker it is refused", async () => {
  const world = cacheWorld("master", cacheConfig(ASK), ONCE);
  const found = await formats({ ...world, files: { ...world.files, [MARKER]: "" } });
  assert.deepEqual(found, [false, false, undefined, ["format-refused", "format-refused"]]);
});

Deno.test("the client never formats", async () => {
  const [master, worker, marker] = await formats(cacheWorld("client", cacheConfig(ASK), ONCE));
  assert.deepEqual([master, worker, marker], [false, false, undefined]);
});
