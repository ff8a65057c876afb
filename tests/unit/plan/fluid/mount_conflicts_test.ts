import assert from "node:assert/strict";
import { mountConflicts, type MountPlace } from "../../../../lib/plan/fluid/mount_conflicts.ts";

function mount(path: string | undefined, mountPoint: string, name?: string): MountPlace {
  return { path, mountPoint, name };
}

/** Where the problems are. */
function places(...mounts: readonly MountPlace[]): string[] {
  return mountConflicts(mounts).map(({ path }) => path);
}

Deno.test("mount conflicts: paths and buckets side by side are none", () => {
  assert.deepEqual(
    places(
      mount("/a", "s3://x/a"),
      mount("/a2", "s3://x/a2"),
      mount("/ab/c", "oss://x/a"),
      mount("/ab/d", "s3a://x/a"),
      mount("/A", "s3://X"),
      mount(undefined, "hdfs://nn:9000/", "named"),
    ),
    [],
  );
});

Deno.test("mount conflicts: equal or nested paths in Curvine, in either order", () => {
  assert.deepEqual(places(mount("/a", "s3://x"), mount("/a", "s3://y")), ["mounts[1].path"]);
  assert.deepEqual(places(mount("/a/", "s3://x"), mount("//a", "s3://y")), ["mounts[1].path"]);
  assert.deepEqual(places(mount("/a", "s3://x"), mount("/a/b", "s3://y")), ["mounts[1].path"]);
  assert.deepEqual(places(mount("/a/b/c", "s3://x"), mount("/a", "s3://y")), ["mounts[1].path"]);
  assert.deepEqual(places(mount("/a", "s3://x"), mount(undefined, "s3://y", "a")), [
    "mounts[1].path",
  ]);
});

Deno.test("mount conflicts: equal or overlapping UFS paths, however they are written", () => {
  for (const other of ["s3://x", "s3://x/", "S3://x//", "s3://x/a", "s3://x/a/b"]) {
    assert.deepEqual(places(mount("/a", "s3://x/a"), mount("/b", other)), [
      "mounts[1].mountPoint",
    ], other);
  }
  assert.deepEqual(places(mount("/a", "file:///d"), mount("/b", "file:///d/e")), [
    "mounts[1].mountPoint",
  ]);
});

Deno.test("mount conflicts: no scheme, no path, the root and paths with dots", () => {
  assert.deepEqual(
    places(
      mount("/a", "bucket/dir"),
      mount(undefined, "s3://x"),
      mount("/", "s3://y"),
      mount("//", "s3://z"),
      mount("/../a", "s3://v"),
      mount("/./b", "s3://w"),
    ),
    [
      "mounts[0].mountPoint",
      "mounts[1]",
      "mounts[2].path",
      "mounts[3].path",
      "mounts[4].path",
      "mounts[5].path",
    ],
  );
});

Deno.test("mount conflicts: native directories may nest, but not lie in a mount", () => {
  assert.deepEqual(
    places(
      mount("/", "curvine:///"),
      mount("/n", "curvinefs:///n"),
      mount("/n/m", "curvine:///n/m"),
      mount("/n/ufs", "s3://x"),
    ),
    [],
  );
  assert.deepEqual(places(mount("/ufs", "s3://x"), mount("/n", "curvine:///ufs/n")), [
    "mounts[1].mountPoint",
  ]);
  assert.deepEqual(places(mount("/n", "cv:///ufs"), mount("/ufs", "s3://x")), [
    "mounts[0].mountPoint",
  ]);
  assert.deepEqual(places(mount("/n", "curvine:///n"), mount("/n/", "curvine:///m")), [
    "mounts[1].path",
  ]);
});

Deno.test("mount conflicts: what is Fluid's own is in nobody's way", () => {
  assert.deepEqual(
    places(mount("/a", "local:///a"), mount("/a", "pvc://claim"), mount("/a/b", "s3://x")),
    [],
  );
});

Deno.test("mount conflicts: every one of many is named, each with both sides", () => {
  const problems = mountConflicts([
    mount("/a", "s3://x"),
    mount("/a/b", "s3://x/y"),
    mount("/a", "s3://z"),
  ]);
  assert.deepEqual(problems.map(({ path }) => path), [
    "mounts[1].path",
    "mounts[1].mountPoint",
    "mounts[2].path",
    "mounts[2].path",
  ]);
  assert.match(problems[0]?.message ?? "", /"\/a\/b".*mounts\[0\].*"\/a"/);
});

Deno.test("mount conflicts: a UFS without a bucket or host is one problem, whatever lies beside it", () => {
  for (const mountPoint of ["s3://", "S3:///", "oss:///dir", "hdfs:///"]) {
    const problems = mountConflicts([mount("/a", mountPoint), mount("/b", "s3://x/y")]);
    assert.deepEqual(problems.map(({ path }) => path), ["mounts[0].mountPoint"], mountPoint);
    assert.match(
      problems[0]?.message ?? "",
      /names no bucket or host; \w+:\/\/bucket\/dir is wanted/,
    );
  }
  assert.deepEqual(places(mount("/a", "file:///data"), mount("/b", "curvine:///")), []);
});
