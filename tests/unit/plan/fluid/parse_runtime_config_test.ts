import fc from "fast-check";
import assert from "node:assert/strict";
import { ConfigError } from "../../../../lib/plan/config_error.ts";
import { parseRuntimeConfig } from "../../../../lib/plan/fluid/parse_runtime_config.ts";
import type { RuntimeConfig } from "../../../../lib/plan/fluid/runtime_config.ts";
import { runtimeSchema } from "../../../../lib/plan/fluid/runtime_schema.ts";
import { certainlyRuntimeFile } from "../../../../lib/plan/fluid/runtime_shape.ts";

function parse(value: unknown): Promise<RuntimeConfig> {
  return parseRuntimeConfig(value as Record<string, unknown>, "it");
}

async function problems(value: unknown): Promise<string[]> {
  try {
    await parse(value);
  } catch (error) {
    assert(error instanceof ConfigError, `${error}`);
    return error.problems.map(({ path, message }) => `${path} ${message}`);
  }
  return [];
}

// Fluid: Two files as Fluid writes them.
const CACHE = JSON.parse(
  '{"mounts":[{"mountPoint":"s3://lake/raw","options":{"endpoint_url":"http://minio.storage:9000","path_style":"true","region_name":"us-east-1"},"encryptOptions":{"access-key":"/etc/fluid/secrets/s3-cred/ak","secret-key":"/etc/fluid/secrets/s3-cred/sk"},"name":"raw","path":"/raw"},{"mountPoint":"curvine:///shared","name":"shared","path":"/shared","readOnly":true}],"accessModes":["ReadWriteMany"],"targetPath":"/runtime-mnt/cache/ai/lake/cache-fuse","master":{"enabled":true,"name":"lake-master","options":{"journal_port":"8996","rpc_port":"8995"},"replicas":3,"service":{"name":"svc-lake-master"}},"worker":{"enabled":true,"name":"lake-worker","options":{"dir_reserved":"0"},"replicas":2,"service":{"name":"svc-lake-worker"},"tieredStoreLevels":[{"mountPaths":["/dev/shm"],"mediumType":"MEM","quotas":["8Gi"],"high":"0.95","low":"0.7"},{"mountPaths":["/l1-0","/l1-1"],"mediumType":"HDD","quotas":["100Gi"],"high":"0.9","low":"0.6"}]},"client":{"enabled":true,"name":"lake-client","service":{"name":""}}}',
);

Deno.test("a CacheRuntime's file is read as Fluid writes it", async () => {
  const config = await parse(CACHE);
  assert.equal(config.targetPath, "/runtime-mnt/cache/ai/lake/cache-fuse");
  assert.deepEqual(config.mounts.map(({ path, readOnly }) => [path, readOnly]), [
    ["/raw", false],
    ["/shared", true],
  ]);
  assert.equal(
    config.mounts[0]?.encryptOptions["secret-key"],
    "/etc/fluid/secrets/s3-cred/sk",
  );
  assert.equal(config.master?.replicas, 3);
  assert.equal(config.master?.service, "svc-lake-master");
  assert.equal(config.client?.service, "");
  assert.deepEqual({ ...config.master?.options }, { journal_port: "8996", rpc_port: "8995" });
  assert.deepEqual(config.worker?.cacheDirectories, [
    {
      at: "worker.tieredStoreLevels[0].quotas[0]",
      path: "/dev/shm",
      medium: "MEM",
      quota: "8Gi",
    },
    { at: "worker.tieredStoreLevels[1].quotas[0]", path: "/l1-0", medium: "HDD", quota: "100Gi" },
    {
      at: "worker.tieredStoreLevels[1].quotas[1]",
      path: "/l1-1",
      medium: "HDD",
      quota: undefined,
    },
  ]);
});

Deno.test("the files that Fluid writes need no schema", () => {
  assert(certainlyRuntimeFile(CACHE));
  assert(!certainlyRuntimeFile({ ...CACHE, targetPath: 7 }));
});

Deno.test("property: what the short check is sure of, the schema reads as the same data", () => {
  const name = fc.constantFrom("a", "io-threads", "secret");
  const texts = fc.option(fc.array(fc.string(), { maxLength: 3 }), { nil: null });
  const component = fc.record({
    enabled: fc.boolean(),
    name: fc.string(),
    options: fc.dictionary(name, fc.oneof({ weight: 9, arbitrary: fc.string() }, fc.integer())),
    replicas: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(-1, 10_001)),
    service: fc.record({ name: fc.option(fc.string()) }),
    tieredStoreLevels: fc.array(fc.record({ mountPaths: texts, quotas: texts }), { maxLength: 2 }),
    surprise: fc.jsonValue(),
  }, { requiredKeys: [] });
  const file = fc.record({
    mounts: fc.array(fc.record({ mountPoint: fc.string(), options: component }), { maxLength: 2 }),
    accessModes: texts,
    targetPath: fc.oneof(fc.string(), fc.integer()),
    master: component,
    worker: fc.option(component),
    client: component,
    runtimeOptions: fc.dictionary(name, fc.string()),
  }, { requiredKeys: [] });
  let sure = 0;
  fc.assert(
    fc.property(file, (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      if (!certainlyRuntimeFile(plain)) return;
      sure++;
      const parsed = runtimeSchema.safeParse(plain);
      assert(parsed.success);
      assert.deepEqual(parsed.data.master?.options, plain.master?.options);
      assert.deepEqual(parsed.data.targetPath, plain.targetPath);
    }),
    { numRuns: 1000 },
  );
  assert(sure > 10, `only ${sure} files were plainly right`);
});

Deno.test("a ThinRuntime's file is read as Fluid writes it", async () => {
  const config = await parse({
    mounts: [{ mountPoint: "curvine:///d", options: { a: "b" }, name: "d" }],
    targetPath: "/t",
    runtimeOptions: { "io-threads": "16" },
    persistentVolumeAttrs: { x: "y" },
    accessModes: ["ReadOnlyMany"],
  });
  assert.deepEqual({ ...config.runtimeOptions }, { "io-threads": "16" });
  assert.equal(config.mounts[0]?.path, undefined);
  assert.equal(config.master, undefined);
});

Deno.test("the older topology shape gives the same data", async () => {
  const config = await parse({
    topology: {
      master: {
        podConfigs: [{ podName: "m-0" }, { podName: "m-1" }],
        service: { name: "svc" },
        options: { rpc_port: "1" },
      },
      worker: {
        tieredStore: [
          { path: "/a", quota: "5Gi" },
          { cacheDir: "/b" },
          { medium: { emptyDir: { medium: "Memory" } } },
        ],
      },
      client: { targetPath: "/t" },
    },
    datasetNamespace: "ai",
  });
  assert.deepEqual(config.master?.pods, ["m-0", "m-1"]);
  assert.equal(config.master?.optionsAt, "topology.master.options");
  assert.equal(config.master?.service, "svc");
  assert.equal(config.targetPath, "/t");
  assert.equal(config.namespace, "ai");
  assert.deepEqual(config.worker?.cacheDirectories.map(({ at: _at, ...rest }) => rest), [
    { path: "/a", medium: "SSD", quota: "5Gi" },
    { path: "/b", medium: "SSD", quota: undefined },
    { path: "/cache-data", medium: "MEM", quota: undefined },
  ]);
});

Deno.test("a disabled component is absent, null is absent, unknown fields are let through", async () => {
  const config = await parse({
    master: { enabled: false },
    worker: null,
    client: { service: null, options: null, tieredStoreLevels: null },
    mounts: null,
    targetPath: "",
    surprise: [1],
  });
  assert.equal(config.master, undefined);
  assert.equal(config.worker, undefined);
  assert.equal(config.client?.service, "");
  assert.deepEqual(config.mounts, []);
  assert.equal(config.targetPath, undefined);
});

Deno.test("options written by hand may be numbers, booleans and lists", async () => {
  const options = { a: 1, b: true, c: ["x", "y"], d: 0.5 };
  assert.deepEqual({ ...(await parse({ master: { options } })).master?.options }, {
    a: "1",
    b: "true",
    c: "x,y",
    d: "0.5",
  });
});

Deno.test("options named like Object's own members reach no prototype", async () => {
  const options = '{"__proto__":{"polluted":"a"},"constructor":"b","toString":"c"}';
  const config = await parse(JSON.parse(`{"master":{"options":${options}},"mounts":[]}`));
  assert.equal(config.master?.options["constructor"], "b");
  assert.equal(config.master?.options["toString"], "c");
  assert.equal(config.master?.options["polluted"], undefined);
  assert.equal(config.master?.options["valueOf"], undefined);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("encryptOptions may be Kubernetes' list", async () => {
  const encryptOptions = [{
    name: "secret-key",
    valueFrom: { secretKeyRef: { name: "cred", key: "sk" } },
  }];
  const [mount] = (await parse({ mounts: [{ mountPoint: "s3://b", encryptOptions }] })).mounts;
  assert.deepEqual({ ...mount?.encryptOptions }, { "secret-key": "/etc/fluid/secrets/cred/sk" });
});

Deno.test("every wrong type is a problem of its own, with place, value and what is wanted", async () => {
  assert.deepEqual(
    await problems({
      mounts: [{ mountPoint: 7 }, { options: { a: { b: 1 } } }, "s3://x"],
      targetPath: 7,
      accessModes: "ReadOnlyMany",
      master: { replicas: 1.5, enabled: "yes", service: "svc" },
      worker: { replicas: -1 },
      client: [],
    }),
    [
      "mounts[0].mountPoint is 7; text is wanted",
      "mounts[1].mountPoint is missing; text is wanted",
      "mounts[1].options.a is an object; text is wanted",
      'mounts[2] is "s3://x"; an object is wanted',
      'accessModes is "ReadOnlyMany"; an array is wanted',
      "targetPath is 7; text is wanted",
      'master.enabled is "yes"; true or false is wanted',
      "master.replicas is 1.5; a whole number is wanted",
      'master.service is "svc"; an object is wanted',
      "worker.replicas is -1; a number from 0 to 10000 is wanted",
      "client is an array; an object is wanted",
    ].sort((a, b) => order(a) - order(b)),
  );
  function order(line: string): number {
    return ["mounts", "accessModes", "targetPath", "master", "worker", "client"]
      .findIndex((field) => line.startsWith(field));
  }
});

Deno.test("a problem never shows a secret, nor the inside of what should be an object", async () => {
  const shown = (await problems({
    mounts: '[{"mountPoint":"s3://b","options":{"secret":"hunter2"}}]',
    master: '{"options":{"password":"hunter2"}}',
    worker: { options: "secret=hunter2" },
    client: { options: { token: { v: "hunter2" } } },
  })).join("\n");
  assert.match(shown, /^mounts is text; an array is wanted/);
  assert.match(shown, /\nmaster is text; an object is wanted/);
  assert.match(shown, /worker\.options is text; an object is wanted/);
  assert(!shown.includes("hunter2"), shown);
});

Deno.test("property: any JSON is a runtime config or a ConfigError with a path for each problem", async () => {
  const field = fc.constantFrom(
    "mounts",
    "targetPath",
    "master",
    "worker",
    "client",
    "topology",
    "options",
    "replicas",
    "service",
    "name",
    "tieredStoreLevels",
    "mountPaths",
    "quotas",
    "encryptOptions",
    "mountPoint",
    "runtimeOptions",
    "podConfigs",
    "__proto__",
  );
  const { value: tree } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
    object: fc.dictionary(field, tie("value"), { maxKeys: 5 }),
    value: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("object"), { maxLength: 3 }),
      tie("object"),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(tree, async (value) => {
      const object = {
        mounts: value,
        master: value,
        worker: value,
        topology: value,
        ...Object(value),
      };
      for (const line of await problems(JSON.parse(JSON.stringify(object)))) {
        assert.match(line, / wanted$/);
      }
      // What the short check is sure of, the schema must accept.
      const file = JSON.parse(JSON.stringify(object));
      if (certainlyRuntimeFile(file)) assert(runtimeSchema.safeParse(file).success);
    }),
    { numRuns: 1000 },
  );
});
