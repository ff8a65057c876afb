/** The compiled executable and its files: the configuration, its base, secrets, faults. */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { cacheConfig, thinConfig } from "../support/generation.ts";
import { executable, missing } from "../support/requirements.ts";
import { exists } from "../support/exists.ts";
import { Sandbox } from "../support/sandbox.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: missing("executable"), fn });
}

function root(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: missing("executable", "root", "tool:unshare", "tool:mount"), fn });
}

const CONF = "home/conf/curvine-cluster.toml";

test("the image's configuration is kept beside ours and gives the same result at every start", async () => {
  await using sandbox = await Sandbox.make();
  const base = "[master]\nio_threads = 7\nmeta_dir = 'testing/meta'\n";
  await sandbox.write(CONF, base);
  const texts: string[] = [];
  for (let start = 0; start < 3; start++) {
    assert.equal((await sandbox.run(["master"])).code, 0);
    const { config, configFolder } = await sandbox.record();
    texts.push(config);
    assert.deepEqual([...configFolder].sort(), [
      "curvine-cluster.toml",
      "curvine-cluster.toml.base",
    ]);
  }
  assert.equal(await Deno.readTextFile(sandbox.path(`${CONF}.base`)), base);
  const toml = parse(texts[0] ?? "") as Record<string, Record<string, unknown>>;
  assert.equal(toml["master"]?.["io_threads"], 7);
  assert.equal(toml["master"]?.["meta_dir"], sandbox.path("home/data/meta"));
  assert.deepEqual(texts, [texts[0], texts[0], texts[0]]);
});

test("folders on the way to the configuration are made; a relative path lies below CURVINE_HOME", async () => {
  await using sandbox = await Sandbox.make();
  for (const file of [sandbox.path("a/b/c.toml"), "d/e.toml", "f.toml"]) {
    assert.equal((await sandbox.run(["worker"], { CURVINE_CONF_FILE: file })).code, 0);
    const { argv, configMode } = await sandbox.record();
    assert.equal(argv.at(-1), file.startsWith("/") ? file : sandbox.path(`home/${file}`));
    assert.equal(configMode, "600");
  }
});

test("a configuration that is a link stays a link", async () => {
  await using sandbox = await Sandbox.make();
  const real = await sandbox.write("real/x.toml", "[master]\nio_threads = 3\n");
  await Deno.mkdir(sandbox.path("home/conf"));
  await Deno.symlink(real, sandbox.path(CONF));
  assert.equal((await sandbox.run(["master"])).code, 0);
  assert.match((await sandbox.record()).config, /io_threads = 3/);
  assert((await Deno.lstat(sandbox.path(CONF))).isSymlink);
  assert.match(await Deno.readTextFile(real), /^# Written by curvine-fluid/);
});

test("a base that is no TOML is 78, and nothing is touched or started", async () => {
  await using sandbox = await Sandbox.make();
  const broken = '[master]\npassword = "hunter2\n';
  await sandbox.write(CONF, broken);
  const { code, stderr, stdout } = await sandbox.run(["master"]);
  assert.equal(code, 78);
  assert.match(stderr, /Cannot use the base configuration ".*curvine-cluster\.toml": line 2/);
  assert(!(stderr + stdout).includes("hunter2"));
  assert.equal(await Deno.readTextFile(sandbox.path(CONF)), broken);
  assert.deepEqual([...Deno.readDirSync(sandbox.path("home/conf"))].length, 1);
  assert(!sandbox.hasRecord());
});

for (
  const [what, content] of [
    ["empty", ""],
    ["cut off", '{"mounts":[{"mountPoint":"curv'],
    ["no object", "[]"],
    ["not UTF-8", new Uint8Array([0x7b, 0xff])],
    ["10 MB large", `{"a":"${"x".repeat(10_000_000)}"}`],
    ["a brackets bomb", "[".repeat(5_000_000)],
    ["of wrong types", '{"mounts":7,"targetPath":[]}'],
  ] as const
) {
  test(`a runtime config that is ${what} is 78 with one message, and nothing is written`, async () => {
    await using sandbox = await Sandbox.make();
    const path = await sandbox.write("fluid/runtime.json", "");
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    for (const type of ["cache", "thin"]) {
      const env = { FLUID_RUNTIME_TYPE: type, FLUID_RUNTIME_CONFIG_PATH: path };
      const { code, stderr, stdout } = await sandbox.run(
        type === "thin" ? ["fluid-thin-runtime"] : ["master"],
        env,
      );
      assert.equal(code, 78, stderr);
      assert(stderr.startsWith(`Cannot use the runtime config "${path}": `), stderr);
      assert(stderr.length < 1000);
      assert.equal(stdout, "");
    }
    assert(!exists(sandbox.path("home/conf")));
    assert(!sandbox.hasRecord());
  });
}

root("a read-only conf folder is 71 with a hint, and nothing is half-written", async () => {
  await using sandbox = await Sandbox.make();
  const base = "[master]\nio_threads = 3\n";
  await sandbox.write(CONF, base);
  const script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" master';
  const folder = sandbox.path("home/conf");
  const args = ["-m", "sh", "-c", script, "sh", folder, executable];
  const { code, stderr } = await sandbox.run(args, {}, "unshare");
  assert.equal(code, 71, stderr);
  assert.match(
    stderr,
    /Cannot write the configuration ".*": .*[Rr]ead-only file system.*CURVINE_CONF_FILE/,
  );
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["curvine-cluster.toml"]);
  assert.equal(await Deno.readTextFile(sandbox.path(CONF)), base);
  assert(!sandbox.hasRecord());
});

root("a full disk is 71, and neither a part nor a temporary file stays", async () => {
  await using sandbox = await Sandbox.make();
  await Deno.mkdir(sandbox.path("home/conf"));
  const script = 'mount -t tmpfs -o size=4k tmpfs "$1" && head -c 4096 /dev/zero > "$1/full" && ' +
    '"$2" master; code=$?; ls -A "$1"; exit $code';
  const args = ["-m", "sh", "-c", script, "sh", sandbox.path("home/conf"), executable];
  const { code, stdout, stderr } = await sandbox.run(args, {}, "unshare");
  assert.equal(code, 71, stderr);
  assert.match(stderr, /No space left/);
  assert.equal(stdout, "full\n");
});

test("an existing file of an open mode is made ours alone", async () => {
  await using sandbox = await Sandbox.make();
  await sandbox.write(CONF, "");
  await Deno.chmod(sandbox.path(CONF), 0o666);
  await sandbox.write(`${CONF}.1.tmp`, "left over");
  assert.equal((await sandbox.run(["master"])).code, 0);
  assert.equal((await sandbox.record()).configMode, "600");
});

const SECRETS = {
  file: "canaryFILE",
  option: "canaryOPTION",
  base: "canaryBASE",
  url: "canaryURL",
};

root(
  "secrets land in the 0600 file and nowhere else: no output, no error, no format of render",
  async () => {
    await using sandbox = await Sandbox.make();
    const targetPath = sandbox.path("target");
    const options = {
      "client.some_value": "/etc/fluid/secrets/cred/value",
      "client.access-key": SECRETS.option,
      "s3.credentials.secret": SECRETS.option,
      unknwon_token: SECRETS.option,
    };
    const env = {
      FLUID_RUNTIME_TYPE: "thin",
      FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("t.json", thinConfig(options, { targetPath })),
    };
    const cacheEnv = {
      FLUID_RUNTIME_TYPE: "cache",
      HOSTNAME: "lake-worker-0",
      FLUID_RUNTIME_CONFIG_PATH: await sandbox.write(
        "c.json",
        cacheConfig({ worker: { options }, client: { options } }),
      ),
    };
    await sandbox.write(
      CONF,
      `[transfer]\nstore_url = "mysql://u:${SECRETS.url}@db/x"\n[[users]]\npassword = "${SECRETS.base}"\n`,
    );
    const inside = "mount -t tmpfs tmpfs /etc && mkdir -p /etc/fluid/secrets/cred && " +
      `printf '%s\\n' ${SECRETS.file} > /etc/fluid/secrets/cred/value && exec "$@"`;
    const all: string[] = [];
    const run = async (given: Record<string, string>, ...args: string[]): Promise<number> => {
      const command = ["-m", "sh", "-c", inside, "sh", executable, ...args];
      const { code, stdout, stderr } = await sandbox.run(command, given, "unshare");
      all.push(stdout, stderr);
      return code;
    };
    for (
      const [given, ...words] of [[env, "fluid-thin-runtime"], [cacheEnv, "worker"], [
        cacheEnv,
        "client",
      ]] as const
    ) {
      for (const format of ["json", "toml", "argv"]) {
        assert.equal(await run(given, "render", "--format", format, ...words), 0, all.join(""));
      }
      assert.equal(await run(given, "render", "--out", sandbox.path("out"), ...words), 0);
      all.push(await Deno.readTextFile(sandbox.path("out/plan.json")));
    }
    assert.equal(await run(env, "render", "--format", "script", "fluid-thin-runtime"), 0);
    assert.equal(await run(env, "check"), 0);
    assert.equal(await run(cacheEnv, "check", "--json"), 0);
    assert.equal(await run(cacheEnv, "run", "worker"), 0);
    const { config, configMode } = await sandbox.record();
    const bad = await sandbox.write(
      "bad.json",
      thinConfig({
        ...options,
        "io-threads": "x",
        "fuse.key": "1",
        "io_threads.password": SECRETS.option,
      }),
    );
    assert.equal(await run({ ...env, FLUID_RUNTIME_CONFIG_PATH: bad }, "fluid-thin-runtime"), 78);
    assert.equal(await run({ ...env, FLUID_RUNTIME_CONFIG_PATH: bad }, "check"), 78);

    const shown = all.join("\n");
    for (const [where, secret] of Object.entries(SECRETS)) {
      assert(!shown.includes(secret), `the ${where}'s secret is shown: ${shown}`);
      assert(config.includes(secret), `the ${where}'s secret is written`);
    }
    assert.equal(configMode, "600");
    const { mode } = await Deno.stat(sandbox.path("out/curvine-cluster.toml"));
    assert.equal((mode ?? 0) & 0o777, 0o600);
  },
);

Deno.test({
  name: "a server that may not write its folders is 71 and names each, the user and the mend",
  ignore: missing("executable", "root", "tool:setpriv"),
  async fn(): Promise<void> {
    await using sandbox = await Sandbox.make();
    const drop = ["--reuid=65532", "--regid=65532", "--clear-groups", executable];
    await Deno.chmod(sandbox.path(""), 0o755);
    await Deno.mkdir(sandbox.path("volume"));
    await Deno.mkdir(sandbox.path("own"));
    await Deno.chown(sandbox.path("own"), 65532, 65532);
    const env = {
      CURVINE_DATA_DIR: sandbox.path("volume"),
      CURVINE_CONF_FILE: sandbox.path("own/curvine-cluster.toml"),
    };
    const refused = await sandbox.run([...drop, "master"], env, "setpriv");
    assert.equal(refused.code, 71, refused.stderr);
    for (const name of ["meta", "journal"]) {
      assert(refused.stderr.includes(`"${sandbox.path(`volume/${name}`)}"`), refused.stderr);
    }
    assert.match(refused.stderr, /as user 65532: .*Permission denied/);
    assert.match(refused.stderr, /chown -R 65532 .*fsGroup does nothing for hostPath/);
    assert(!sandbox.hasRecord());
    const elsewhere = { ...env, CURVINE_CONF_FILE: sandbox.path("volume/c.toml") };
    const both = await sandbox.run([...drop, "master"], elsewhere, "setpriv");
    assert.match(
      both.stderr,
      /Cannot use .*\n[^]*Cannot write the configuration ".*volume\/c\.toml"/,
    );
    await Deno.chown(sandbox.path("volume"), 65532, 65532);
    assert.equal((await sandbox.run([...drop, "master"], env, "setpriv")).code, 0);
  },
});

test("a secret with a NUL byte is 78 and named, wherever it would have gone", async () => {
  await using sandbox = await Sandbox.make();
  const config = await sandbox.write("t.json", thinConfig({ "client.x": "a\0b" }));
  const env = { FLUID_RUNTIME_TYPE: "thin", FLUID_RUNTIME_CONFIG_PATH: config };
  const { code, stderr } = await sandbox.run(["fluid-thin-runtime"], env);
  assert.equal(code, 78);
  assert.match(stderr, /mounts\[0\]\.options\.client\.x: .*NUL/);
});

test("a secret file that is not there is 78 and says what Fluid wants", async () => {
  await using sandbox = await Sandbox.make();
  const options = { "client.x": "/etc/fluid/secrets/no-such/key" };
  const env = {
    FLUID_RUNTIME_TYPE: "thin",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("t.json", thinConfig(options)),
  };
  const { code, stderr } = await sandbox.run(["fluid-thin-runtime"], env);
  assert.equal(code, 78);
  assert.match(stderr, /options\.client\.x: the secret file ".*" does not exist .*secretMount/);
});

test("format is honoured once with a marker, and never again", async () => {
  await using sandbox = await Sandbox.make();
  const env = {
    FLUID_RUNTIME_COMPONENT_TYPE: "master",
    HOSTNAME: "lake-master-0",
    CURVINE_FLUID_ALLOW_FORMAT: "once",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write(
      "c.json",
      cacheConfig({ master: { options: { format_master: "true" } } }),
    ),
  };
  const starts: unknown[] = [];
  for (let start = 0; start < 3; start++) {
    assert.equal((await sandbox.run(["master"], env)).code, 0);
    starts.push(parse((await sandbox.record()).config)["format_master"]);
  }
  assert.deepEqual(starts, [true, false, false]);
});

test("render writes nothing but its output, which a closed pipe does not break", async () => {
  await using sandbox = await Sandbox.make();
  const { code, stdout, stderr } = await sandbox.run(["render", "worker"]);
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.equal(JSON.parse(stdout).component, "worker");
  assert(!exists(sandbox.path("home/conf")));
  const piped = await sandbox.run(
    ["-c", '"$0" render worker | true; echo ${PIPESTATUS[0]}', executable],
    {},
    "/bin/bash",
  );
  assert.match(piped.stdout, /^(0|141)\n$/);
  assert.doesNotMatch(piped.stderr, /bug/);
});

test("a large plan goes through a slow pipe whole", async () => {
  await using sandbox = await Sandbox.make();
  const options = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`journal.rocksdb.key_${index}`, "x".repeat(50)]),
  );
  const env = {
    FLUID_RUNTIME_COMPONENT_TYPE: "master",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("c.json", cacheConfig({ master: { options } })),
  };
  const script = '"$0" render master | (sleep 0.3; cat)';
  const { stdout } = await sandbox.run(["-c", script, executable], env, "/bin/sh");
  const plan = JSON.parse(stdout);
  assert.equal(Object.keys(plan.config.toml.journal.rocksdb).length, 5000);
});

test("check shows every problem at once and exits 78, 66 for a missing file, 0 for a good one", async () => {
  await using sandbox = await Sandbox.make();
  const bad = await sandbox.write(
    "bad.json",
    cacheConfig({
      targetPath: 7,
      master: { options: { rpc_port: "eighty", rpc_prot: "1" }, replicas: "3" },
      worker: { tieredStoreLevels: [{ mediumType: "MEM", mountPaths: ["/a"], quotas: ["1GiB"] }] },
    }),
  );
  const { code, stderr } = await sandbox.run(["check", bad]);
  assert.equal(code, 78);
  for (
    const part of [
      /targetPath: is 7; text is wanted/,
      /master\.replicas: is "3"; a whole number is wanted/,
      /master\.options\.rpc_port: is "eighty"; a port from 1 to 65535 is wanted/,
      /worker\.tieredStoreLevels\[0\]\.quotas\[0\]: .*"1GiB"/,
      /master\.options\.rpc_prot .*did you mean "rpc_port"\?/,
    ]
  ) assert.match(stderr, part);
  assert.match(stderr, /4 problems\n/, "and nothing that only follows from those");
  assert.equal((await sandbox.run(["check", sandbox.path("none.json")])).code, 66);
  const good = await sandbox.write("good.json", cacheConfig());
  const fine = await sandbox.run(["check", good]);
  assert.equal(fine.code, 0);
  assert.equal(fine.stdout, `${good}: ok for a CacheRuntime\n`);
});
