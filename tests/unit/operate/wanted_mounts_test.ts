import assert from "node:assert/strict";
import { ConfigError } from "../../../lib/plan/config_error.ts";
import { parseRuntimeConfig } from "../../../lib/plan/fluid/parse_runtime_config.ts";
import { Secrets } from "../../../lib/plan/secrets.ts";
import {
  describeOptions,
  mountArguments,
  type WantedMounts,
  wantedMounts,
} from "../../../lib/operate/wanted_mounts.ts";

const SECRET = "/etc/fluid/secrets/cred/sk";

function wanted(
  mounts: readonly Record<string, unknown>[],
  accessModes: readonly string[] = ["ReadOnlyMany"],
  secrets = new Secrets(),
): WantedMounts {
  const { config } = parseRuntimeConfig({ mounts, accessModes }, "the test");
  return wantedMounts(config, {
    readFile: (path) => path === SECRET ? new TextEncoder().encode("hush-hush\n") : undefined,
  }, secrets);
}

function only(
  mount: Record<string, unknown>,
  accessModes?: readonly string[],
): string[] {
  const [first] = (wanted([mount], accessModes)).mounts;
  assert(first);
  return mountArguments(first, false);
}

Deno.test("wanted mounts: the S3 names in both spellings, dotted names as they are", () => {
  assert.deepEqual(
    only({
      mountPoint: "s3://lake/raw",
      path: "/raw/",
      options: {
        "endpoint_url": "http://minio:9000",
        "region-name": "eu",
        "path_style": "true",
        "s3.list_objects_version": "v1",
        "write_type": "cache_mode",
        "cluster_id": "x",
      },
      encryptOptions: { "access-key": SECRET, "secret": SECRET },
    }),
    [
      "mount",
      "s3://lake/raw",
      "/raw",
      "--access-mode=read_only",
      "--check-path-consist=false",
      "--write-type=cache_mode",
      "-c",
      "s3.credentials.access=hush-hush",
      "-c",
      "s3.credentials.secret=hush-hush",
      "-c",
      "s3.endpoint_url=http://minio:9000",
      "-c",
      "s3.force.path.style=true",
      "-c",
      "s3.list_objects_version=v1",
      "-c",
      "s3.region_name=eu",
    ],
  );
});

Deno.test("wanted mounts: list-form and plain secret files are read; logs show ******", () => {
  const list = [{ name: "secret", valueFrom: { secretKeyRef: { name: "cred", key: "sk" } } }];
  for (const more of [{ encryptOptions: list }, { options: { secret: SECRET } }]) {
    const secrets = new Secrets();
    const found = wanted([{ mountPoint: "s3://b/a", path: "/a", ...more }], [], secrets);
    const [mount] = found.mounts;
    assert(mount);
    assert.equal(mount.properties.get("s3.credentials.secret"), "hush-hush");
    assert.equal(secrets.redact("it was hush-hush"), "it was ******");
    assert.match(describeOptions(mount), /s3\.credentials\.secret=\*{6}/);
  }
});

Deno.test("wanted mounts: read-only as the mount says, writing as the Dataset allows", () => {
  const mount = { mountPoint: "s3://b/a", path: "/a" };
  const access = (args: readonly string[]): string | undefined =>
    args.find((arg) => arg.startsWith("--access-mode"));
  assert.equal(access(only(mount)), "--access-mode=read_only");
  assert.equal(access(only(mount, ["ReadWriteMany"])), "--access-mode=read_write");
  assert.equal(
    access(only({ ...mount, readOnly: true }, ["ReadWriteMany"])),
    "--access-mode=read_only",
  );
});

Deno.test("wanted mounts: native paths are reported, local and pvc ones are not", () => {
  const found = wanted([
    { mountPoint: "curvine://", name: "root", path: "/" },
    { mountPoint: "local:///a", path: "/l" },
    { mountPoint: "pvc://a", path: "/p" },
    { mountPoint: "s3://b", name: "named" },
  ]);
  assert.deepEqual(found.places.map(({ reported }) => reported), ["/", "/named"]);
  assert.deepEqual(found.natives, [{ directory: "/" }]);
});

Deno.test("wanted mounts: names every mount that cannot be made at once", () => {
  assert.throws(
    () =>
      wanted([
        { mountPoint: "/plain", path: "/a" },
        { mountPoint: "s3://b", path: "/" },
        { mountPoint: "s3://c", path: "/a/../b" },
        { mountPoint: "s3://b", path: "/c", encryptOptions: { secret: "/etc/fluid/secrets/x/y" } },
        { mountPoint: "s3://b" },
      ]),
    (error) => {
      assert(error instanceof ConfigError);
      assert.deepEqual(error.problems.map(({ path }) => path), [
        "mounts[0].mountPoint",
        "mounts[1].path",
        "mounts[2].path",
        "mounts[3].encryptOptions.secret",
        "mounts[4]",
      ]);
      return true;
    },
  );
});

Deno.test("wanted mounts: an option that means nothing is left out with a warning", () => {
  const found = wanted([{
    mountPoint: "oss://b",
    path: "/a",
    options: { endpoint_url: "x" },
  }]);
  assert.equal(found.mounts[0]?.properties.size, 0);
  assert.match(found.warnings[0] ?? "", /"endpoint_url"; it is left out \(.*"oss\.endpoint"/);
});

Deno.test("wanted mounts: what a mount lacks, and what Curvine does not read, is warned about", () => {
  const { warnings, mounts } = wanted([{
    mountPoint: "oss://b",
    path: "/a",
    options: { "fs.oss.endpoint": "oss-cn", "oss.accessKeyId": "x" },
    encryptOptions: {},
  }]);
  assert.deepEqual([...mounts[0]?.properties.keys() ?? []], ["fs.oss.endpoint", "oss.accessKeyId"]);
  assert.deepEqual(warnings, [
    'mounts[0].options.fs.oss.endpoint: Curvine does not read "fs.oss.endpoint"; ' +
    'did you mean "oss.endpoint"?',
    "mounts[0].options: Curvine refuses a mount of oss:// without oss.endpoint, " +
    "oss.accessKeySecret",
  ]);
});

Deno.test("wanted mounts: two names of one option with two values are a problem", () => {
  assert.throws(
    () =>
      wanted([{
        mountPoint: "s3://b",
        path: "/a",
        options: { "write_type": "cache_mode", "write-type": "fs_mode" },
      }]),
    (error: ConfigError) => {
      assert.equal(error.problems[0]?.path, "mounts[0].options.write-type");
      assert.match(error.problems[0]?.message ?? "", /the same as "write_type"/);
      return true;
    },
  );
});

Deno.test("wanted mounts: every value that cv mount takes is checked, secrets unseen", () => {
  const [mount] = (wanted([{
    mountPoint: "s3://b",
    path: "/a",
    options: {
      "write-type": "CACHE_MODE",
      "read_verify_ufs": "TRUE",
      "ttl_ms": "1d",
      "storage_type": "SSD",
      "write_cache": "true",
      "fluid.fuse.hostvolume": "x",
    },
  }], ["ReadWriteMany"])).mounts;
  assert(mount);
  assert.deepEqual(mountArguments(mount, false).slice(3), [
    "--access-mode=read_write",
    "--check-path-consist=false",
    "--read-verify-ufs",
    "--storage-type=ssd",
    "--ttl-ms=1d",
    "--write-cache=true",
    "--write-type=cache_mode",
  ]);
  const bad = {
    "write_type": "fs-mode",
    "access_mode": "rw",
    "replicas": "0",
    "block_size": "1Gi",
    "write_cache": "true",
    "path_style": SECRET,
  };
  assert.throws(
    () => wanted([{ mountPoint: "s3://b", path: "/a", options: bad }]),
    (error) => {
      assert(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.map(({ path }) => path.replace("mounts[0].options.", "")),
        Object.keys(bad).filter((name) => name !== "write_cache").concat("write_cache"),
      );
      assert(!error.message.includes("hush-hush"));
      return true;
    },
  );
});

Deno.test("wanted mounts: a misspelt option is named with the nearest", () => {
  const { warnings } = wanted([{
    mountPoint: "s3://b",
    path: "/a",
    options: { acces_mode: "read_write", endpont_url: "http://x" },
  }]);
  assert.match(warnings[0] ?? "", /"acces_mode".*did you mean "access-mode"/);
  assert.match(warnings[1] ?? "", /"endpont_url".*did you mean "endpoint_url"/);
});

Deno.test("wanted mounts: a native mount that appears elsewhere than its path is told so", () => {
  const { warnings, natives } = wanted([
    { mountPoint: "cv:///x//y/", path: "/x/y" },
    { mountPoint: "curvine:///x", path: "/z" },
    { mountPoint: "curvine:///", path: "/all" },
  ]);
  assert.deepEqual(natives.map(({ directory }) => directory), ["/x/y", "/x", "/"]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /appears at "\/x"/);
});
