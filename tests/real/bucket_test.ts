import assert from "node:assert/strict";
import type { Ran } from "../support/run.ts";
import { S3Server } from "../support/s3_server.ts";
import { eventually } from "../support/eventually.ts";
import { missingCurvine, RealCluster } from "./real_cluster.ts";
import { mountOf } from "./s3_mount.ts";

const ignore = missingCurvine();

/** A bucket with folders, an empty object, one of several parts, names of all kinds and tags. */
function fill(s3: S3Server): void {
  s3.put("lake", "raw/a.txt", "hello", { team: "blue", keep: "yes" });
  s3.put("lake", "raw/empty", "");
  s3.put("lake", "raw/sub/deep/b.bin", new Uint8Array(3_000_000).fill(7));
  s3.put("lake", "raw/sub/c d + ü 数据.txt", "odd");
  s3.put("lake", "raw/many/x", "1");
  s3.put("lake", "raw/many/y", "2");
  s3.put("lake", "other/z", "not ours");
}

/** Every file of the mount, read to its end. */
async function readAll(cluster: RealCluster, below: string): Promise<string> {
  const ran = await cluster.exec(["sh", "-c", 'find "$0" -type f -exec md5sum {} +', below]);
  assert.equal(ran.code, 0, ran.stderr);
  return ran.stdout.replaceAll(below, "").split("\n").sort().join("\n");
}

function load(cluster: RealCluster, path: string): Promise<Ran> {
  return cluster.run("master", ["data-load"], {
    FLUID_DATALOAD_DATA_PATH: path,
    FLUID_DATALOAD_METADATA: "true",
  });
}

function real(name: string, work: () => Promise<void>): void {
  Deno.test({ name: `real Curvine: ${name}`, ignore, fn: work });
}

for (const accessModes of [["ReadOnlyMany"], ["ReadWriteMany"]]) {
  real(
    `nothing in a bucket differs after all that is done to read it, ${accessModes}`,
    async () => {
      await using s3 = new S3Server("lake");
      fill(s3);
      const before = s3.picture("lake");
      await using cluster = await RealCluster.start({
        mounts: [mountOf(s3) as never],
        accessModes,
      });
      const mounts = { mounts: [mountOf(s3) as never], accessModes };
      const same = (what: string): void => assert.deepEqual(s3.picture("lake"), before, what);
      const mount = async (): Promise<void> => {
        const ran = await cluster.run("master", ["mount-ufs"]);
        assert.equal(ran.stdout, '{"mounted":["/raw"]}\n', ran.stderr);
        same("after mount-ufs");
      };

      await mount();
      cluster.start("client");
      await cluster.healthy("client");
      const raw = `${cluster.target}/raw`;
      const listed = await cluster.exec(["ls", "-lR", raw]);
      assert.equal(listed.code, 0, listed.stderr);
      same("after a listing");
      const sums = await readAll(cluster, raw);
      assert.equal(sums.split("\n").length, 7, sums);
      same("after reading all");
      for (let time = 0; time < 2; time++) {
        const loaded = await load(cluster, "/raw");
        assert.equal(loaded.code, 0, loaded.stderr);
        same("after a load with metadata");
      }
      assert.equal(await readAll(cluster, raw), sums);
      cluster.configure({ ...mounts, mounts: [] });
      const dropped = await cluster.run("master", ["mount-ufs"]);
      assert.equal(dropped.code, 0, dropped.stderr);
      assert.match((await cluster.cv("mount")).stdout, /Mount Table: \(empty\)/);
      same("after the Dataset dropped the mount");
      cluster.configure(mounts);
      await mount();
      await mount();
      await eventually("all can be read again", async () => await readAll(cluster, raw) === sums);
      same("after it was mounted and read again");
    },
  );
}

real("what is written through a mount is in the bucket at once, and only that", async () => {
  await using s3 = new S3Server("lake");
  fill(s3);
  const before = s3.picture("lake");
  await using cluster = await RealCluster.start({ mounts: [mountOf(s3) as never] });
  assert.equal((await cluster.run("master", ["mount-ufs"])).code, 0);
  cluster.start("client");
  await cluster.healthy("client");
  const written = await cluster.exec(
    ["sh", "-c", 'printf fresh > "$0/new.txt" && rm "$0/many/x"', `${cluster.target}/raw`],
  );
  assert.equal(written.code, 0, written.stderr);
  assert.equal(s3.text("lake", "raw/new.txt"), "fresh");
  const { "raw/new.txt": _, ...after } = s3.picture("lake");
  const { "raw/many/x": __, ...rest } = before;
  assert.deepEqual(after, rest);
});

real("a mount that is in fs_mode is left, with its bucket, and told how to change", async () => {
  await using s3 = new S3Server("lake");
  fill(s3);
  await using cluster = await RealCluster.start({
    mounts: [mountOf(s3, { options: { write_type: "fs_mode" } }) as never],
  });
  const first = await cluster.run("master", ["mount-ufs"]);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /fs_mode writes into the UFS/);
  const before = s3.picture("lake");
  cluster.configure({ mounts: [mountOf(s3) as never] });
  for (let time = 0; time < 2; time++) {
    const ran = await cluster.run("master", ["mount-ufs"]);
    assert.equal(ran.stdout, '{"mounted":["/raw"]}\n', ran.stderr);
    assert.match(
      ran.stderr,
      /WARNING: \/raw is left as it is: it is fs_mode, cache_mode is wanted/,
    );
  }
  cluster.configure({ mounts: [] });
  assert.match((await cluster.run("master", ["mount-ufs"])).stderr, /left mounted/);
  assert.match((await cluster.cv("mount")).stdout, /\/raw .* fs_mode/);
  assert.deepEqual(s3.picture("lake"), before);
  // As the warning says.
  assert.equal((await cluster.cv("umount", "/raw")).code, 0);
  cluster.configure({ mounts: [mountOf(s3) as never] });
  const changed = await cluster.run("master", ["mount-ufs"]);
  assert.equal(changed.stdout, '{"mounted":["/raw"]}\n', changed.stderr);
  assert.match((await cluster.cv("mount")).stdout, /\/raw .* cache_mode/);
  assert.deepEqual(s3.picture("lake"), before);
});

real("what mount-ufs says Curvine refuses, Curvine refuses", async () => {
  await using s3 = new S3Server("lake", "two");
  fill(s3);
  await using cluster = await RealCluster.start({ mounts: [mountOf(s3) as never] });
  assert.equal((await cluster.run("master", ["mount-ufs"])).code, 0);
  const properties = Object.entries({
    "s3.endpoint_url": s3.url,
    "s3.region_name": "us-east-1",
    "s3.force.path.style": "true",
    "s3.credentials.access": "ak",
    "s3.credentials.secret": "sk",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  for (
    const [mountPoint, path] of [
      ["s3://two", "/raw/in"],
      ["s3://lake", "/all"],
      ["s3://lake/raw/sub", "/sub"],
      ["s3://lake/raw", "/again"],
      ["s3://two", "/"],
      ["two", "/plain"],
    ] as const
  ) {
    const theirs = await cluster.cv(
      "mount",
      mountPoint,
      path,
      "--check-path-consist=false",
      "--write-type=cache_mode",
      ...properties,
    );
    assert.notEqual(theirs.code, 0, `${mountPoint} at ${path} is mounted:\n${theirs.stdout}`);
    cluster.configure({
      mounts: [mountOf(s3) as never, mountOf(s3, { mountPoint, path }) as never],
    });
    const ours = await cluster.run("master", ["mount-ufs"]);
    assert.equal(ours.code, 78, `${mountPoint} at ${path}: ${ours.stderr}`);
    assert.match(ours.stderr, /mounts\[1\]/);
  }
});
