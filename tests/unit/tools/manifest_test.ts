import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { parse } from "yaml";
import { ConfigError } from "../../../lib/plan/config_error.ts";
import { cacheRuntimeFile } from "../../../lib/tools/check/cache_runtime_file.ts";
import { type Manifest, manifestsOf } from "../../../lib/tools/check/manifest.ts";
import { Origins } from "../../../lib/tools/check/origins.ts";
import { thinRuntimeFile } from "../../../lib/tools/check/thin_runtime_file.ts";
import { yamlDocuments } from "../../../lib/tools/check/yaml_documents.ts";

/** The runtime and the files of Fluid's own that contract/fluid.md shows as Fluid writes them. */
const CACHE = `
apiVersion: data.fluid.io/v1alpha1
kind: CacheRuntimeClass
metadata: {name: curvine}
fileSystemType: curvinefs
topology:
  master: {service: {headless: {}}, options: {journal_port: "1", rpc_port: "8995"}}
  worker: {service: {headless: {}}, options: {dir_reserved: "0"}}
  client: {}
---
apiVersion: data.fluid.io/v1alpha1
kind: Dataset
metadata: {name: lake, namespace: ai}
spec:
  accessModes: [ReadWriteMany]
  sharedOptions: {region_name: us-east-1, path_style: "false"}
  mounts:
    - mountPoint: s3://lake/raw
      name: raw
      options: {path_style: "true", endpoint_url: "http://minio.storage:9000"}
      encryptOptions:
        - {name: access-key, valueFrom: {secretKeyRef: {name: s3-cred, key: ak}}}
        - {name: secret-key, valueFrom: {secretKeyRef: {name: s3-cred, key: sk}}}
    - {mountPoint: "curvine:///shared", name: shared, path: /shared, readOnly: true}
---
apiVersion: data.fluid.io/v1alpha1
kind: CacheRuntime
metadata: {name: lake, namespace: ai}
spec:
  runtimeClassName: curvine
  master: {replicas: 3, options: {journal_port: "8996"}}
  worker:
    replicas: 2
    tieredStore:
      levels:
        - {processMemory: {quota: 8Gi}, high: "0.95", low: "0.7"}
        - {hostPath: {paths: [/a, /b], quotas: [100Gi, 50Gi]}, high: "0.9", low: "0.6"}
`;

/** contract/fluid.md, Two files as Fluid writes them; empty maps and false are left out there. */
const CACHE_FILE =
  '{"mounts":[{"mountPoint":"s3://lake/raw","options":{"endpoint_url":"http://minio.storage:9000","path_style":"true","region_name":"us-east-1"},"encryptOptions":{"access-key":"/etc/fluid/secrets/s3-cred/ak","secret-key":"/etc/fluid/secrets/s3-cred/sk"},"name":"raw","path":"/raw"},{"mountPoint":"curvine:///shared","name":"shared","path":"/shared","readOnly":true}],"accessModes":["ReadWriteMany"],"targetPath":"/runtime-mnt/cache/ai/lake/cache-fuse","master":{"enabled":true,"name":"lake-master","options":{"journal_port":"8996","rpc_port":"8995"},"replicas":3,"service":{"name":"svc-lake-master"}},"worker":{"enabled":true,"name":"lake-worker","options":{"dir_reserved":"0"},"replicas":2,"service":{"name":"svc-lake-worker"},"tieredStoreLevels":[{"mountPaths":["/dev/shm"],"mediumType":"MEM","quotas":["8Gi"],"high":"0.95","low":"0.7"},{"mountPaths":["/etc/fluid/mount/tiered-store/level-1-index-0-hostpath","/etc/fluid/mount/tiered-store/level-1-index-1-hostpath"],"mediumType":"HDD","quotas":["100Gi","50Gi"],"high":"0.9","low":"0.6"}]},"client":{"enabled":true,"name":"lake-client","service":{"name":""}}}';

const THIN = `
apiVersion: data.fluid.io/v1alpha1
kind: Dataset
metadata: {name: lake, namespace: ai}
spec:
  mounts:
    - mountPoint: curvine:///data
      name: data
      path: /data
      options:
        fuse.entry_timeout_ms: "300000"
        master-endpoints: cv-master-0.cv-master.default.svc:8995,cv-master-1.cv-master.default.svc:8995
---
apiVersion: data.fluid.io/v1alpha1
kind: ThinRuntime
metadata: {name: lake, namespace: ai}
spec: {profileName: curvine, fuse: {options: {io-threads: "16"}}}
`;

const THIN_FILE =
  '{"mounts":[{"mountPoint":"curvine:///data","options":{"fuse.entry_timeout_ms":"300000","master-endpoints":"cv-master-0.cv-master.default.svc:8995,cv-master-1.cv-master.default.svc:8995"},"name":"data","path":"/data"}],"targetPath":"/runtime-mnt/thin/ai/lake/thin-fuse","runtimeOptions":{"io-threads":"16"},"accessModes":["ReadOnlyMany"]}';

function manifests(text: string): Record<string, Manifest> {
  return Object.fromEntries(
    yamlDocuments(text, "it.yaml").flatMap(manifestsOf).map((manifest) => [
      manifest.kind,
      manifest,
    ]),
  );
}

/** Without what Go's `omitempty` leaves out. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, pruned(inner)])
      .filter(([name, inner]) =>
        inner !== undefined && inner !== false &&
        !(["options", "encryptOptions"].includes(String(name)) &&
          Object.keys(inner ?? {}).length === 0)
      ),
  );
}

Deno.test("a CacheRuntime's derived file is what Fluid writes", () => {
  const { CacheRuntime, Dataset, CacheRuntimeClass } = manifests(CACHE);
  assert(CacheRuntime && Dataset);
  const { value, components } = cacheRuntimeFile(CacheRuntime, Dataset, CacheRuntimeClass);
  const wanted = JSON.parse(CACHE_FILE);
  // The sample has nothing shared; here both mounts have it, and the mount's own is stronger.
  wanted.mounts[1].options = { region_name: "us-east-1", path_style: "false" };
  assert.deepEqual(pruned(value), wanted);
  assert.deepEqual(components.map(({ name }) => name), ["master", "worker", "client"]);
  assert.equal(components[0]?.env["FLUID_RUNTIME_COMPONENT_SVC_NAME"], "svc-lake-master");
  assert.equal(components[2]?.env["FLUID_RUNTIME_COMPONENT_SVC_NAME"], "");
});

Deno.test("a ThinRuntime's derived file is what Fluid writes", () => {
  const { ThinRuntime, Dataset } = manifests(THIN);
  assert(ThinRuntime && Dataset);
  assert.deepEqual(pruned(thinRuntimeFile(ThinRuntime, Dataset, undefined).value), {
    ...JSON.parse(THIN_FILE),
  });
});

Deno.test("a disabled component is absent from the derived file", () => {
  const text = CACHE.replace("master: {replicas: 3,", "master: {disabled: true,");
  const { CacheRuntime, Dataset, CacheRuntimeClass } = manifests(text);
  assert(CacheRuntime && Dataset);
  const { value } = cacheRuntimeFile(CacheRuntime, Dataset, CacheRuntimeClass);
  assert.equal("master" in value, false);
});

Deno.test("every option leads back to the line where a person wrote it", () => {
  const { CacheRuntime, Dataset, CacheRuntimeClass } = manifests(CACHE);
  assert(CacheRuntime && Dataset);
  const { origins } = cacheRuntimeFile(CacheRuntime, Dataset, CacheRuntimeClass);
  const lines = CACHE.split("\n");
  const lineOf = (path: string): string => {
    const { manifest, place } = origins.find(path);
    return lines[manifest.document.lineOf(place) - 1] ?? "";
  };
  assert.match(lineOf("master.options.rpc_port"), /journal_port: "1", rpc_port/);
  assert.match(lineOf("master.options.journal_port"), /replicas: 3/);
  assert.match(lineOf("mounts[0].options.region_name"), /sharedOptions/);
  assert.match(lineOf("mounts[0].options.path_style"), /path_style: "true"/);
  assert.match(lineOf("mounts[1].mountPoint"), /curvine:\/\/\/shared/);
  assert.match(lineOf("worker.tieredStoreLevels[1].quotas[1]"), /hostPath/);
});

Deno.test("a path that nobody wrote leads to the runtime, whatever it looks like", () => {
  const { Dataset } = manifests(THIN);
  assert(Dataset);
  const origins = new Origins({ manifest: Dataset, place: [] });
  for (const path of ["", "x", "a.b", "a]", "[", "a[0]", "...", "$CURVINE_MOUNT_POINT"]) {
    assert.deepEqual(origins.find(path).place, []);
  }
});

Deno.test("lines are right for nested, quoted, folded and flowing YAML, in every document", () => {
  const text = [
    "# first",
    "a:",
    '  "b c": 1',
    "  list:",
    "    - x",
    "    - {d: 2, e: [3,",
    "        4]}",
    "--- # second",
    "k: |",
    "  text",
    "",
    "l: &anchor [1]",
    "m: *anchor",
  ].join("\n");
  const [first, second] = yamlDocuments(text, "it");
  assert(first && second);
  assert.equal(first.lineOf(["a"]), 2);
  assert.equal(first.lineOf(["a", "b c"]), 3);
  assert.equal(first.lineOf(["a", "list", 0]), 5);
  assert.equal(first.lineOf(["a", "list", 1, "e", 1]), 7);
  assert.equal(first.lineOf(["a", "nothing", "here"]), 2);
  assert.equal(second.lineOf(["k"]), 9);
  assert.equal(second.lineOf(["l"]), 12);
  assert.equal(second.lineOf(["m"]), 13);
});

Deno.test("YAML means the same to us as to another reader", () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(fc.property(value, (inner) => {
    const text = JSON.stringify({ inner });
    const [document] = yamlDocuments(text, "it");
    assert.deepEqual(document?.value, parse(text));
  }));
});

Deno.test("no text makes the reader of YAML fail in a way of its own", () => {
  const text = fc.string({
    unit: fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "-",
      "{",
      "}",
      "[",
      "]",
      "&",
      "*",
      "|",
      '"',
      "#",
      "?",
    ),
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, (source) => {
      try {
        for (const { lineOf } of yamlDocuments(source, "it")) assert(lineOf(["a", 0]) >= 1);
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
