import assert from "node:assert/strict";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  codes,
  draft,
  plan,
  type World,
} from "../../../support/generation.ts";

const MASTER = (ordinal: number): string =>
  `lake-master-${ordinal}.svc-lake-master.ai.svc.cluster.local`;

function withFiles(world: World, files: World["files"]): World {
  return { ...world, files: { ...world.files, ...files } };
}

Deno.test("a master among three names itself and its peers", async () => {
  const config = cacheConfig({ master: { replicas: 3 } });
  const made = await plan(cacheWorld("master", config, { HOSTNAME: "lake-master-2" }));
  assert.equal(at(made, "master.hostname"), MASTER(2));
  assert.equal(at(made, "journal.hostname"), MASTER(2));
  assert.deepEqual(
    at(made, "journal.journal_addrs"),
    [0, 1, 2].map((n) => ({ id: n + 1, hostname: MASTER(n), port: 8996 })),
  );
  assert.deepEqual(made.process, {
    argv: [
      "/app/curvine/lib/curvine-server",
      "--service",
      "master",
      "--conf",
      "/app/curvine/conf/curvine-cluster.toml",
    ],
    env: {
      ORPC_BIND_HOSTNAME: "0.0.0.0",
      CURVINE_MASTER_ENDPOINTS: `${MASTER(0)}:8995,${MASTER(1)}:8995,${MASTER(2)}:8995`,
      CURVINE_MASTER_HOSTNAME: MASTER(2),
    },
    cwd: "/app/curvine",
    policy: "exec",
  });
  assert.equal(made.mount, null);
  assert.deepEqual(codes(made), []);
});

Deno.test("every component of a cluster gets the same configuration but for its own host names", async () => {
  const config = cacheConfig({
    master: { replicas: 3, options: { rpc_port: "18995", "log.level": "warn" } },
    worker: { options: { io_threads: "9" } },
    client: { options: { debug: "true", "client.replicas": "2" } },
  });
  const tomls = await Promise.all((["master", "worker", "client"] as const).map(async (one) => {
    const toml = at(await plan(cacheWorld(one, config)), "") as Record<
      string,
      Record<string, unknown>
    >;
    delete toml["worker"]?.["hostname"];
    delete toml["fuse"]?.["fs_path"];
    return toml;
  }));
  assert.deepEqual(tomls[1], tomls[0]);
  assert.deepEqual(tomls[2], tomls[0]);
});

Deno.test("a master may be told by an option which of the masters it is, and no other name", async () => {
  const three = (hostname: string): object =>
    cacheConfig({ master: { replicas: 3, options: { hostname } } });
  const made = await plan(cacheWorld("master", three(MASTER(1))));
  assert.equal(at(made, "master.hostname"), MASTER(1));
  assert.equal(at(made, "journal.hostname"), MASTER(1));
  const { problems } = await draft(cacheWorld("master", three("elsewhere")));
  assert.equal(problems.length, 1);
  assert.match(problems[0]?.message ?? "", /is "elsewhere", which is none of the 3 masters/);
  const lone = await plan(
    cacheWorld("master", cacheConfig({ master: { options: { hostname: "own-name" } } })),
  );
  assert.equal(at(lone, "master.hostname"), "own-name");
  assert.deepEqual(at(lone, "journal.journal_addrs.0.hostname"), "own-name");
});

Deno.test("a worker names itself by its service, and passes on no master's host name", async () => {
  const made = await plan(
    cacheWorld("worker", cacheConfig(), {
      HOSTNAME: "lake-worker-1",
      CURVINE_MASTER_HOSTNAME: "left-over",
    }),
  );
  const name = "lake-worker-1.svc-lake-worker.ai.svc.cluster.local";
  assert.equal(at(made, "worker.hostname"), name);
  assert.equal(at(made, "master.hostname"), MASTER(0));
  assert.equal(made.process.env["CURVINE_WORKER_HOSTNAME"], name);
  assert.equal(made.process.env["CURVINE_MASTER_HOSTNAME"], null);
});

Deno.test("with hostNetwork, POD_NAME tells a worker and a master what HOSTNAME cannot", async () => {
  const node = { HOSTNAME: "node-7" };
  const worker = await plan(
    cacheWorld("worker", cacheConfig(), { ...node, POD_NAME: "lake-worker-1" }),
  );
  assert.equal(
    at(worker, "worker.hostname"),
    "lake-worker-1.svc-lake-worker.ai.svc.cluster.local",
  );
  const config = cacheConfig({ master: { replicas: 3 } });
  const master = await plan(cacheWorld("master", config, { ...node, POD_NAME: "lake-master-1" }));
  assert.equal(at(master, "master.hostname"), MASTER(1));
  const { problems } = await draft(cacheWorld("master", config, node));
  assert.match(problems[0]?.message ?? "", /is "node-7", which is none of the 3 masters/);
  assert.match(problems[0]?.hint ?? "", /POD_NAME/);
});

Deno.test("a worker without a service is known by its address, or its bare name", async () => {
  const config = cacheConfig({ worker: { service: { name: "" } } });
  const env = { FLUID_RUNTIME_COMPONENT_SVC_NAME: "" };
  const byIp = await plan(cacheWorld("worker", config, { ...env, POD_IP: "10.0.0.9" }));
  assert.equal(at(byIp, "worker.hostname"), "10.0.0.9");
  assert.equal(
    at(await plan(cacheWorld("worker", config, env)), "worker.hostname"),
    "lake-worker-0",
  );
});

Deno.test("a worker that a node's name hides is known by its address, or said to be unreachable", async () => {
  const node = { HOSTNAME: "node-7" };
  const byIp = await plan(cacheWorld("worker", cacheConfig(), { ...node, POD_IP: "10.0.0.9" }));
  assert.equal(at(byIp, "worker.hostname"), "10.0.0.9");
  for (const env of [node, { ...node, POD_IP: "fd00::9" }]) {
    const made = await plan(cacheWorld("worker", cacheConfig(), env));
    assert.deepEqual(codes(made), ["worker-unreachable"]);
    assert.match(made.warnings[0]?.message ?? "", /as with hostNetwork.*set POD_IP/);
  }
});

Deno.test("masters without a headless service are said to be unreachable, by each component", async () => {
  const config = cacheConfig({ master: { service: { name: "" } } });
  for (const component of ["worker", "client"] as const) {
    const made = await plan(cacheWorld(component, config));
    assert.deepEqual(codes(made), ["master-unreachable"], component);
    assert.match(made.warnings[0]?.message ?? "", /"lake-master-0".*service: \{headless: \{\}\}$/);
  }
  const named = cacheConfig({ master: { service: { name: "" }, options: { hostname: "m.lan" } } });
  assert.deepEqual(codes(await plan(cacheWorld("worker", named))), []);
});

Deno.test("POD_CLUSTER_DOMAIN changes the domain of all names", async () => {
  const made = await plan(cacheWorld("worker", cacheConfig(), { POD_CLUSTER_DOMAIN: "corp.lan" }));
  assert.equal(at(made, "master.hostname"), "lake-master-0.svc-lake-master.ai.svc.corp.lan");
  assert.equal(at(made, "worker.hostname"), "lake-worker-0.svc-lake-worker.ai.svc.corp.lan");
});

Deno.test("a master that the file does not count yet is taken as a further peer", async () => {
  const made = await plan(
    cacheWorld("master", cacheConfig({ master: { replicas: 1 } }), { HOSTNAME: "lake-master-2" }),
  );
  assert.equal(at(made, "master.hostname"), MASTER(2));
  assert.equal((at(made, "journal.journal_addrs") as unknown[]).length, 3);
  assert.deepEqual(codes(made), ["replicas-behind"]);
});

Deno.test("the client mounts Curvine's root at the target and is supervised", async () => {
  const made = await plan(cacheWorld("client", cacheConfig(), { HOSTNAME: "node-7" }));
  const target = "/runtime-mnt/cache/ai/lake/cache-fuse";
  assert.equal(made.component, "client");
  assert.equal(at(made, "fuse.mnt_path"), target);
  assert.equal(at(made, "fuse.fs_path"), "/");
  assert.deepEqual(made.mount, { target });
  assert.equal(made.process.policy, "supervise");
  assert.deepEqual(made.process.argv, [
    "/app/curvine/lib/curvine-fuse",
    "--conf",
    "/app/curvine/conf/curvine-cluster.toml",
    "--mnt-path",
    target,
  ]);
});

Deno.test("CURVINE_FLUID_SUPERVISE changes who stays between Kubernetes and the daemon", async () => {
  const policy = async (component: "master" | "client", value: string): Promise<string> =>
    (await plan(cacheWorld(component, cacheConfig(), { CURVINE_FLUID_SUPERVISE: value }))).process
      .policy;
  assert.equal(await policy("master", "true"), "supervise");
  assert.equal(await policy("client", "false"), "exec");
  assert.equal(await policy("client", ""), "supervise");
});

Deno.test("mnt_number above 1 mounts below the target", async () => {
  const made = await plan(
    cacheWorld("client", cacheConfig({ client: { options: { mnt_number: "3" } } })),
  );
  const target = "/runtime-mnt/cache/ai/lake/cache-fuse";
  assert.deepEqual(made.mount, {
    target,
    layers: [`${target}/mnt-0`, `${target}/mnt-1`, `${target}/mnt-2`],
  });
  const { problems } = await draft(
    cacheWorld("client", cacheConfig({ client: { options: { mnt_number: "100000" } } })),
  );
  assert.match(problems[0]?.message ?? "", /at most 256/);
});

Deno.test("a target is made tidy, a strange one is refused", async () => {
  const target = async (targetPath: string): Promise<unknown> => {
    const found = await draft(cacheWorld("client", cacheConfig({ targetPath })));
    return found.problems[0]?.message ?? at(found.plan, "fuse.mnt_path");
  };
  assert.equal(await target("/a//b/./c/"), "/a/b/c");
  assert.equal(await target("/a b/$(x)"), "/a b/$(x)");
  for (const bad of ["relative", "/", "//", "/a/../b", "/.", "/\ud800"]) {
    assert.match(String(await target(bad)), /^is ".*wanted|^is ".*no file system/, bad);
  }
});

Deno.test("without a file, a local component starts with one warning and localhost", async () => {
  for (const component of ["master", "worker", "client"] as const) {
    const { env = {} } = cacheWorld(component, {});
    const made = await plan({ words: [component, "start"], env });
    assert.deepEqual(codes(made), ["config-missing"]);
    assert.equal(made.component, component);
    assert.deepEqual(at(made, "client.master_addrs"), [{ hostname: "localhost", port: 8995 }]);
    assert.equal(at(made, "master.hostname"), "localhost");
    assert.equal(at(made, "worker.hostname") ?? "localhost", "localhost");
    assert.equal(at(made, "format_master"), false);
    assert.equal(at(made, "format_worker"), false);
    assert.equal(at(made, "cluster_id"), "lake");
    assert.equal(made.process.env["CURVINE_MASTER_HOSTNAME"] ?? null, null);
  }
});

Deno.test("without a master in the file, CURVINE_MASTER_ENDPOINTS names it, or it is an error", async () => {
  const config = { ...cacheConfig(), master: { enabled: false } };
  const made = await plan(
    cacheWorld("worker", config, { CURVINE_MASTER_ENDPOINTS: "m0:1,m1:2" }),
  );
  assert.deepEqual(at(made, "client.master_addrs"), [
    { hostname: "m0", port: 1 },
    { hostname: "m1", port: 2 },
  ]);
  const { problems } = await draft(cacheWorld("worker", config));
  assert.match(problems[0]?.message ?? "", /missing or disabled/);
  const bad = await draft(cacheWorld("worker", config, { CURVINE_MASTER_ENDPOINTS: "m0" }));
  assert.match(bad.problems[0]?.message ?? "", /"m0" has no port/);
});

Deno.test("tiers become cache directories; an option or the base come into play without them", async () => {
  const level = (mediumType: string, mountPaths: string[], quotas?: string[]): object => ({
    mediumType,
    mountPaths,
    ...(quotas ? { quotas } : {}),
  });
  const dirs = async (worker: object, files: World["files"] = {}): Promise<unknown> => {
    const world = cacheWorld("worker", cacheConfig({ worker }));
    return at(await plan(withFiles(world, files)), "worker.data_dir");
  };
  const tieredStoreLevels = [
    level("MEM", ["/dev/shm"], ["1.5Gi"]),
    level("HDD", ["/a", "/b"], ["1k"]),
  ];
  assert.deepEqual(await dirs({ tieredStoreLevels: [level("hdd", ["/x"])] }), ["[HDD]/x"]);
  await assert.rejects(dirs({ tieredStoreLevels }), /"1k"; at least 1Ki/);
  tieredStoreLevels[1] = level("HDD", ["/a", "/b"], ["10G"]);
  const tiers = ["[MEM:1536MB]/dev/shm", "[HDD:9765625KB]/a", "[HDD]/b"];
  assert.deepEqual(await dirs({ tieredStoreLevels }), tiers);
  assert.deepEqual(await dirs({ tieredStoreLevels, options: { data_dir: "/o" } }), ["/o"]);
  const base = { [BASE_PATH]: '[worker]\ndata_dir = ["[SSD]/base"]\n' };
  assert.deepEqual(await dirs({ tieredStoreLevels }, base), tiers);
  assert.deepEqual(await dirs({}, base), ["[SSD]/base"]);
  assert.deepEqual(await dirs({}), ["[SSD]/cache-data"]);
});

Deno.test("an option that takes the place of the tiers is warned about, unless it says the same", async () => {
  const tieredStoreLevels = [{ mediumType: "HDD", mountPaths: ["/a"], quotas: ["1Gi"] }];
  const made = (worker: object): ReturnType<typeof plan> =>
    plan(cacheWorld("worker", cacheConfig({ worker })));
  const replaced = await made({ tieredStoreLevels, options: { data_dir: "[SSD]/o" } });
  assert.deepEqual(codes(replaced), ["tiers-replaced"]);
  assert.equal(replaced.warnings[0]?.path, "worker.options.data_dir");
  assert.match(replaced.warnings[0]?.message ?? "", /"\[HDD:1GB\]\/a": their volumes stay empty/);
  const same = { tieredStoreLevels, options: { data_dir: "[HDD:1GB]/a" } };
  assert.deepEqual(codes(await made(same)), []);
  assert.deepEqual(codes(await made({ options: { data_dir: "[SSD]/o" } })), []);
});

Deno.test("a tier that Curvine would misread is an error", async () => {
  const message = async (level: object): Promise<string> => {
    const world = cacheWorld("worker", cacheConfig({ worker: { tieredStoreLevels: [level] } }));
    return (await draft(world)).problems.map((one) => `${one.path} ${one.message}`).join("\n");
  };
  assert.match(
    await message({ mediumType: "TAPE", mountPaths: ["/a"] }),
    /worker\.tieredStoreLevels\[0\].* medium "TAPE"; one of MEM,SSD/,
  );
  assert.match(await message({ mediumType: "MEM", mountPaths: ["a"] }), /path "a"; an absolute/);
  for (const quota of ["10GiB", "ten", "-1Gi", "100Ei", "0"]) {
    const text = await message({ mediumType: "MEM", mountPaths: ["/a"], quotas: [quota] });
    assert.match(text, /quotas\[0\] /, quota);
    assert(text.includes(JSON.stringify(quota)), quota);
  }
});

for (
  const [entry, problem] of [
    ["[SSD:1.5GB]/a", true],
    ["[SSD:1Gi]/a", true],
    ["[SSD:1:2]/a", true],
    ["[]/a", true],
    ["[SSD]", true],
    ["relative", true],
    ["[SSD:1TB]relative", true],
    ["[1TB]/a", false],
    ["[ssd:1TB]/a", false],
    ["/a", false],
  ] as const
) {
  Deno.test(`the option data_dir ${entry} is ${problem ? "an error" : "good"}`, async () => {
    const options = { data_dir: entry };
    const { problems } = await draft(cacheWorld("worker", cacheConfig({ worker: { options } })));
    assert.equal(problems.length, problem ? 1 : 0, JSON.stringify(problems));
  });
}

Deno.test("master.hostname as an option must be one of the masters; with one master it is it", async () => {
  const options = { hostname: "m.example" };
  const one = await plan(cacheWorld("master", cacheConfig({ master: { options } })));
  assert.equal(at(one, "master.hostname"), "m.example");
  assert.equal(at(one, "journal.hostname"), "m.example");
  assert.deepEqual(at(one, "journal.journal_addrs"), [{
    id: 1,
    hostname: "m.example",
    port: 8996,
  }]);
  assert.deepEqual(at(one, "client.master_addrs"), [{ hostname: "m.example", port: 8995 }]);
  const { problems } = await draft(
    cacheWorld("master", cacheConfig({ master: { options, replicas: 3 } })),
  );
  assert.match(problems[0]?.message ?? "", /"m\.example", which is none of the 3 masters/);
});

Deno.test("emptied host name variables are taken away, for Curvine takes an empty one", async () => {
  const made = await plan(
    cacheWorld("worker", cacheConfig(), {
      CURVINE_CLIENT_HOSTNAME: "",
      CURVINE_TRANSFER_HOSTNAME: "x",
    }),
  );
  assert.equal(made.process.env["CURVINE_CLIENT_HOSTNAME"], null);
  assert(!("CURVINE_TRANSFER_HOSTNAME" in made.process.env));
});

Deno.test("a cold start never restores the state of an earlier daemon", async () => {
  const made = await plan(
    cacheWorld("client", cacheConfig(), { CURVINE_FUSE_STATE_PATH: "/tmp/old" }),
  );
  assert.equal(made.process.env["CURVINE_FUSE_STATE_PATH"], null);
});

Deno.test("logs go to stdout even where the base names a folder, unless an option says otherwise", async () => {
  const files = { [BASE_PATH]: '[fuse.log]\nlog_dir = "/logs"\n[worker.log]\nlog_dir = "/logs"\n' };
  const options = { "log.log_dir": "/var/log" };
  const made = await plan(
    withFiles(cacheWorld("worker", cacheConfig({ worker: { options } })), files),
  );
  assert.equal(at(made, "fuse.log.log_dir"), "stdout");
  assert.equal(at(made, "worker.log.log_dir"), "/var/log");
});

Deno.test("direct_io together with write_back_cache is an error, as curvine-fuse would refuse it", async () => {
  const options = { direct_io: "true", write_back_cache: "true" };
  const { problems } = await draft(cacheWorld("client", cacheConfig({ client: { options } })));
  assert.match(problems[0]?.message ?? "", /together with fuse\.write_back_cache/);
});

Deno.test("a cache runtime without a component is an error that says how to name one", async () => {
  await assert.rejects(
    plan({ words: [], env: { FLUID_RUNTIME_TYPE: "cache", HOSTNAME: "node-7" } }),
    { name: "ConfigError", message: /names one \(name the component: curvine-fluid master/ },
  );
});

Deno.test("a worker that nobody can resolve is told of, with the mend", async () => {
  const bare = cacheConfig({ worker: { service: { name: "" } } });
  const env = { FLUID_RUNTIME_COMPONENT_SVC_NAME: "" };
  const made = await plan(cacheWorld("worker", bare, env));
  assert.equal(at(made, "worker.hostname"), "lake-worker-0");
  assert.deepEqual(codes(made), ["worker-unreachable"]);
  assert.match(made.warnings[0]?.message ?? "", /"lake-worker-0".*POD_IP from status\.podIP/);
  const addressed = await plan(cacheWorld("worker", bare, { ...env, POD_IP: "10.1.2.3" }));
  assert.equal(at(addressed, "worker.hostname"), "10.1.2.3");
  const served = await plan(cacheWorld("worker", bare));
  assert.equal(at(served, "worker.hostname"), "lake-worker-0.svc-lake-worker.ai.svc.cluster.local");
  const named = cacheConfig({ worker: { service: { name: "" }, options: { hostname: "w" } } });
  const others = [
    addressed,
    served,
    await plan(cacheWorld("worker", named, env)),
    await plan(cacheWorld("client", bare, env)),
    await plan(cacheWorld("worker", cacheConfig(), { ...env, POD_IP: "10.1.2.3" })),
  ];
  for (const one of others) assert.deepEqual(codes(one), []);
});

Deno.test("keys of the base that Curvine reads no longer are told of", async () => {
  const world = cacheWorld("client", cacheConfig());
  const base =
    '[fuse]\nentry_timeout = 5\nattr_timeout = "1s"\nnode_cache_size = 7\ndebug = true\n';
  const made = await plan({ ...world, files: { ...world.files, [BASE_PATH]: base } });
  assert.deepEqual(made.warnings.map(({ code, path }) => [code, path]), [
    ["retired-key", "fuse.entry_timeout"],
    ["retired-key", "fuse.node_cache_size"],
  ]);
  assert.match(made.warnings[0]?.message ?? "", /see fuse\.entry_timeout_ms$/);
});

Deno.test("a master's journal may have a volume of its own, as Curvine's own sample says it", async () => {
  const options = { journal_dir: "/journal", meta_dir: "/meta" };
  const made = await plan(cacheWorld("master", cacheConfig({ master: { options } })));
  assert.equal(at(made, "journal.journal_dir"), "/journal");
  assert.equal(at(made, "master.meta_dir"), "/meta");
  assert.deepEqual(codes(made), []);
});

Deno.test("where to mount is the file's word, then Fluid's variable, then ours", async () => {
  const target = async (targetPath: string | null, env: Record<string, string>): Promise<unknown> =>
    at(await plan(cacheWorld("client", cacheConfig({ targetPath }), env)), "fuse.mnt_path");
  const env = { FLUID_RUNTIME_MOUNT_PATH: "/fluid", CURVINE_TARGET_PATH: "/ours" };
  assert.equal(await target("/file", env), "/file");
  assert.equal(await target(null, env), "/fluid");
  assert.equal(await target(null, { ...env, FLUID_RUNTIME_MOUNT_PATH: "" }), "/ours");
  assert.equal(await target("", { ...env, CURVINE_TARGET_PATH: "" }), "/fluid");
});
