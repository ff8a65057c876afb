import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { OperateWorld } from "../support/operate_world.ts";
import { kubernetesApi } from "../support/kubernetes_api.ts";
import { executable, missing } from "../support/requirements.ts";
import type { Ran } from "../support/run.ts";

const ignore = missing("executable", "root", "tool:bash", "tool:unshare", "tool:openssl");

function test(name: string, work: (world: OperateWorld) => Promise<void>): void {
  Deno.test({
    name: `data-load ${name}`,
    ignore,
    fn: async () => {
      using world = new OperateWorld();
      world.mounts({ mountPoint: "s3://lake/raw", path: "/raw" });
      world.addMount("/raw", "s3://lake/raw");
      world.addMount("/raw2", "s3://lake/two");
      await work(world);
    },
  });
}

/** Fluid's DataLoad job: no component, no dataset's name. */
function load(
  world: OperateWorld,
  paths: string,
  more: Readonly<Record<string, string>> = {},
  wrap: readonly string[] = [],
): Promise<Ran> {
  return world.run(["data-load"], {
    FLUID_RUNTIME_COMPONENT_TYPE: "",
    FLUID_DATASET_NAME: "",
    FLUID_DATASET_NAMESPACE: "",
    FLUID_DATALOAD_DATA_PATH: paths,
    FLUID_DATALOAD_METADATA: "false",
    ...more,
  }, wrap);
}

/** Runs with these names in /etc/hosts and this host name. */
function pod(hostname: string, hosts: readonly string[]): string[] {
  const lines = ["127.0.0.1 localhost", ...hosts.map((name) => `127.0.0.1 ${name}`)].join("\n");
  return [
    "unshare",
    "-m",
    "-u",
    "sh",
    "-c",
    'hostname "$0" && mount -t tmpfs none /etc && printf "%s\\n" "$1" > /etc/hosts && ' +
    'printf "hosts: files\\n" > /etc/nsswitch.conf && shift && exec "$@"',
    hostname,
    lines,
  ];
}

test("loads each path from the UFS of the longest mount", async (world) => {
  const ran = await load(world, "/raw/a/b:/raw2:s3://lake/raw/c");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(world.calls(), [
    "mount",
    "load s3://lake/raw/a/b --watch",
    "load s3://lake/two --watch",
    "load s3://lake/raw/c --watch",
  ]);
  assert.deepEqual(ran.stdout.split("\n").map((line) => line.split(" ").slice(0, 2).join(" ")), [
    "done /raw/a/b:",
    "done /raw2:",
    "done s3://lake/raw/c:",
    "",
  ]);
});

test("loads every mount for Fluid's default path", async (world) => {
  const ran = await load(world, "/");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(world.calls().slice(1), [
    "load s3://lake/raw --watch",
    "load s3://lake/two --watch",
  ]);
});

test("shows progress as it comes, without the terminal's codes", async (world) => {
  const ran = await load(world, "/raw");
  assert.match(ran.stderr, /\/raw: Loading 50\.0% 5\/10 bytes/);
  assert.match(ran.stderr, /\/raw: Completed 100\.0% 10\/10 bytes/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(ran.stderr + ran.stdout, /\x1b/);
});

for (const state of ["Failed", "PartialSuccess", "Canceled"]) {
  for (const transfer of ["", "TRANSFER=1 "]) {
    test(`fails on ${transfer}${state}, but tries all paths`, async (world) => {
      world.behave(
        `${transfer}FAILED_LOADS=s3://lake/raw LOAD_STATE=${state} LOAD_MESSAGE='3 files are gone'`,
      );
      const ran = await load(world, "/raw:/raw2");
      assert.equal(ran.code, 1);
      assert.match(ran.stdout, new RegExp(`^FAILED /raw: s3://lake/raw ended ${state}`));
      assert.match(ran.stdout, /^done \/raw2: /m);
    });
  }
}

test("fails on a path that no mount covers, and names the mounts", async (world) => {
  const ran = await load(world, "/nowhere:/raw");
  assert.equal(ran.code, 1);
  assert.match(ran.stdout, /^FAILED \/nowhere: no UFS is mounted .*\/raw, \/raw2$/m);
  assert.match(ran.stdout, /^done \/raw:/m);
});

test("ends a watcher that goes on after the end", async (world) => {
  world.behave("WATCH_ON=1");
  const ran = await load(world, "/raw");
  assert.equal(ran.code, 0, ran.stderr);
  await eventually("the stand-in's processes are gone", () => world.alive().length === 0);
});

test("asks for replicas and metadata where Curvine can", async (world) => {
  const ran = await load(world, "/raw:/raw2", {
    FLUID_DATALOAD_PATH_REPLICAS: "1:3",
    FLUID_DATALOAD_METADATA: "true",
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(world.read("state/conf"), /^replicas = 3$/m);
  assert(!world.calls().some((call) => call.includes("resync")));
});

test("never resyncs a mount in fs_mode unless it is asked for by name", async (world) => {
  world.write("state/table", "");
  world.addMount("/raw", "s3://lake/raw", "fs_mode");
  world.addMount("/cached", "s3://lake/cached");
  const resyncs = async (metadata: string, more = {}, ...args: string[]): Promise<string[]> => {
    const ran = await world.run(["data-load", ...args], {
      FLUID_DATALOAD_DATA_PATH: "/:/raw/a",
      FLUID_DATALOAD_METADATA: metadata,
      ...more,
    });
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /WARNING: \/raw is fs_mode/);
    return world.calls().filter((call) => call.includes("resync"));
  };
  const name = { CURVINE_FLUID_DATA_LOAD_RESYNC: "true" };
  assert.deepEqual(await resyncs("false"), []);
  assert.deepEqual(await resyncs("true"), []);
  assert.deepEqual(await resyncs("false", name), []);
  assert.deepEqual(await resyncs("true", name), ["mount resync /raw"]);
  assert.deepEqual(await resyncs("true", {}, "--resync"), ["mount resync /raw"]);
});

test("refuses a setting of the resync that is neither true nor false", async (world) => {
  const ran = await load(world, "/raw", { CURVINE_FLUID_DATA_LOAD_RESYNC: "maybe" });
  assert.equal(ran.code, 64);
  assert.deepEqual(world.calls(), []);
});

test("fails on a transfer that completed without some of its files", async (world) => {
  world.behave("TRANSFER=1 FAILED_FILES=2");
  const ran = await load(world, "/raw");
  assert.equal(ran.code, 1);
  assert.match(ran.stdout, /^FAILED \/raw: .*Completed.* 2 failed/);
  world.behave("TRANSFER=1 FAILED_FILES=0");
  assert.equal((await load(world, "/raw")).code, 0);
});

for (const [parallel, begun] of [["1", 1], ["4", 2]] as const) {
  test(`cancels what is under way on TERM, ${parallel} at once, and exits with 143`, async (world) => {
    world.behave("HANG=loading");
    const child = new Deno.Command("sh", {
      args: ["-c", `exec "$0" data-load /raw /raw2 2> ${world.dir}/stderr`, executable],
      env: { ...world.env(), CURVINE_FLUID_DATA_LOAD_PARALLEL: parallel },
      clearEnv: true,
      stdout: "null",
    }).spawn();
    await eventually(
      "the loads are under way",
      () => world.read("stderr").split("45.0%").length === begun + 1,
    );
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await eventually("the stand-in's processes are gone", () => world.alive().length === 0);
    const calls = world.calls();
    assert.equal(calls.filter((call) => call.startsWith("load ")).length, begun);
    assert.equal(calls.filter((call) => /^cancel-load job-\d+$/.test(call)).length, begun);
  });
}

test("refuses a number of loads that is none", async (world) => {
  const ran = await load(world, "/raw", { CURVINE_FLUID_DATA_LOAD_PARALLEL: "many" });
  assert.equal(ran.code, 64);
  assert.match(ran.stderr, /"many".*from 1 to 99/);
});

test("takes masters from the environment when no config is mounted", async (world) => {
  Deno.removeSync(world.config);
  const ran = await load(world, "/raw", { CURVINE_DATALOAD_MASTER_ADDRS: "m0:1995,m1" });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(world.read("state/conf"), /hostname = "m0"\nport = 1995/);
  assert.match(world.read("state/conf"), /hostname = "m1"\nport = 8995/);
  assert.match(world.read("state/conf"), /format_master = false/);
});

test("finds masters by the job's host name and DNS, all of them", async (world) => {
  Deno.removeSync(world.config);
  const hosts = [0, 1, 2].map((n) => `lake-master-${n}.svc-lake-master.ai.svc`);
  const ran = await load(
    world,
    "/raw",
    { POD_NAMESPACE: "ai" },
    pod("lake-dataload-loader-job-x7k2p", hosts),
  );
  assert.equal(ran.code, 0, ran.stderr);
  for (const host of hosts) assert(world.read("state/conf").includes(`"${host}"`), host);
  assert.match(ran.stderr, /host name is "lake-dataload-loader-job-x7k2p"/);
});

test("asks no guess where two datasets could be meant", async (world) => {
  Deno.removeSync(world.config);
  const hosts = ["lake", "lake-load"].map((ds) => `${ds}-master-0.svc-${ds}-master.ai.svc`);
  const ran = await load(
    world,
    "/raw",
    { POD_NAMESPACE: "ai" },
    pod("lake-load-loader-job-abcde", hosts),
  );
  assert.equal(ran.code, 69);
  assert.match(ran.stderr, /both "lake-load" and "lake" have masters.*CURVINE_DATALOAD_DATASET/);
  assert.deepEqual(world.calls(), []);
});

test("lists all that it tried when it finds no master", async (world) => {
  Deno.removeSync(world.config);
  const ran = await load(world, "/raw", { POD_NAMESPACE: "ai" }, pod("some-job-abc", []));
  assert.equal(ran.code, 69);
  for (
    const part of [
      /runtime config ".*runtime\.json" does not exist/,
      /CURVINE_DATALOAD_MASTER_ADDRS/,
      /KUBERNETES_SERVICE_HOST is not set/,
      /host name "some-job-abc" is not that of a DataLoad's job/,
    ]
  ) assert.match(ran.stderr, part);
});

test("calls native paths done, and fails when Curvine is unreachable", async (world) => {
  world.mounts({ mountPoint: "curvine:///shared", path: "/shared" });
  assert.match((await load(world, "/shared/x")).stdout, /^done \/shared\/x: it lies in Curvine/);
  world.behave("UNREACHABLE=1");
  const ran = await load(world, "/raw");
  assert.equal(ran.code, 69);
  assert.match(ran.stderr, /cannot connect to any master/);
});

test("finds the dataset by the pod's label through the Kubernetes API", async (world) => {
  Deno.removeSync(world.config);
  await using api = await kubernetesApi(() =>
    Response.json({ metadata: { labels: { targetDataset: "lake" } } })
  );
  const inPod = [
    "unshare",
    "-m",
    "sh",
    "-c",
    "mount -t tmpfs none /run && mkdir -p /var/run/secrets/kubernetes.io && " +
    `cp -r ${api.folder} /var/run/secrets/kubernetes.io/serviceaccount && exec "$@"`,
    "sh",
  ];
  const names = pod("whatever-loader-job-x7k2p", ["lake-master-0.svc-lake-master.ai.svc"]);
  const ran = await load(world, "/raw", {
    KUBERNETES_SERVICE_HOST: "127.0.0.1",
    KUBERNETES_SERVICE_PORT: String(api.port),
  }, [...inPod, ...names]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /the pod's label names the dataset/);
  assert.deepEqual(api.requests, [
    "GET /api/v1/namespaces/ai/pods/whatever-loader-job-x7k2p token-1",
  ]);
  assert.match(world.read("state/conf"), /"lake-master-0\.svc-lake-master\.ai\.svc"/);
});
