import assert from "node:assert/strict";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  plan,
  type World,
} from "../../../support/generation.ts";

const KEY = "journal.raft_tick_interval_ms";

function based(world: World, base: string): World {
  return { ...world, files: { ...world.files, [BASE_PATH]: base } };
}

Deno.test("a lone master gets ticks that fit a group of one, under Fluid and without", async () => {
  assert.equal(at(await plan(cacheWorld("master", cacheConfig())), KEY), 100);
  assert.equal(at(await plan({ words: ["master"] }), KEY), 100);
});

Deno.test("several masters keep Curvine's own ticks", async () => {
  const three = cacheConfig({ master: { replicas: 3 } });
  assert.equal(at(await plan(cacheWorld("master", three)), KEY), undefined);
  const base = '[journal]\njournal_addrs = [{ id = 1, hostname = "a", port = 1 }, ' +
    '{ id = 2, hostname = "b", port = 1 }]\n';
  assert.equal(at(await plan(based({ words: ["master"] }, base)), KEY), undefined);
});

Deno.test("an option and the base say otherwise", async () => {
  for (const name of ["journal.raft_tick_interval_ms", "raft_tick_interval_ms"]) {
    const options = { [name]: "300" };
    assert.equal(
      at(await plan(cacheWorld("master", cacheConfig({ master: { options } }))), KEY),
      300,
    );
  }
  const base = "[journal]\nraft_tick_interval_ms = 1000\n";
  assert.equal(at(await plan(based(cacheWorld("master", cacheConfig()), base)), KEY), 1000);
  assert.equal(at(await plan(based({ words: ["master"] }, base)), KEY), 1000);
});

Deno.test("only the master's own configuration has them", async () => {
  for (const component of ["worker", "client"] as const) {
    assert.equal(at(await plan(cacheWorld(component, cacheConfig())), KEY), undefined);
    assert.equal(at(await plan({ words: [component] }), KEY), undefined);
  }
});
