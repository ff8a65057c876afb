/**
 * What the bash and Python integration got wrong when it generated a configuration (docs/contract,
 * "What the bash and Python integration gets wrong"), and what happens now. What it got wrong in
 * mounting, stopping and operating has its tests there.
 */
import assert from "node:assert/strict";
import { configText } from "../../../../lib/commands/prepare.ts";
import { mountScript } from "../../../../lib/plan/generate/mount_script.ts";
import { parse } from "smol-toml";
import {
  at,
  cacheConfig,
  cacheWorld,
  codes,
  draft,
  plan,
  thinConfig,
  thinWorld,
} from "../../../support/generation.ts";

const MASTER = "lake-master-0.svc-lake-master.ai.svc.cluster.local";

Deno.test("format_* is always written as false, an explicit true warns", async () => {
  for (const component of ["master", "worker", "client"] as const) {
    const asked = cacheConfig({
      master: { options: { format_master: "true", format_worker: "TRUE" } },
    });
    const toml = parse(configText(await plan(cacheWorld(component, asked))));
    assert.deepEqual([toml["format_master"], toml["format_worker"]], [false, false]);
    assert.deepEqual(codes(await plan(cacheWorld(component, asked))), [
      "format-refused",
      "format-refused",
    ]);
  }
  const thin = await plan(thinWorld(thinConfig({ format_master: "true" })));
  assert.equal(at(thin, "format_master"), false);
  assert.deepEqual(codes(thin), ["format-refused"]);
});

Deno.test("shell text from the Dataset is one argument, and quoted in the old script", async () => {
  const targetPath = "/t/'$(touch /tmp/pwned)';`id` && x";
  const made = await plan(thinWorld(thinConfig({}, { targetPath })));
  assert.equal(made.process.argv[4], targetPath);
  const script = mountScript(made) ?? "";
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `${script.slice(0, script.indexOf("umount"))} set +x; printf %s "$CURVINE_HOME"`],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "/app/curvine");
  const line = script.split("\n").find((one) => one.startsWith("exec ")) ?? "";
  const words = await new Deno.Command("sh", {
    args: ["-c", line.replace("exec", "printf '%s\\n'")],
  })
    .output();
  assert.deepEqual(new TextDecoder().decode(words.stdout).trimEnd().split("\n"), made.process.argv);
});

Deno.test("keys cannot write TOML, and values are escaped", async () => {
  const { problems } = await draft(
    cacheWorld("master", cacheConfig({ master: { options: { "a = 1\n[evil]\nb": "x" } } })),
  );
  assert.match(problems[0]?.message ?? "", /option name/);
  const value = 'x"\n[evil]\na = "1\\';
  const made = await plan(
    cacheWorld("master", cacheConfig({ master: { options: { worker_policy: value } } })),
  );
  const toml = parse(configText(made)) as Record<string, Record<string, unknown>>;
  assert.equal(toml["evil"], undefined);
  assert.equal(toml["master"]?.["worker_policy"], value);
});

Deno.test("the key decides the type", async () => {
  const options = {
    "client.block_size": "134217728",
    "fuse.umask": "022",
    "client.io_threads": "32",
    "fuse.fuse_opts": "allow_other,ro",
  };
  const text = configText(await plan(cacheWorld("client", cacheConfig({ client: { options } }))));
  for (
    const line of [
      'block_size = "134217728"',
      "umask = 18",
      "io_threads = 32",
      'fuse_opts = ["allow_other", "ro"]',
    ]
  ) {
    assert(text.split("\n").includes(line), line);
  }
});

Deno.test("dotted options are merged into one table", async () => {
  const options = { "log.level": "debug", "log.file_name": "w", "io_threads": "1" };
  const text = configText(await plan(cacheWorld("worker", cacheConfig({ worker: { options } }))));
  assert.equal(text.split("\n").filter((line) => line === "[worker.log]").length, 1);
  assert.equal(text.split("\n").filter((line) => line === "[worker]").length, 1);
});

for (const name of ["raft_port", "journal_port", "journal.rpc_port", "raft-port"]) {
  Deno.test(`${name} sets the peers' port and journal.rpc_port`, async () => {
    const options = { [name]: "18996" };
    const made = await plan(
      cacheWorld("worker", cacheConfig({ master: { options, replicas: 2 } })),
    );
    assert.equal(at(made, "journal.rpc_port"), 18_996);
    const peers = at(made, "journal.journal_addrs") as { port: number }[];
    assert.deepEqual(peers.map(({ port }) => port), [18_996, 18_996]);
    assert.equal(at(made, "master.raft_port"), undefined);
  });
}

Deno.test("journal ids are the ordinal + 1, in numeric order, however pods are listed", async () => {
  const podConfigs = ["m-10", "m-2", "m-0"].map((podName) => ({ podName }));
  const topology = { master: { podConfigs, service: { name: "svc" } }, client: {}, worker: {} };
  const made = await plan(cacheWorld("worker", { topology }));
  const peers = at(made, "journal.journal_addrs") as { id: number; hostname: string }[];
  assert.deepEqual(peers.map(({ id, hostname }) => [id, hostname.split(".")[0]]), [
    [1, "m-0"],
    [3, "m-2"],
    [11, "m-10"],
  ]);
});

const NAMESPACE: [
  from: string,
  env: Record<string, string>,
  config: Record<string, string>,
  found: string,
][] = [
  [
    "FLUID_DATASET_NAMESPACE",
    { FLUID_DATASET_NAMESPACE: "n1", CURVINE_DATASET_NAMESPACE: "n2" },
    {},
    "n1",
  ],
  ["CURVINE_DATASET_NAMESPACE", { CURVINE_DATASET_NAMESPACE: "n2", POD_NAMESPACE: "n3" }, {}, "n2"],
  ["POD_NAMESPACE", { POD_NAMESPACE: "n3" }, { namespace: "n4" }, "n3"],
  ["the file's namespace", {}, { namespace: "n4", datasetNamespace: "n5" }, "n4"],
  ["the file's datasetNamespace", {}, { datasetNamespace: "n5", runtimeNamespace: "n6" }, "n5"],
  ["the file's runtimeNamespace", {}, { runtimeNamespace: "n6" }, "n6"],
  ["the target path", {}, { targetPath: "/root/cache/n7/lake/cache-fuse" }, "n7"],
  ["the thin target path", {}, { targetPath: "/root/thin/n7/lake/thin-fuse" }, "n7"],
  ["the service account", {}, { targetPath: "/elsewhere" }, "n8"],
];
for (const [from, env, config, found] of NAMESPACE) {
  Deno.test(`one namespace rule; here it is ${from}`, async () => {
    const world = cacheWorld("master", cacheConfig(config), {
      FLUID_DATASET_NAMESPACE: "",
      ...env,
    });
    const files = {
      ...world.files,
      "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "n8\n",
    };
    const made = await plan({ ...world, files });
    const name = `lake-master-0.svc-lake-master.${found}.svc.cluster.local`;
    assert.equal(at(made, "master.hostname"), name);
    assert.equal(at(made, "journal.hostname"), name);
    assert.equal(made.process.env["CURVINE_MASTER_HOSTNAME"], name);
    assert.equal((at(made, "journal.journal_addrs") as { hostname: string }[])[0]?.hostname, name);
  });
}
Deno.test("without any, the namespace is default", async () => {
  const config = cacheConfig({ targetPath: "/elsewhere" });
  const made = await plan(cacheWorld("master", config, { FLUID_DATASET_NAMESPACE: "" }));
  assert.equal(
    at(made, "master.hostname"),
    "lake-master-0.svc-lake-master.default.svc.cluster.local",
  );
});

Deno.test("one rule for the cluster's id, in every component", async () => {
  const mounts = [{ mountPoint: "s3://b" }, { mountPoint: "s3://c", options: { cluster_id: "m" } }];
  const id = async (
    component: "master" | "client",
    env: Record<string, string>,
  ): Promise<unknown> =>
    at(await plan(cacheWorld(component, cacheConfig({ mounts }), env)), "cluster_id");
  for (const component of ["master", "client"] as const) {
    const none = { FLUID_DATASET_NAME: "" };
    assert.equal(await id(component, {}), "lake");
    assert.equal(await id(component, { ...none, CURVINE_DATASET_NAME: "c" }), "c");
    assert.equal(await id(component, none), "m");
  }
  const bare = cacheWorld("master", cacheConfig({ mounts: [] }), { FLUID_DATASET_NAME: "" });
  assert.equal(at(await plan(bare), "cluster_id"), "curvine");
});

Deno.test("a worker needs no CURVINE_MASTER_HOSTNAME", async () => {
  const made = await plan(cacheWorld("worker", cacheConfig()));
  assert.equal(at(made, "master.hostname"), MASTER);
  assert(!("CURVINE_MASTER_HOSTNAME" in made.process.env));
});

Deno.test("quotas become whole units", async () => {
  const quotas = ["1.5Gi", "1Pi", "10G", "1536Mi", "1e9"];
  const mountPaths = quotas.map((_, index) => `/${index}`);
  const worker = { tieredStoreLevels: [{ mediumType: "HDD", mountPaths, quotas }] };
  assert.deepEqual(
    at(await plan(cacheWorld("worker", cacheConfig({ worker }))), "worker.data_dir"),
    [
      "[HDD:1536MB]/0",
      "[HDD:1PB]/1",
      "[HDD:9765625KB]/2",
      "[HDD:1536MB]/3",
      "[HDD:976562KB]/4",
    ],
  );
  const bad = { tieredStoreLevels: [{ mediumType: "HDD", mountPaths: ["/a"], quotas: ["10GiB"] }] };
  const { problems } = await draft(cacheWorld("worker", cacheConfig({ worker: bad })));
  assert.match(problems[0]?.message ?? "", /"10GiB".*Kubernetes quantity/);
});

Deno.test("thin honours the path, reads an encoded string, needs no file at all", async () => {
  assert.equal(
    (await plan(thinWorld(JSON.stringify(JSON.stringify(thinConfig()))))).component,
    "fuse",
  );
  const env = {
    CURVINE_MOUNT_POINT: "curvine:///x",
    CURVINE_TARGET_PATH: "/t",
    CURVINE_MASTER_ENDPOINTS: "h:1",
  };
  assert.equal(at(await plan({ words: ["fluid-thin-runtime"], env }), "fuse.fs_path"), "/x");
});

Deno.test("only the first line is JSON: taken, with a warning", async () => {
  const text = `${JSON.stringify(thinConfig())}\nand more`;
  assert.deepEqual(codes(await plan(thinWorld(text))), ["json-first-line"]);
});

Deno.test("the master's web port is 9000 in every mode, and an option overrides it", async () => {
  for (const component of ["master", "worker", "client"] as const) {
    assert.equal(at(await plan(cacheWorld(component, cacheConfig())), "master.web_port"), 9000);
  }
  assert.equal(at(await plan({ words: ["master"] }), "master.web_port"), 9000);
  assert.equal(at(await plan(thinWorld(thinConfig())), "master.web_port"), 9000);
  const master = { options: { web_port: "9100" } };
  assert.equal(
    at(await plan(cacheWorld("worker", cacheConfig({ master }))), "master.web_port"),
    9100,
  );
  assert.equal(
    at(await plan(thinWorld(thinConfig({ "master-web-port": "9100" }))), "master.web_port"),
    9100,
  );
});

Deno.test("entry-timeout is taken as milliseconds, with a warning where that looks wrong", async () => {
  const made = await plan(
    thinWorld(thinConfig({ "entry-timeout": "60", "attr-timeout": "60000" })),
  );
  assert.equal(at(made, "fuse.entry_timeout_ms"), 60);
  assert.equal(at(made, "fuse.attr_timeout_ms"), 60_000);
  assert.deepEqual(codes(made), ["suspicious-timeout"]);
  assert.match(made.warnings[0]?.message ?? "", /for seconds write "60000"/);
});

Deno.test("curvine://data and curvine:// are absolute paths", async () => {
  for (const [mountPoint, path] of [["curvine://data", "/data"], ["curvine://", "/"]] as const) {
    assert.equal(
      at(await plan(thinWorld(thinConfig({}, {}, { mountPoint }))), "fuse.fs_path"),
      path,
    );
  }
});

Deno.test("a cache client shows Curvine's root; another path is opt-in", async () => {
  const mounts = [{ mountPoint: "curvine:///data", path: "/data" }];
  assert.equal(at(await plan(cacheWorld("client", cacheConfig({ mounts }))), "fuse.fs_path"), "/");
  const env = { CURVINE_MOUNT_POINT: "curvine:///data" };
  assert.equal(
    at(await plan(cacheWorld("client", cacheConfig({ mounts }), env)), "fuse.fs_path"),
    "/data",
  );
  const bad = await draft(cacheWorld("client", cacheConfig(), { CURVINE_MOUNT_POINT: "s3://b" }));
  assert.match(bad.problems[0]?.path ?? "", /CURVINE_MOUNT_POINT/);
});

Deno.test("servers are executed in place, so that signals reach them", async () => {
  for (const component of ["master", "worker"] as const) {
    assert.equal((await plan(cacheWorld(component, cacheConfig()))).process.policy, "exec");
  }
});

Deno.test("every component's file names all masters with the configured port", async () => {
  const master = { replicas: 3, options: { rpc_port: "18995" } };
  for (const component of ["master", "worker", "client"] as const) {
    const made = await plan(cacheWorld(component, cacheConfig({ master })));
    assert.deepEqual(
      at(made, "client.master_addrs"),
      [0, 1, 2].map((n) => ({ hostname: MASTER.replace("-0", `-${n}`), port: 18_995 })),
    );
  }
});

Deno.test("encryptOptions may be a list, and secrets of mounts stay out of the file", async () => {
  const encryptOptions = [{ name: "sk", valueFrom: { secretKeyRef: { name: "c", key: "k" } } }];
  const mounts = [{
    mountPoint: "s3://b",
    path: "/b",
    encryptOptions,
    options: { secret: "canary" },
  }];
  const made = await plan(cacheWorld("master", cacheConfig({ mounts })));
  assert(!configText(made).includes("canary"));
});

Deno.test("CURVINE_MASTER_ENDPOINTS has the real port and commas", async () => {
  const master = { replicas: 2, options: { rpc_port: "18995" } };
  const made = await plan(cacheWorld("worker", cacheConfig({ master })));
  assert.equal(
    made.process.env["CURVINE_MASTER_ENDPOINTS"],
    `${MASTER}:18995,${MASTER.replace("-0", "-1")}:18995`,
  );
});

Deno.test("the component is argv's, then the environment's, then the host name's", async () => {
  const component = async (words: string[], type: string, hostname: string): Promise<string> => {
    const world = cacheWorld("master", cacheConfig());
    const env = { ...world.env, FLUID_RUNTIME_TYPE: "cache", FLUID_RUNTIME_COMPONENT_TYPE: type };
    return (await plan({ ...world, words, env: { ...env, HOSTNAME: hostname } })).component;
  };
  assert.equal(await component(["worker"], "client", "lake-master-0"), "worker");
  assert.equal(await component([], "client", "lake-master-0"), "client");
  assert.equal(await component([], "", "lake-master-0"), "master");
});
