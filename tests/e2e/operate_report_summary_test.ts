import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { OperateWorld } from "../support/operate_world.ts";
import { missing } from "../support/requirements.ts";

const ignore = missing("executable", "tool:bash");
const PLAIN = {
  cached: "1.50GiB",
  cachedPercentage: "0",
  cacheCapacity: "10.00GiB",
  cacheHitRatio: "0",
  fileNum: "12",
  ufsTotal: "0",
};

function test(name: string, work: (world: OperateWorld) => Promise<void>): void {
  Deno.test({
    name: `report-summary ${name}`,
    ignore,
    fn: async () => {
      using world = new OperateWorld();
      world.mounts({ mountPoint: "s3://lake/raw", path: "/raw" });
      await work(world);
    },
  });
}

/** A master's web server that answers with these metrics. */
function metricsServer(text: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === "/metrics"
        ? new Response(text)
        : new Response("no", { status: 404 }),
  );
}

test("prints one object of texts, with warnings around Curvine's line", async (world) => {
  world.behave("WARN=1 LEADER=localhost.invalid:1");
  const ran = await world.run(["report-summary"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout.split("\n").length, 2);
  assert.deepEqual(JSON.parse(ran.stdout), PLAIN);
});

test("computes the hit ratio from the leading master's metrics", async (world) => {
  await using server = metricsServer(
    '# TYPE client_mount_cache_hits counter\nclient_mount_cache_hits{id="1"} 155900\n' +
      'client_mount_cache_hits{id="2"} 44100\nclient_mount_cache_misses{id="1"} 50000\n',
  );
  world.webPort = server.addr.port;
  world.mounts({ mountPoint: "s3://lake/raw", path: "/raw" });
  const ran = await world.run(["report-summary"]);
  assert.deepEqual(JSON.parse(ran.stdout), { ...PLAIN, cacheHitRatio: "80.0%" });
});

test("computes the cached percentage where Curvine knows the UFS's size", async (world) => {
  world.behave(
    `LEADER=localhost.invalid:1 SUMMARY='${JSON.stringify({ ...PLAIN, ufsTotal: "6.00GiB" })}'`,
  );
  const ran = await world.run(["report-summary"]);
  assert.equal(JSON.parse(ran.stdout).cachedPercentage, "25.0%");
});

test("takes the report of a Curvine that has no fluid-summary", async (world) => {
  world.behave("OLD=1 LEADER=localhost.invalid:1");
  const ran = await world.run(["report-summary"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout), { ...PLAIN, fileNum: "7" });
});

test("turns numbers into text, which alone Fluid accepts", async (world) => {
  world.behave(
    `LEADER=localhost.invalid:1 SUMMARY='{"cached":1,"cacheCapacity":2,"cacheHitRatio":0.5,"cachedPercentage":0}'`,
  );
  const values = Object.values(JSON.parse((await world.run(["report-summary"])).stdout));
  assert(values.every((value) => typeof value === "string"), String(values));
});

test("gives up inside its time when the master hangs, and leaves nothing", async (world) => {
  world.behave("HANG=report");
  const ran = await world.run(["report-summary", "--timeout", "2s"]);
  assert.equal(ran.code, 69);
  assert.equal(ran.stdout, "");
  await eventually("the stand-in's processes are gone", () => world.alive().length === 0);
  assert.deepEqual([...Deno.readDirSync(`${world.dir}/run`)], []);
});

test("lets the client retry for less than Fluid waits", async (world) => {
  await world.run(["report-summary"]);
  const conf = world.read("state/conf");
  for (const key of ["rpc_retry_max_duration_ms", "conn_retry_max_duration_ms", "rpc_timeout_ms"]) {
    const value = Number(new RegExp(`^${key} = (\\d+)$`, "m").exec(conf)?.[1]);
    assert(value > 0 && value < 15_000, `${key} is ${value}`);
  }
  assert.equal(world.read("state/conf-mode"), "600\n");
});

test("waits for a master that leads, and for a first worker", async (world) => {
  world.behave("NO_LEADER=2 NO_WORKER=4 LEADER=localhost.invalid:1");
  const ran = await world.run(["report-summary"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout), PLAIN);
  assert.match(ran.stderr, /Waiting for a master that leads/);
});

test("reports what there is where no worker comes in its time", async (world) => {
  world.behave("NO_WORKER=999 LEADER=localhost.invalid:1");
  const ran = await world.run(["report-summary", "--timeout", "8s"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(JSON.parse(ran.stdout).cacheCapacity, "0B");
  assert.match(ran.stderr, /Waiting for a worker[^]*No worker has registered in time/);
});

test("waits for no worker where none is wanted", async (world) => {
  const { worker: _, ...rest } = JSON.parse(world.read("runtime.json"));
  world.write("runtime.json", JSON.stringify(rest));
  world.behave("NO_WORKER=999 LEADER=localhost.invalid:1");
  const ran = await world.run(["report-summary"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.doesNotMatch(ran.stderr, /Waiting/);
});

test("says that Curvine is unreachable", async (world) => {
  world.behave("UNREACHABLE=1");
  const ran = await world.run(["report-summary", "--timeout", "4s"]);
  assert.equal(ran.code, 69);
  assert.match(ran.stderr, /cannot connect to any master/);
});

test("says where the cli is wanted", async (world) => {
  const ran = await world.run(["report-summary"], { CURVINE_CLI: "/no/such/cli" });
  assert.equal(ran.code, 127);
  assert.match(ran.stderr, /\/no\/such\/cli.*CURVINE_CLI/);
});
