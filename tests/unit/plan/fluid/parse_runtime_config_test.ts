import fc from "../../../support/fast_check.ts";
import assert from "node:assert/strict";
import { ConfigError } from "../../../../lib/plan/config_error.ts";
import { parseRuntimeConfig } from "../../../../lib/plan/fluid/parse_runtime_config.ts";
import type { RuntimeConfig } from "../../../../lib/plan/fluid/runtime_config.ts";
import type { Warning } from "../../../../lib/plan/plan.ts";
import { cacheConfig, thinConfig } from "../../../support/generation.ts";

function parse(value: unknown): RuntimeConfig {
  return parseRuntimeConfig(value as Record<string, unknown>, "it").config;
}

function warnings(value: unknown): readonly Warning[] {
  return parseRuntimeConfig(value as Record<string, unknown>, "it").warnings;
}

function problems(value: unknown): string[] {
  try {
    parse(value);
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

Deno.test("a CacheRuntime's file is read as Fluid writes it", () => {
  const config = parse(CACHE);
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

Deno.test("files as Fluid writes them have no unknown field", () => {
  const level = { mountPaths: ["/a"], mediumType: "MEM", quotas: ["1Gi"], high: "0.9", low: "0.7" };
  const shared = { mounts: [{ mountPoint: "s3://a", shared: true }] };
  assert.deepEqual(
    warnings(cacheConfig({ worker: { tieredStoreLevels: [level] }, ...shared })),
    [],
  );
  assert.deepEqual(
    warnings(thinConfig({}, { persistentVolumeAttrs: {}, persistentVolumeMountOptions: {} })),
    [],
  );
});

Deno.test("a misspelt field is found at any depth, with what was meant", () => {
  const found = warnings({
    target: 1,
    mounts: [{ mountPoint: "a" }, { mountPoint: "a", readonly: "x" }],
    worker: { tieredStoreLevels: [{ mountPath: [] }] },
    topology: { client: { targetpath: "/x" } },
    wroker: {},
  });
  assert.deepEqual(found.map(({ code, path }) => [code, path]).sort(), [
    ["unknown-field", "mounts[1].readonly"],
    ["unknown-field", "target"],
    ["unknown-field", "topology.client.targetpath"],
    ["unknown-field", "worker.tieredStoreLevels[0].mountPath"],
    ["unknown-field", "wroker"],
  ]);
  const messages = Object.fromEntries(found.map(({ path = "", message }) => [path, message]));
  assert.equal(messages["target"], "target is no field that Fluid writes");
  for (
    const [path, near] of [
      ["mounts[1].readonly", "readOnly"],
      ["worker.tieredStoreLevels[0].mountPath", "mountPaths"],
      ["topology.client.targetpath", "targetPath"],
      ["wroker", "worker"],
    ] as const
  ) {
    assert.equal(messages[path], `${path} is no field that Fluid writes; did you mean "${near}"?`);
  }
});

Deno.test("any option's name goes, and fields named like Object's own members are unknown ones", () => {
  assert.deepEqual(warnings({ master: { options: { x: "y" } }, client: null }), []);
  assert.deepEqual(
    warnings(JSON.parse('{"__proto__":1,"constructor":1}')).map(({ path }) => path),
    ["__proto__", "constructor"],
  );
});

Deno.test("a ThinRuntime's file is read as Fluid writes it", () => {
  const config = parse({
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

Deno.test("the older topology shape gives the same data", () => {
  const config = parse({
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

Deno.test("a disabled component is absent, null is absent, unknown fields are let through", () => {
  const config = parse({
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

Deno.test("options written by hand may be numbers, booleans and lists", () => {
  const options = { a: 1, b: true, c: ["x", "y"], d: 0.5 };
  assert.deepEqual({ ...(parse({ master: { options } })).master?.options }, {
    a: "1",
    b: "true",
    c: "x,y",
    d: "0.5",
  });
});

Deno.test("options named like Object's own members reach no prototype", () => {
  const options = '{"__proto__":{"polluted":"a"},"constructor":"b","toString":"c"}';
  const config = parse(JSON.parse(`{"master":{"options":${options}},"mounts":[]}`));
  assert.equal(config.master?.options["constructor"], "b");
  assert.equal(config.master?.options["toString"], "c");
  assert.equal(config.master?.options["polluted"], undefined);
  assert.equal(config.master?.options["valueOf"], undefined);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("encryptOptions may be Kubernetes' list", () => {
  const encryptOptions = [{
    name: "secret-key",
    valueFrom: { secretKeyRef: { name: "cred", key: "sk" } },
  }];
  const [mount] = (parse({ mounts: [{ mountPoint: "s3://b", encryptOptions }] })).mounts;
  assert.deepEqual({ ...mount?.encryptOptions }, { "secret-key": "/etc/fluid/secrets/cred/sk" });
});

Deno.test("every wrong type is a problem of its own, with place, value and what is wanted", () => {
  assert.deepEqual(
    problems({
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

Deno.test("a problem never shows a secret, nor the inside of what should be an object", () => {
  const shown = (problems({
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

Deno.test("property: any JSON is a runtime config or a ConfigError with a path for each problem", () => {
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
  fc.assert(
    fc.property(tree, (value) => {
      const object = {
        mounts: value,
        master: value,
        worker: value,
        topology: value,
        ...Object(value),
      };
      for (const line of problems(JSON.parse(JSON.stringify(object)))) {
        assert.match(line, / wanted$/);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a NUL character is refused wherever it stands, and is not shown", () => {
  const found = problems({
    mounts: [{ mountPoint: "s3://a\0b", options: { a: "x\0hunter2", "b\0": "y" } }],
    targetPath: "/a\0",
    master: { name: "\0", options: { a: "\0", list: ["x\0"] } },
    worker: { tieredStoreLevels: [{ mountPaths: ["/a\0"] }] },
  });
  assert.deepEqual(found.map((one) => one.split(" ", 1)[0]).sort(), [
    "master.name",
    "master.options.a",
    "master.options.list[0]",
    "mounts[0].mountPoint",
    "mounts[0].options.a",
    "mounts[0].options.b\\0",
    "targetPath",
    "worker.tieredStoreLevels[0].mountPaths[0]",
  ]);
  assert(!found.join("").includes("hunter2"));
});
