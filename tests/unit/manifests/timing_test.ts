import assert from "node:assert/strict";
import { parseDuration } from "../../../lib/text/duration.ts";
import type { TomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { thinRuntimeConfig } from "./as_fluid_writes.ts";
import { kustomize, nameOf } from "./kustomize.ts";
import { planOf } from "./plan_of.ts";
import { cacheToml, MANIFESTS, sample } from "./samples.ts";
import { at } from "./subset_rules.ts";

const CACHE_RUNTIMES = ["cache-runtime/base", "cache-runtime/persistent"];
const COMPONENTS = ["master", "worker", "client"] as const;

Deno.test("a start is looked for every second or two, for as long as it may take", async () => {
  for (const folder of CACHE_RUNTIMES) {
    for (const [component, container] of await containersOf(folder)) {
      const probe = at(container, "startupProbe");
      const period = Number(at(probe, "periodSeconds"));
      assert(period >= 1 && period <= 2, `${folder} ${component}: ${period}`);
      // A journal to be replayed; cached blocks to be looked through; Curvine's wait for a master.
      const atLeast = { master: 600, worker: 300, client: 180 }[component];
      assert(period * Number(at(probe, "failureThreshold")) >= atLeast, `${folder} ${component}`);
    }
  }
});

Deno.test("readiness is known within three seconds", async () => {
  const containers = (await Promise.all(CACHE_RUNTIMES.map(containersOf))).flat();
  const thin = at(await sample("thin-runtime", "ThinRuntimeProfile"), "spec.fuse");
  for (const container of [...containers.map(([, container]) => container), thin]) {
    const period = Number(at(container, "readinessProbe.periodSeconds"));
    assert(period >= 1 && period <= 3, JSON.stringify(at(container, "readinessProbe")));
  }
});

Deno.test("only a readiness goes over HTTP, to the port that curvine-fluid opens", async () => {
  for (const folder of CACHE_RUNTIMES) {
    for (const [component, container] of await containersOf(folder)) {
      for (const kind of ["startupProbe", "readinessProbe", "livenessProbe"]) {
        const get = at(container, `${kind}.httpGet`) as { path: string; port: string } | undefined;
        if (get === undefined) {
          assert.ok(at(container, `${kind}.exec.command`), `${folder} ${component} ${kind}`);
          continue;
        }
        // A port that somebody else has must not kill a container.
        assert.equal(`${component} ${kind}`, "client readinessProbe");
        assert.equal(get.path, "/readyz");
        const ports = at(container, "ports") as { name: string; containerPort: number }[];
        const port = ports.find(({ name }) => name === get.port)?.containerPort;
        const env = at(container, "env") as { name: string; value: string }[];
        const address = env.find(({ name }) => name === "CURVINE_FLUID_HTTP_ADDR")?.value;
        assert.equal(address, `0.0.0.0:${port}`);
      }
    }
  }
});

Deno.test("a client leaves a master that is gone for another within 40 s", async () => {
  const tables: [string, TomlTable][] = [];
  for (const folder of CACHE_RUNTIMES) {
    for (const component of COMPONENTS) tables.push([folder, await cacheToml(folder, component)]);
  }
  const thin = await kustomize(`${MANIFESTS}thin-runtime`);
  for (const runtime of thin.filter((object) => object["kind"] === "ThinRuntime")) {
    const dataset = thin.find((object) =>
      object["kind"] === "Dataset" && nameOf(object) === nameOf(runtime)
    );
    assert.ok(dataset);
    const { config } = await planOf(thinRuntimeConfig(dataset, runtime));
    tables.push([nameOf(runtime), config.toml]);
  }
  assert.equal(tables.length, 8);
  for (const [name, toml] of tables) {
    const limit = (key: string): number => Number(at(toml, `client.${key}`));
    // The request on its way, a try to connect that had begun, a pause, and the request again.
    const wait = limit("rpc_timeout_ms") + 2 * limit("conn_timeout_ms") +
      limit("rpc_retry_max_sleep_ms");
    assert(wait > 10_000 && wait < 40_000, `${name}: ${wait}`);
    // How long it goes on trying stays Curvine's: a master may take its time.
    assert.equal(at(toml, "client.rpc_retry_max_duration_ms"), undefined, name);
  }
});

Deno.test("a worker that has registered is used a second later", async () => {
  for (const folder of CACHE_RUNTIMES) {
    for (const component of ["master", "worker"] as const) {
      const interval = at(await cacheToml(folder, component), "master.heartbeat_interval");
      assert.equal(parseDuration(String(interval)), 1_000, `${folder} ${component}`);
    }
  }
});

Deno.test("three masters bear a leader that stands still for 2 s, and miss one within 6 s", async () => {
  const journal = at(await cacheToml("cache-runtime/persistent", "master"), "journal") as TomlTable;
  const tick = Number(journal["raft_tick_interval_ms"]);
  const [shortest, longest] = [10, Number(journal["raft_max_election_ticks"])];
  for (const key of ["raft_election_tick", "raft_heartbeat_tick", "raft_min_election_ticks"]) {
    assert.equal(journal[key], undefined, `${key} is Curvine's own: 10, 3 and 10`);
  }
  // A sign of life may have been due when it stopped: three ticks of Curvine's.
  assert(tick * (shortest - 3) >= 2_000);
  assert(longest > shortest && tick * longest <= 6_000);
  // A group hears from a moved master as soon as the others let go of its old address.
  assert(Number(journal["io_timeout_ms"]) <= 10_000 && Number(journal["conn_timeout_ms"]) <= 5_000);
  assert.equal(
    at(await sample("cache-runtime/persistent", "CacheRuntime"), "spec.master.replicas"),
    3,
  );
});

Deno.test("one master's ticks are left to the generator", async () => {
  const options = at(await sample("cache-runtime/base", "CacheRuntime"), "spec.master.options");
  assert.deepEqual(Object.keys(options as object).filter((key) => key.includes("raft")), []);
});

async function containersOf(
  folder: string,
): Promise<[(typeof COMPONENTS)[number], unknown][]> {
  const topology = at(await sample(folder, "CacheRuntimeClass"), "topology");
  return COMPONENTS.map((component) => [
    component,
    at(topology, `${component}.template.spec.containers.0`),
  ]);
}
