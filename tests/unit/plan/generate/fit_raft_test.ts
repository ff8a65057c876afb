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
const LONGEST = "journal.raft_max_election_ticks";

function based(world: World, base: string): World {
  return { ...world, files: { ...world.files, [BASE_PATH]: base } };
}

Deno.test("a lone master gets ticks that fit a group of one, under Fluid and without", async () => {
  assert.equal(at(await plan(cacheWorld("master", cacheConfig())), KEY), 100);
  assert.equal(at(await plan({ words: ["master"] }), KEY), 100);
});

Deno.test("a lone master's election waits no longer than it must, unless somebody chose", async () => {
  const longest = async (options: Readonly<Record<string, string>>): Promise<unknown> =>
    at(await plan(cacheWorld("master", cacheConfig({ master: { options } }))), LONGEST);
  // Curvine's shortest is 10, and it wants the longest to be more.
  assert.equal(await longest({}), 11);
  assert.equal(await longest({ "journal.raft_max_election_ticks": "20" }), 20);
  for (const key of ["tick_interval_ms", "election_tick", "min_election_ticks"]) {
    assert.equal(await longest({ [`journal.raft_${key}`]: "25" }), undefined, key);
  }
  const three = cacheConfig({ master: { replicas: 3 } });
  assert.equal(at(await plan(cacheWorld("master", three)), LONGEST), undefined);
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
