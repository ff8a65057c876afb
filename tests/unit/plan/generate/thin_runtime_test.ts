import assert from "node:assert/strict";
import { ConfigError } from "../../../../lib/plan/config_error.ts";
import { NoMountYet } from "../../../../lib/plan/generate/generate_plan.ts";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  codes,
  draft,
  plan,
  thinConfig,
  thinWorld,
} from "../../../support/generation.ts";

async function messages(world: Parameters<typeof draft>[0]): Promise<string[]> {
  return (await draft(world)).problems.map(({ path, message, hint }) =>
    `${path} ${message}${hint ? ` (${hint})` : ""}`
  );
}

Deno.test("the smallest ThinRuntime is a supervised curvine-fuse with everything in the file", async () => {
  const made = await plan(thinWorld(thinConfig()));
  const target = "/runtime-mnt/thin/ai/lake/thin-fuse";
  assert.deepEqual(at(made, ""), {
    format_master: false,
    format_worker: false,
    testing: false,
    cluster_id: "curvine",
    master: { hostname: "m0", rpc_port: 8995, web_port: 9000 },
    client: { master_addrs: [{ hostname: "m0", port: 8995 }] },
    fuse: { mnt_path: target, fs_path: "/data", io_threads: 32, worker_threads: 56 },
  });
  assert.deepEqual(made.process, {
    argv: [
      "/app/curvine/lib/curvine-fuse",
      "--conf",
      "/app/curvine/conf/curvine-cluster.toml",
      "--mnt-path",
      target,
    ],
    env: {},
    cwd: "/app/curvine",
    policy: "supervise",
  });
  assert.deepEqual(made.mount, { target });
  assert.deepEqual(made.warnings, []);
});

Deno.test("the mount's options are stronger than the runtime's, those than the environment's", async () => {
  const world = thinWorld(
    thinConfig({ "io-threads": "1", "fuse.debug": "true" }, {
      runtimeOptions: { io_threads: "2", "worker-threads": "2", "master-endpoints": "weak:1" },
    }),
    {
      CURVINE_IO_THREADS: "3",
      CURVINE_WORKER_THREADS: "3",
      CURVINE_MAX_BACKGROUND: "3",
      CURVINE_MASTER_ENDPOINTS: "weaker:1",
    },
  );
  const made = await plan(world);
  assert.equal(at(made, "fuse.io_threads"), 1);
  assert.equal(at(made, "fuse.worker_threads"), 2);
  assert.equal(at(made, "fuse.max_background"), 3);
  assert.equal(at(made, "fuse.debug"), true);
  assert.equal(at(made, "master.hostname"), "m0");
});

Deno.test("the environment alone is enough, and what it lacks is named, all of it", async () => {
  const env = {
    CURVINE_MOUNT_POINT: "curvine:///x",
    CURVINE_TARGET_PATH: "/mnt/x",
    CURVINE_MASTER_ENDPOINTS: "h:1234;i:1235",
    CURVINE_ENTRY_TIMEOUT: "5000",
    CURVINE_MASTER_WEB_PORT: "9100",
  };
  const made = await plan({ words: ["fluid-thin-runtime"], env });
  assert.equal(at(made, "fuse.fs_path"), "/x");
  assert.equal(at(made, "fuse.mnt_path"), "/mnt/x");
  assert.equal(at(made, "fuse.entry_timeout_ms"), 5000);
  assert.equal(at(made, "master.web_port"), 9100);
  assert.equal(at(made, "master.rpc_port"), 1234);
  assert.deepEqual(codes(made), []);
  const text = (await messages({ words: ["fluid-thin-runtime"] })).join("\n");
  for (const name of ["CURVINE_MOUNT_POINT", "CURVINE_TARGET_PATH", "CURVINE_MASTER_ENDPOINTS"]) {
    assert(text.includes(name), text);
  }
});

Deno.test("a wrong value in the environment is reported by its variable", async () => {
  const found = await messages(thinWorld(thinConfig(), { CURVINE_IO_THREADS: "many" }));
  assert.deepEqual(found, ['$CURVINE_IO_THREADS is "many"; a whole number from 1 is wanted']);
});

Deno.test("variables that Kubernetes makes of a Service named curvine-web are no settings", async () => {
  const made = await plan(
    thinWorld(thinConfig(), {
      CURVINE_WEB_PORT: "tcp://10.96.3.7:9003",
      CURVINE_MASTER_WEB_PORT: "tcp://10.96.3.8:9000",
    }),
  );
  assert.equal(at(made, "fuse.web_port"), undefined);
  assert.equal(at(made, "master.web_port"), 9000);
});

for (
  const [mountPoint, path] of [
    ["curvine:///data", "/data"],
    ["curvine://data", "/data"],
    ["curvine://data/", "/data"],
    ["curvine://", "/"],
    ["curvine:///", "/"],
    ["curvine:///a//b/./c", "/a/b/c"],
    ["curvine:///dä ta/😀", "/dä ta/😀"],
    ["/a/b", "/a/b"],
    ["/a:b/c@d", "/a:b/c@d"],
    ["curvinefs:///data", "/data"],
    ["curvinefs://data", "/data"],
    ["CURVINE:///data", "/data"],
    ["cv:///data", "/data"],
    ["curvine:///a:b", "/a:b"],
    ["curvine://v1.2/d", "/v1.2/d"],
  ] as const
) {
  Deno.test(`the mount point ${mountPoint} is Curvine's ${path}`, async () => {
    const made = await plan(thinWorld(thinConfig({}, {}, { mountPoint })));
    assert.equal(at(made, "fuse.fs_path"), path);
  });
}

Deno.test("a mount point whose first part is a master, or looks like a host, is warned about", async () => {
  for (const mountPoint of ["curvine://m0/d", "curvine://cv.example.com/d", "cv://a.b.local"]) {
    const made = await plan(
      thinWorld(thinConfig({ "master-endpoints": "m0:1" }, {}, { mountPoint })),
    );
    assert.deepEqual(codes(made), ["host-in-path"], mountPoint);
    assert.match(made.warnings[0]?.message ?? "", /the directory "\/.*master-endpoints/);
  }
  for (const mountPoint of ["curvine://data/d", "curvine:///m0", "curvine://a.parquet", "/m0/d"]) {
    const made = await plan(
      thinWorld(thinConfig({ "master-endpoints": "m0:1" }, {}, { mountPoint })),
    );
    assert.deepEqual(codes(made), [], mountPoint);
  }
});

for (const mountPoint of ["curvine:/d", "Curvine:d", " curvine:///d"]) {
  Deno.test(`the mount point ${JSON.stringify(mountPoint)} is no directory of that name`, async () => {
    const [found = ""] = await messages(thinWorld(thinConfig({}, {}, { mountPoint })));
    assert.match(found, /curvine:\/\/\/path is wanted \(write "curvine:\/\/\/d"\)$/);
  });
}

for (
  const mountPoint of ["s3://bucket/x", "curvine:///a/../b", "https://h/x", "oss://b", "s3:/b"]
) {
  Deno.test(`the mount point ${mountPoint} is refused`, async () => {
    const found = await messages(thinWorld(thinConfig({}, {}, { mountPoint })));
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /^mounts\[0\]\.mountPoint is "/);
    assert(found[0]?.includes(mountPoint));
  });
}

for (
  const [mountPoint, host] of [
    ["curvine://m1:8995/d", "m1:8995"],
    ["curvine://m1:8995", "m1:8995"],
    ["curvinefs://m1:8995,m2:8995/d", "m1:8995,m2:8995"],
    ["curvine://user@m1/d", "user@m1"],
    ["curvine://10.0.0.7/d", "10.0.0.7"],
    ["curvine://m-0.m.default.svc/d", "m-0.m.default.svc"],
    ["curvine://m-0.m.default.svc.cluster.local/d", "m-0.m.default.svc.cluster.local"],
    ["curvine://localhost/d", "localhost"],
  ] as const
) {
  Deno.test(`the mount point ${mountPoint} names a host: masters are named elsewhere`, async () => {
    const [found = "", ...more] = await messages(thinWorld(thinConfig({}, {}, { mountPoint })));
    assert.deepEqual(more, []);
    assert(found.startsWith("mounts[0].mountPoint is "), found);
    assert(found.includes(`names the host "${host}"`) && found.includes("master-endpoints"), found);
    const env = { CURVINE_MOUNT_POINT: mountPoint };
    const client = await messages(cacheWorld("client", cacheConfig(), env));
    assert.match(client.join("\n"), /^\$CURVINE_MOUNT_POINT is .*names the host[^\n]*$/);
  });
}

Deno.test("the profile's options are in MOUNT_OPTIONS: stronger than variables, weaker than the file", async () => {
  const env = {
    MOUNT_OPTIONS: "io-threads=4,ro,worker-threads=4,max-background=400,client.ttl=1d",
    CURVINE_WORKER_THREADS: "5",
    CURVINE_LIST_LIMIT: "5",
    CURVINE_MAX_BACKGROUND: "5",
  };
  const more = { runtimeOptions: { "worker-threads": "3" } };
  const made = await plan(thinWorld(thinConfig({ "io-threads": "2" }, more), env));
  assert.equal(at(made, "fuse.io_threads"), 2);
  assert.equal(at(made, "fuse.worker_threads"), 3);
  assert.equal(at(made, "fuse.max_background"), 400);
  assert.equal(at(made, "fuse.list_limit"), 5);
  assert.equal(at(made, "client.ttl_ms"), "1d");
  assert.equal(at(made, "fuse.readonly"), undefined);
  assert.deepEqual(codes(made), []);
});

Deno.test("masters may be in MOUNT_OPTIONS, whose commas are also theirs", async () => {
  const config = { ...thinConfig() as object, mounts: [{ mountPoint: "curvine:///d" }] };
  const made = await plan(
    thinWorld(config, { MOUNT_OPTIONS: "master-endpoints=m0:1,m1:2,io-threads=4,rw" }),
  );
  assert.deepEqual(at(made, "client.master_addrs"), [
    { hostname: "m0", port: 1 },
    { hostname: "m1", port: 2 },
  ]);
  assert.equal(at(made, "fuse.io_threads"), 4);
  const bad = await messages(thinWorld(config, { MOUNT_OPTIONS: "master-endpoints=m0" }));
  assert.match(bad[0] ?? "", /^\$MOUNT_OPTIONS: master-endpoints "m0" has no port/);
});

Deno.test("what is wrong with an option of the runtime is said once, though MOUNT_OPTIONS has it too", async () => {
  const world = thinWorld(thinConfig({}, { runtimeOptions: { "io-threads": "x" } }), {
    MOUNT_OPTIONS: "io-threads=x,web-port=y",
  });
  assert.deepEqual(await messages(world), [
    '$MOUNT_OPTIONS: web-port is "y"; a port from 1 to 65535 is wanted',
    'runtimeOptions.io-threads is "x"; a whole number from 1 is wanted',
  ]);
});

Deno.test("pvc and local mounts beside the one that is Curvine's are not ours", async () => {
  const config = thinConfig() as { mounts: object[] };
  config.mounts.unshift({ mountPoint: "pvc://claim/x", name: "p" });
  config.mounts.push({ mountPoint: "local:///x", name: "l" });
  const made = await plan(thinWorld(config));
  assert.equal(at(made, "fuse.fs_path"), "/data");
  assert.deepEqual(
    await messages(
      thinWorld({ ...config, mounts: [config.mounts[0], config.mounts[1], config.mounts[1]] }),
    ),
    [
      "mounts has 2 Curvine mounts; exactly one is wanted",
    ],
  );
});

Deno.test("no mount at all names what is missing", async () => {
  const [first = ""] = await messages(thinWorld({ mounts: [], targetPath: "/t" }));
  assert.match(first, /mounts\[0\]\.mountPoint is missing.*CURVINE_MOUNT_POINT/);
});

Deno.test("a read-only mount is mounted read-only, whatever an option says", async () => {
  const made = await plan(thinWorld(thinConfig({ readonly: "false" }, {}, { readOnly: true })));
  assert.equal(at(made, "fuse.readonly"), true);
  assert.equal(at(await plan(thinWorld(thinConfig())), "fuse.readonly"), undefined);
  const asked = await plan(thinWorld(thinConfig({ readonly: "true" })));
  assert.equal(at(asked, "fuse.readonly"), true);
});

for (
  const [text, message] of [
    ["m0", /"m0" has no port \(write "m0:8995"\)/],
    ["m0:8995,m1", /"m1" has no port/],
    ["m0:0", /"m0:0" has no valid port/],
    ["m0:65536", /no valid port/],
    ["m0:x", /no valid port/],
    [":8995", /no valid host name/],
    ["[::1]:8995", /more than one colon; "host:port" is wanted$/],
    ["http://m0:8996/", /more than one colon.*\(write "m0:8996"\)$/],
    ["m0:8995/data", /no valid port.*\(write "m0:8995"\)$/],
    ["m0:", /no valid port.*\(write "m0:8995"\)$/],
    ["a$(x):1", /no valid host name/],
    [" , ;", /names no endpoint/],
  ] as const
) {
  Deno.test(`the endpoints ${JSON.stringify(text)} are refused with the part that is wrong`, async () => {
    const found = await messages(thinWorld(thinConfig({ "master-endpoints": text })));
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /^mounts\[0\]\.options\.master-endpoints /);
    assert.match(found[0] ?? "", message);
  });
}

Deno.test("endpoints may be in the runtime's options, in snake case, or in the environment", async () => {
  const without = { "master-endpoints": undefined };
  const ofRuntime = thinConfig(without, { runtimeOptions: { master_endpoints: "r:1" } });
  assert.equal(at(await plan(thinWorld(ofRuntime)), "master.hostname"), "r");
  const ofEnv = thinWorld(thinConfig(without), { CURVINE_MASTER_ENDPOINTS: "e:1" });
  assert.equal(at(await plan(ofEnv), "master.hostname"), "e");
});

Deno.test("the cluster's id is the dataset's name, then an option's, then curvine", async () => {
  const id = async (options: Record<string, string>, more = {}, env = {}): Promise<unknown> =>
    at(await plan(thinWorld(thinConfig(options, more), env)), "cluster_id");
  const dataset = { FLUID_DATASET_NAME: "ds", CURVINE_DATASET_NAME: "weaker" };
  assert.equal(await id({ cluster_id: "a" }, {}, dataset), "ds");
  assert.equal(await id({ cluster_id: "a" }, {}, { CURVINE_DATASET_NAME: "c" }), "c");
  assert.equal(await id({ cluster_id: "a" }), "a");
  assert.equal(await id({ "cluster-id": "a" }), "a");
  assert.equal(await id({}, { runtimeOptions: { cluster_id: "r" } }), "r");
  assert.equal(await id({}), "curvine");
});

Deno.test("an existing configuration of the image plays no part: it is another cluster's", async () => {
  const world = thinWorld(thinConfig());
  const made = await plan({
    ...world,
    files: { ...world.files, [BASE_PATH]: "[client]\nreplicas = 9\n" },
  });
  assert.equal(at(made, "client.replicas"), undefined);
});

Deno.test("shell text stays text everywhere", async () => {
  const targetPath = "/t/$(touch pwned);`id`";
  const made = await plan(
    thinWorld(thinConfig({ "client.storage_type": "$(id)" }, { targetPath })),
  );
  assert.equal(at(made, "fuse.mnt_path"), targetPath);
  assert.equal(made.process.argv.at(-1), targetPath);
  assert.equal(at(made, "client.storage_type"), "$(id)");
});

Deno.test("a Dataset without mounts has none yet: that alone is told apart from what is wrong", async () => {
  const none = { ...thinConfig() as object, mounts: [] };
  const errorOf = async (world: Parameters<typeof plan>[0]): Promise<unknown> => {
    try {
      await plan(world);
      return undefined;
    } catch (error) {
      assert(error instanceof ConfigError);
      return error instanceof NoMountYet ? error.target : error.problems.length;
    }
  };
  const target = "/runtime-mnt/thin/ai/lake/thin-fuse";
  assert.equal(await errorOf(thinWorld(none)), target);
  // Where the masters are known, only the path is missing.
  assert.equal(await errorOf(thinWorld(none, { CURVINE_MASTER_ENDPOINTS: "m:1" })), target);
  // Something else is wrong, too.
  assert.equal(await errorOf(thinWorld({ ...none, targetPath: "x" })), 3);
  assert.equal(await errorOf(thinWorld({ ...none, runtimeOptions: { "io-threads": "x" } })), 3);
  // A mount that is none of Curvine's, and one without masters.
  assert.equal(await errorOf(thinWorld({ ...none, mounts: [{ mountPoint: "pvc://a" }] })), 2);
  assert.equal(await errorOf(thinWorld({ ...none, mounts: [{ mountPoint: "curvine:///a" }] })), 1);
  // The environment says what is mounted, or there is no file.
  const env = { CURVINE_MOUNT_POINT: "curvine:///x" };
  assert.equal(await errorOf(thinWorld(none, env)), 1);
  assert.equal(
    await errorOf(thinWorld(none, { ...env, CURVINE_MASTER_ENDPOINTS: "m:1" })),
    undefined,
  );
  assert.equal(await errorOf({ words: ["fluid-thin-runtime"] }), 3);
});
