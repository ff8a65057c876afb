import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { OperateWorld } from "../support/operate_world.ts";
import { executable, missing } from "../support/requirements.ts";

const ignore = missing("executable", "root", "tool:bash", "tool:unshare");
const RAW = { mountPoint: "s3://lake/raw", name: "raw", path: "/raw" };
const FLAGS = "--access-mode=read_only --check-path-consist=false --write-type=cache_mode";
const CANARY = "canary-0b0d5e+SECRET/xyz";

function test(name: string, work: (world: OperateWorld) => Promise<void>): void {
  Deno.test({
    name: `mount-ufs ${name}`,
    ignore,
    fn: async () => {
      using world = new OperateWorld();
      await work(world);
    },
  });
}

test("mounts what is missing and reports native mounts, but not local ones", async (world) => {
  world.mounts(
    RAW,
    { mountPoint: "curvine:///shared", name: "shared", path: "/shared" },
    { mountPoint: "local:///mnt/disk", name: "disk", path: "/disk" },
    { mountPoint: "pvc://claim", name: "claim", path: "/claim" },
    { mountPoint: "s3://lake/ro", path: "/ro", readOnly: true },
  );
  world.behave("WARN=1");
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout, '{"mounted":["/raw","/shared","/ro"]}\n');
  assert.deepEqual(world.table(), { "/raw": "s3://lake/raw", "/ro": "s3://lake/ro" });
  assert.deepEqual(world.calls(), [
    "mount",
    `mount s3://lake/raw /raw ${FLAGS}`,
    `mount s3://lake/ro /ro ${FLAGS}`,
    "mount",
    "fs mkdir -p /shared",
  ]);
});

test("does nothing the second time", async (world) => {
  world.mounts(RAW);
  await world.run(["mount-ufs"]);
  world.calls();
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
  assert.deepEqual(world.calls(), ["mount"]);
});

test("gives the cli a private file with all masters and the configured port", async (world) => {
  world.mounts(RAW);
  await world.run(["mount-ufs"]);
  const conf = world.read("state/conf");
  for (const ordinal of [0, 1, 2]) {
    assert.match(conf, new RegExp(`"lake-master-${ordinal}\\.svc-lake-master\\.ai\\.svc`));
  }
  assert.match(conf, /18995/);
  assert.match(conf, /format_master = false/);
  assert.equal(world.read("state/conf-mode"), "600\n");
  const left = [...Deno.readDirSync(`${world.dir}/run`)].map(({ name }) => name);
  assert.deepEqual(left, ["mount-ufs.lock"]);
});

test("does not take /data2 for /data", async (world) => {
  world.addMount("/data2", "s3://other/two");
  world.mounts({ mountPoint: "s3://lake/data", path: "/data" });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/data"]}\n');
  assert.deepEqual(world.table(), { "/data2": "s3://other/two", "/data": "s3://lake/data" });
  assert.match(ran.stderr, /\/data2 \(s3:\/\/other\/two\) was not mounted for this dataset/);
});

test("unmounts what it mounted and the dataset dropped, and nothing else", async (world) => {
  world.mounts(RAW, { mountPoint: "s3://lake/old", path: "/old" });
  await world.run(["mount-ufs"]);
  world.addMount("/theirs", "s3://other/theirs");
  world.mounts(RAW);
  world.calls();
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
  assert.deepEqual(world.calls(), ["mount", "umount /old", "mount"]);
  assert.deepEqual(world.table(), { "/raw": "s3://lake/raw", "/theirs": "s3://other/theirs" });
});

test("updates a changed option, and only that mount", async (world) => {
  const options = { endpoint_url: "http://a:9000", path_style: "true" };
  world.mounts({ ...RAW, options }, { mountPoint: "s3://lake/b", path: "/b" });
  await world.run(["mount-ufs"]);
  world.calls();
  world.mounts({ ...RAW, options: { ...options, endpoint_url: "http://b:9000" } }, {
    mountPoint: "s3://lake/b",
    path: "/b",
  });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(world.calls(), [
    "mount",
    `mount s3://lake/raw /raw --update ${FLAGS} ` +
    "-c s3.endpoint_url=http://b:9000 -c s3.force.path.style=true",
    "mount",
  ]);
});

test("moves a mount to another UFS though Curvine's update keeps the old one", async (world) => {
  world.mounts(RAW);
  await world.run(["mount-ufs"]);
  for (const [update, bucket] of [["keep", "new"], ["refuse", "newer"]]) {
    world.behave(`UPDATE=${update}`);
    world.mounts({ ...RAW, mountPoint: `s3://${bucket}/raw` });
    const ran = await world.run(["mount-ufs"]);
    assert.equal(ran.stdout, '{"mounted":["/raw"]}\n', ran.stderr);
    assert.deepEqual(world.table(), { "/raw": `s3://${bucket}/raw` });
  }
});

test("keeps the old mount where the new UFS cannot be listed", async (world) => {
  world.mounts(RAW);
  await world.run(["mount-ufs"]);
  world.mounts({ ...RAW, mountPoint: "s3://gone/raw" });
  world.behave("FAIL=/raw");
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 71);
  assert.equal(ran.stdout, "");
  assert.match(ran.stderr, /stays mounted from s3:\/\/lake\/raw/);
  assert.deepEqual(world.table(), { "/raw": "s3://lake/raw" });
});

test("mounts anew when an option is taken back, which an update cannot do", async (world) => {
  world.mounts({ ...RAW, options: { region_name: "eu", endpoint_url: "http://a" } });
  await world.run(["mount-ufs"]);
  world.mounts({ ...RAW, options: { region_name: "eu" } });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.doesNotMatch(world.read("state/table"), /endpoint_url/);
  assert.match(ran.stderr, /s3\.endpoint_url were taken back/);
});

test("adopts the dataset's mounts when the record is lost", async (world) => {
  world.mounts(RAW);
  await world.run(["mount-ufs"]);
  Deno.removeSync(`${world.home}/data`, { recursive: true });
  world.addMount("/old", "s3://lake/old");
  world.calls();
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
  assert.deepEqual(world.calls(), [
    "mount",
    `mount s3://lake/raw /raw --update ${FLAGS}`,
    "mount",
  ]);
  assert.match(ran.stderr, /\/old \(s3:\/\/lake\/old\) was not mounted for this dataset/);
});

test("works on though the record cannot be kept", async (world) => {
  world.mounts(RAW);
  world.write("home/data", "a file where the folder should be");
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
  assert.match(ran.stderr, /record of mounts/);
});

test("shows no secret anywhere, whatever the cli prints", async (world) => {
  world.write("secrets/cred/sk", `${CANARY}\n`);
  const forms = [
    { "secret-key": "/etc/fluid/secrets/cred/sk", access: "/etc/fluid/secrets/cred/sk" },
    [{
      name: "secret",
      valueFrom: { secretKeyRef: { name: "cred", key: "sk" } },
    }],
  ];
  // The folder that Fluid mounts, seen by this process alone.
  const bind = [
    "unshare",
    "-m",
    "sh",
    "-c",
    "mount -t tmpfs none /etc && mkdir -p /etc/fluid/secrets && " +
    `mount --bind ${world.dir}/secrets /etc/fluid/secrets && exec "$@"`,
    "sh",
  ];
  for (const encryptOptions of forms) {
    world.write("state/table", "");
    world.mounts({
      ...RAW,
      options: { "s3.credentials.session": `${CANARY}-plain` },
      encryptOptions,
    });
    for (const [behaviour, code] of [["FAIL=/raw", 71], ["WARN=1", 0]] as const) {
      world.behave(behaviour);
      const ran = await world.run(["mount-ufs"], {}, bind);
      const shown = `${ran.stdout}${ran.stderr}${world.read("home/data/fluid-mounts.json")}`;
      assert(!shown.includes("canary"), shown);
      assert.equal(ran.code, code, ran.stderr);
      assert(ran.stderr.includes("******"), ran.stderr);
    }
    assert(world.read("state/table").includes(`s3.credentials.secret=${CANARY}`));
  }
});

test("names the secret that is not there, before it asks Curvine", async (world) => {
  world.mounts({ ...RAW, encryptOptions: { secret: "/etc/fluid/secrets/no-such/sk" } });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 78);
  assert.match(ran.stderr, /mounts\[0\]\.encryptOptions\.secret.*no-such\/sk/);
  assert.deepEqual(world.calls(), []);
});

test("gives up inside its time when the master hangs, and leaves no process", async (world) => {
  world.mounts(RAW);
  world.behave("HANG=table");
  const ran = await world.run(["mount-ufs", "--timeout", "2s"]);
  assert.equal(ran.code, 69);
  assert.equal(ran.stdout, "");
  await eventually("the stand-in's processes are gone", () => world.alive().length === 0);
});

test("takes a mount as made, not known how, when its cli had to be stopped", async (world) => {
  world.mounts(RAW);
  world.behave("HANG=mount-one");
  const stopped = await world.run(["mount-ufs", "--timeout", "6s"]);
  assert.notEqual(stopped.code, 0);
  // Curvine finished it after all, and the dataset drops it meanwhile.
  world.addMount("/raw", "s3://lake/raw");
  world.behave("");
  world.mounts({ mountPoint: "s3://lake/b", path: "/b" });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(world.table(), { "/b": "s3://lake/b" });
});

test("lets a second call wait and then say that it is locked", async (world) => {
  world.mounts(RAW);
  world.behave("LATE=table");
  const first = world.run(["mount-ufs"]);
  await eventually("the first call has asked the cli", () => world.read("state/calls") !== "");
  const second = await world.run(["mount-ufs", "--timeout", "1s"]);
  assert.equal(second.code, 75);
  assert.match(second.stderr, /another mount-ufs/);
  world.write("state/go", "");
  assert.equal((await first).stdout, '{"mounted":["/raw"]}\n');
});

test("serves two calls at once, one after the other", async (world) => {
  world.mounts(RAW);
  const both = await Promise.all([world.run(["mount-ufs"]), world.run(["mount-ufs"])]);
  assert.deepEqual(both.map(({ stdout }) => stdout), Array(2).fill('{"mounted":["/raw"]}\n'));
  const mounts = world.calls().filter((call) => call.includes("s3://lake/raw"));
  assert.equal(mounts.length, 1);
});

test("gives the lock back when it is killed", async (world) => {
  world.mounts(RAW);
  world.behave("HANG=table");
  const child = world.start("mount-ufs");
  await eventually("it has the lock", () => world.read("state/calls") !== "");
  child.kill("SIGKILL");
  await child.status;
  world.behave("");
  assert.equal((await world.run(["mount-ufs"])).code, 0);
});

test("stops its cli on TERM and exits with 143", async (world) => {
  world.mounts(RAW);
  world.behave("HANG=table");
  const child = world.start("mount-ufs");
  await eventually("it has called the cli", () => world.read("state/calls") !== "");
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 143);
  await eventually("the stand-in's processes are gone", () => world.alive().length === 0);
});

test("does the same under its old name", async (world) => {
  world.mounts(RAW);
  Deno.symlinkSync(executable, `${world.home}/mountUfs.sh`);
  const { code, stdout } = await new Deno.Command(`${world.home}/mountUfs.sh`, {
    env: world.env(),
    clearEnv: true,
  }).output();
  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(stdout), '{"mounted":["/raw"]}\n');
});

test("tries every mount and names each that failed", async (world) => {
  world.mounts(RAW, { mountPoint: "s3://lake/b", path: "/b" });
  world.behave("FAIL=/raw");
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 71);
  assert.equal(ran.stdout, "");
  assert.match(ran.stderr, /Cannot mount \/raw from s3:\/\/lake\/raw: .*cannot list/);
  assert.deepEqual(world.table(), { "/b": "s3://lake/b" });
});

test("says that Curvine is unreachable", async (world) => {
  world.mounts(RAW);
  world.behave("UNREACHABLE=1");
  const ran = await world.run(["mount-ufs", "--timeout", "2s"]);
  assert.equal(ran.code, 69);
  assert.match(ran.stderr, /Waiting for a master that leads: .*cannot connect to any master/);
  assert.match(ran.stderr, /Cannot read Curvine's mount table: .*cannot connect to any master/);
});

test("waits for a master that leads, and then mounts", async (world) => {
  world.mounts(RAW);
  world.behave("NO_LEADER=3");
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
  assert.equal(world.calls().filter((call) => call === "mount").length, 5);
});

test("reports each path letter for letter, and gives Curvine the clean one", async (world) => {
  world.mounts(
    { mountPoint: "s3://lake//raw/", name: "raw", path: "/raw/" },
    { mountPoint: "S3://lake/b", path: "/b//c" },
    { mountPoint: "curvinefs:///shared/", path: "/shared/" },
  );
  for (let time = 0; time < 2; time++) {
    const ran = await world.run(["mount-ufs"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, '{"mounted":["/raw/","/b//c","/shared/"]}\n');
  }
  assert.deepEqual(world.table(), { "/raw": "s3://lake/raw", "/b/c": "s3://lake/b" });
});

test("says before it starts all that Curvine will refuse", async (world) => {
  world.mounts(
    RAW,
    { mountPoint: "s3://lake", path: "/a" },
    { mountPoint: "s3://other", path: "/raw/deep" },
    { mountPoint: "s3://third", path: "/raw/" },
    { mountPoint: "s3://fourth", path: "/" },
    { mountPoint: "/plain", path: "/p" },
    { mountPoint: "curvine:///raw/in", path: "/native" },
  );
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 78);
  for (const fault of [1, 2, 3, 4, 5, 6]) {
    assert.match(ran.stderr, new RegExp(`mounts\\[${fault}\\]`));
  }
  assert.deepEqual(world.calls(), []);
});

test("says what Curvine would refuse beside somebody else's mount, and mounts the rest", async (world) => {
  world.addMount("/theirs", "s3://lake");
  world.mounts(RAW, { mountPoint: "s3://b", path: "/b" });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 71);
  assert.match(ran.stderr, /Cannot mount \/raw .*\/theirs \(s3:\/\/lake\) is mounted/);
  assert.deepEqual(world.table(), { "/theirs": "s3://lake", "/b": "s3://b" });
});

test("mounts for writing where the dataset may be written", async (world) => {
  const ufs = { mountPoint: "s3://b", path: "/b" };
  for (
    const [mount, accessModes, access] of [
      [ufs, ["ReadWriteMany"], "read_write"],
      [ufs, ["ReadOnlyMany", "ReadWriteOnce"], "read_write"],
      [ufs, ["ReadOnlyMany"], "read_only"],
      [ufs, [], "read_only"],
      [{ ...ufs, readOnly: true }, ["ReadWriteMany"], "read_only"],
      [{ ...ufs, readOnly: true, options: { access_mode: "read_write" } }, [], "read_write"],
    ] as const
  ) {
    world.write("state/table", "");
    world.mounts(mount);
    const file = JSON.parse(world.read("runtime.json"));
    world.write("runtime.json", JSON.stringify({ ...file, accessModes }));
    const ran = await world.run(["mount-ufs"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(world.read("state/table"), new RegExp(`\\t${access}\\tcache_mode\\t`));
  }
});

test("mounts in fs_mode only where an option says so, and says what that does", async (world) => {
  world.mounts({ ...RAW, options: { "write-type": "fs_mode" } });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(world.read("state/table"), /\tfs_mode\t/);
  assert.match(ran.stderr, /write-type: fs_mode writes into the UFS.*deletes objects/);
});

test("leaves a mount in fs_mode as it is, whatever the dataset wants of it", async (world) => {
  world.addMount("/raw", "s3://lake/raw", "fs_mode");
  const fs = { write_type: "fs_mode" };
  for (
    const mount of [
      RAW,
      { ...RAW, options: { ttl_ms: "1d" } },
      { ...RAW, mountPoint: "s3://elsewhere" },
      { ...RAW, mountPoint: "s3://elsewhere", options: fs },
    ]
  ) {
    world.mounts(mount);
    const ran = await world.run(["mount-ufs"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
    assert.match(ran.stderr, /WARNING: \/raw is left as it is: it is fs_mode.*cv umount/);
    assert.deepEqual(world.calls(), ["mount"]);
  }
});

test("does not unmount what the dataset dropped in fs_mode, nor mount it again so", async (world) => {
  world.mounts({ ...RAW, options: { write_type: "fs_mode" } });
  await world.run(["mount-ufs"]);
  world.calls();
  for (const mounts of [[], [RAW], []]) {
    world.mounts(...mounts);
    const ran = await world.run(["mount-ufs"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /WARNING: \/raw .*fs_mode/);
    assert.deepEqual(world.calls(), ["mount"]);
  }
});

test("takes an fs_mode mount's changed options over without taking it away", async (world) => {
  world.mounts({ ...RAW, options: { write_type: "fs_mode" } });
  await world.run(["mount-ufs"]);
  world.calls();
  world.mounts({ ...RAW, options: { write_type: "fs_mode", region_name: "eu" } });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(world.calls()[1] ?? "", /--update .*--write-type=fs_mode -c s3.region_name=eu$/);
});

test("leaves a cache_mode mount that is wanted in fs_mode", async (world) => {
  world.mounts(RAW);
  await world.run(["mount-ufs"]);
  world.calls();
  world.mounts({ ...RAW, options: { write_type: "fs_mode" } });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/raw"]}\n');
  assert.match(ran.stderr, /it is cache_mode, fs_mode is wanted/);
  assert.deepEqual(world.calls(), ["mount"]);
});

test("tells of a native directory that cannot be made, and goes on", async (world) => {
  world.mounts({ mountPoint: "curvine:///shared", path: "/shared" }, RAW);
  world.behave("FAIL=/shared");
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/shared","/raw"]}\n');
  assert.match(ran.stderr, /WARNING: cannot make \/shared in Curvine: .*cannot make \/shared/);
});

test("makes no native directory in somebody's mount: it would land in the bucket", async (world) => {
  world.addMount("/theirs", "s3://theirs");
  world.mounts({ mountPoint: "curvine:///theirs/x", path: "/theirs/x" });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.stdout, '{"mounted":["/theirs/x"]}\n');
  assert.deepEqual(world.calls(), ["mount"]);
  assert.match(ran.stderr, /lies in the mount \/theirs \(s3:\/\/theirs\)/);
});

test("names a value that Curvine does not take, and what it takes", async (world) => {
  world.mounts({
    ...RAW,
    options: { write_type: "cache-mode", auto_cache: "yes", acces_mode: "x" },
  });
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 78);
  assert.match(ran.stderr, /write_type: is "cache-mode"; cache_mode or fs_mode is wanted/);
  assert.match(ran.stderr, /auto_cache: is "yes"; true or false is wanted/);
});

test("needs no Curvine for a dataset of native mounts", async (world) => {
  world.mounts({ mountPoint: "curvine:///", name: "all", path: "/all" });
  world.behave("UNREACHABLE=1");
  assert.equal((await world.run(["mount-ufs"])).stdout, '{"mounted":["/all"]}\n');
});

test("names a runtime config that does not exist", async (world) => {
  const ran = await world.run(["mount-ufs"]);
  assert.equal(ran.code, 66);
  assert.match(ran.stderr, /runtime\.json" does not exist/);
});
