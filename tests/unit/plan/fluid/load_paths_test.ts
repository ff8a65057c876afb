import assert from "node:assert/strict";
import fc from "../../../support/fast_check.ts";
import {
  type LoadMount,
  loadPaths,
  type Resolution,
  resolveLoadPath,
  splitPaths,
} from "../../../../lib/plan/fluid/load_paths.ts";

function row(path: string, ufs: string): LoadMount {
  return { path, ufs };
}

const ROWS = [
  row("/data", "s3://lake/data"),
  row("/data2", "s3://lake/two"),
  row("/deep/er/mount", "oss://b"),
];

function sources(resolution: Resolution): string[] {
  assert.equal(resolution.kind, "load");
  return resolution.kind === "load" ? resolution.sources.map(({ source }) => source) : [];
}

Deno.test("load paths: what Fluid joined comes apart again, schemes and ports whole", () => {
  const path = fc.constantFrom(
    "/",
    "/a",
    "/a b/c",
    "s3://bucket/dir",
    "hdfs://nn:8020/x/y",
    "s3://bucket",
    "/at/10:30",
  );
  fc.assert(fc.property(fc.array(path, { minLength: 1 }), (paths) => {
    assert.deepEqual(splitPaths(paths.join(":")), paths);
  }));
});

Deno.test("load paths: empty parts are no paths, and no path at all is the root", () => {
  assert.deepEqual(splitPaths(":/a:/b:"), ["/a", "/b"]);
  assert.deepEqual(loadPaths("", "").paths, [{ path: "/", replicas: 1 }]);
});

Deno.test("load paths: replicas belong to paths by their place; one for all is fine", () => {
  assert.deepEqual(loadPaths("/a:/b", "2:3").paths.map(({ replicas }) => replicas), [2, 3]);
  assert.deepEqual(loadPaths("/a:/b", "2").paths.map(({ replicas }) => replicas), [2, 2]);
  assert.deepEqual(loadPaths("/a:/b:/c", "2:3").paths.map(({ replicas }) => replicas), [2, 3, 1]);
  const bad = loadPaths("/a:/b", "many:0");
  assert.deepEqual(bad.paths.map(({ replicas }) => replicas), [1, 1]);
  assert.equal(bad.warnings.length, 2);
});

Deno.test("load paths: the longest mount decides, and /data is not /data2", () => {
  assert.deepEqual(sources(resolveLoadPath("/data/x//y/", ROWS, [])), ["s3://lake/data/x/y"]);
  assert.deepEqual(sources(resolveLoadPath("/data2", ROWS, [])), ["s3://lake/two"]);
  assert.deepEqual(sources(resolveLoadPath("curvine:///data", ROWS, [])), ["s3://lake/data"]);
  const nested = [...ROWS, row("/data/in", "s3://inner")];
  assert.deepEqual(sources(resolveLoadPath("/data/in/a", nested, [])), ["s3://inner/a"]);
});

Deno.test("load paths: a path above mounts means all of them", () => {
  assert.deepEqual(sources(resolveLoadPath("/", ROWS, [])), [
    "s3://lake/data",
    "s3://lake/two",
    "oss://b",
  ]);
  assert.deepEqual(sources(resolveLoadPath("/deep", ROWS, [])), ["oss://b"]);
});

Deno.test("load paths: a UFS path needs a mount that covers it", () => {
  assert.deepEqual(sources(resolveLoadPath("s3://lake/data/z", ROWS, [])), ["s3://lake/data/z"]);
  assert.equal(resolveLoadPath("s3://lake/database", ROWS, []).kind, "unknown");
});

Deno.test("load paths: native paths are native, others unknown", () => {
  assert.equal(resolveLoadPath("/shared/x", ROWS, ["/shared"]).kind, "native");
  assert.equal(resolveLoadPath("/shared2", ROWS, ["/shared"]).kind, "unknown");
});

Deno.test("load paths: what only looks like a scheme, and empty parts inside, stay in their path", () => {
  assert.deepEqual(splitPaths("/a:b:/c"), ["/a:b", "/c"]);
  assert.deepEqual(splitPaths("/a::/b"), ["/a:", "/b"]);
});

Deno.test("load paths: a mount at the root is loaded as it is, and below as what lies there", () => {
  const rows = [row("/", "s3://lake")];
  assert.deepEqual(sources(resolveLoadPath("/", rows, [])), ["s3://lake"]);
  assert.deepEqual(sources(resolveLoadPath("/x", rows, [])), ["s3://lake/x"]);
});

Deno.test("load paths: an unknown path is told what is mounted", () => {
  const reason = (rows: readonly LoadMount[]): string => {
    const resolution = resolveLoadPath("/x", rows, []);
    return resolution.kind === "unknown" ? resolution.reason : resolution.kind;
  };
  assert.match(reason([]), /; nothing is mounted$/);
  assert.match(reason(ROWS), /; mounted are \/data, \/data2, \/deep\/er\/mount$/);
});
