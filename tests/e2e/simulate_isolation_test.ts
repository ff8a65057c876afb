/** A simulation shows what its env files say, on whatever machine it runs. */
import assert from "node:assert/strict";
import { missing } from "../support/requirements.ts";
import { RootFs } from "../support/root_fs.ts";
import { runExecutable } from "../support/run_executable.ts";

const LOCAL = new URL("../../manifests/local", import.meta.url).pathname;
const ENV_FILES = [...Deno.readDirSync(LOCAL)].map(({ name }) => name)
  .filter((name) => name.endsWith(".env")).sort();

/** Stands in everything that a simulation must not see. */
const MARK = "planted";

/** A machine that is somebody's: it has Fluid's files, Curvine's, and a name that means something. */
const PLANTED_FILES = {
  "/etc/fluid/config/runtime.json": `{"mounts":[{"mountPoint":"curvine:///${MARK}"}]}`,
  "/etc/fluid/config/config.json": `{"mounts":[{"mountPoint":"curvine:///${MARK}"}]}`,
  "/etc/fluid/config.json": `{"mounts":[{"mountPoint":"curvine:///${MARK}"}]}`,
  "/etc/fluid/secrets/store/key": MARK,
  "/app/curvine/conf/curvine-cluster.toml": `cluster_id = "${MARK}"\n[fuse]\nio_threads = 99\n`,
  "/app/curvine/data/meta/file": MARK,
};
const PLANTED_HOSTNAME = `${MARK}-worker-3`;
const PLANTED_ENV = {
  HOSTNAME: PLANTED_HOSTNAME,
  HOME: `/${MARK}`,
  USER: MARK,
  LANG: "tr_TR.UTF-8",
  LC_ALL: "tr_TR.UTF-8",
  TZ: "Asia/Shanghai",
  HTTP_PROXY: `http://${MARK}:3128`,
  https_proxy: `http://${MARK}:3128`,
  RUST_LOG: MARK,
  POD_IP: "192.0.2.7",
  POD_NAME: `${MARK}-master-0`,
  POD_NAMESPACE: MARK,
  POD_CLUSTER_DOMAIN: `${MARK}.example`,
  KUBERNETES_SERVICE_HOST: "192.0.2.1",
  FLUID_RUNTIME_TYPE: MARK,
  FLUID_RUNTIME_CONFIG_PATH: "/etc/fluid/config/runtime.json",
  FLUID_RUNTIME_COMPONENT_TYPE: "worker",
  FLUID_DATASET_NAME: MARK,
  FLUID_DATASET_NAMESPACE: MARK,
  CURVINE_DATASET_NAME: MARK,
  CURVINE_TARGET_PATH: `/${MARK}`,
  CURVINE_MASTER_ENDPOINTS: `${MARK}:1`,
  CURVINE_MOUNT_POINT: `curvine:///${MARK}`,
  CURVINE_CONF_FILE: `/${MARK}/a.toml`,
  CURVINE_DATA_DIR: `/${MARK}/data`,
  CURVINE_CACHE_PATH: `/${MARK}/cache`,
  CURVINE_IO_THREADS: "77",
  CURVINE_FLUID_RUN_DIR: `/${MARK}/run`,
  CURVINE_FLUID_SUPERVISE: MARK,
  CURVINE_FLUID_STOP_TIMEOUT: MARK,
  CURVINE_FLUID_ALLOW_FORMAT: "once",
  CURVINE_FLUID_WRITE_MOUNT_SCRIPT: "1",
  CURVINE_FLUID_HTTP_ADDR: "0.0.0.0:1",
  CURVINE_FLUID_LOG_FORMAT: MARK,
  ORPC_BIND_HOSTNAME: MARK,
};

/** Numbers of processes and of times differ from run to run. */
function steady(stdout: string): unknown[] {
  return stdout.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ kind }) =>
      ["begin", "mode", "warning", "config", "process", "daemon", "end"].includes(String(kind))
    )
    .map(({ ms: _, ...rest }) => rest);
}

/** Simulates an env file on a bare machine and on a planted one. */
async function onBoth(
  env: string,
  prepare: (machine: RootFs) => void | Promise<void> = () => {},
): Promise<{ bare: string; planted: string }> {
  const run = async (machine: RootFs, name: string, more: Record<string, string>) => {
    for (const { name } of Deno.readDirSync(LOCAL)) {
      machine.write(`/local/${name}`, await Deno.readTextFile(`${LOCAL}/${name}`));
    }
    await prepare(machine);
    const { code, stdout, stderr } = await machine.scene(
      `echo ${name} > /proc/sys/kernel/hostname
       inside curvine-fluid simulate --env-file /local/${env} --root /sim --for 500ms --json`,
      more,
    );
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };
  using bareMachine = await RootFs.make();
  const bare = await run(bareMachine, "bare", {});
  using plantedMachine = await RootFs.make();
  for (const [path, text] of Object.entries(PLANTED_FILES)) plantedMachine.write(path, text);
  const planted = await run(plantedMachine, PLANTED_HOSTNAME, PLANTED_ENV);
  // What it leaves behind is as free of the machine as what it says.
  for (const path of filesBelow(`${plantedMachine.root}/sim`)) {
    assert(!Deno.readTextFileSync(path).includes(MARK), `${path} has something of the machine`);
  }
  return { bare, planted };
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : isFile ? [`${folder}/${name}`] : []
  );
}

for (const env of ENV_FILES) {
  Deno.test({
    name: `simulate ${env} shows the same on a bare machine and on one full of Fluid's things`,
    ignore: missing("executable", "root"),
    async fn(): Promise<void> {
      const { bare, planted } = await onBoth(env);
      assert(steady(bare).length > 3, bare);
      assert.deepEqual(steady(planted), steady(bare));
      assert(!planted.includes(MARK), planted);
    },
  });
}

Deno.test({
  name: "a simulated daemon gets the variables of the env files and of the container, no others",
  ignore: missing("executable", "root"),
  async fn(): Promise<void> {
    const { planted } = await onBoth("own.env", async (machine) => {
      await machine.cli("");
      const script = `#!/app/curvine/lib/interpreter
while IFS= read -r -d '' entry; do echo "env $entry"; done < /proc/self/environ
trap 'exit 0' TERM
while :; do read -t 0.05 _ <> <(:); done
`;
      machine.write("/opt/real/lib/curvine-server", script);
      Deno.chmodSync(`${machine.root}/opt/real/lib/curvine-server`, 0o755);
      machine.write(
        "/local/own.env",
        "CURVINE_HOME=/opt/real\nHOSTNAME=a-master-0\nMY_OWN=$HOME\n",
      );
    });
    const names = planted.split("\n").filter((line) => line.includes('"daemon"'))
      .map((line) => /^env (\w+)=/.exec((JSON.parse(line) as { line: string }).line)?.[1])
      .filter((name) => name !== undefined);
    const wanted = [
      "CURVINE_CACHE_PATH",
      "CURVINE_CONF_FILE",
      "CURVINE_DATA_DIR",
      "CURVINE_FLUID_LOG_FORMAT",
      "CURVINE_FLUID_RUN_DIR",
      "CURVINE_FLUID_SIMULATION",
      "CURVINE_FLUID_TERMINATION_LOG",
      "CURVINE_HOME",
      "HOME",
      "HOSTNAME",
      "MY_OWN",
      "PATH",
      "TMPDIR",
    ];
    // Curvine's own that the plan sets stand beside them.
    const extra = names.filter((name) => !wanted.includes(name) && !name.startsWith("ORPC_"));
    assert.deepEqual(extra, []);
    assert.deepEqual(wanted.filter((name) => !names.includes(name)), []);
  },
});

Deno.test({
  name: "a simulation reads no secret of the machine, and one below its root",
  ignore: missing("executable", "root"),
  async fn(): Promise<void> {
    const config = {
      mounts: [{ mountPoint: "curvine:///", options: { "master-endpoints": "m:8995" } }],
      targetPath: "/runtime-mnt/thin/default/a/thin-fuse",
      runtimeOptions: { "s3.secret": "/etc/fluid/secrets/store/key" },
    };
    const texts: string[] = [];
    for (const own of [undefined, "of-the-root"]) {
      using machine = await RootFs.make();
      for (const [path, text] of Object.entries(PLANTED_FILES)) machine.write(path, text);
      machine.write("/local/thin.json", JSON.stringify(config));
      machine.write(
        "/local/a.env",
        "FLUID_RUNTIME_TYPE=thin\nFLUID_RUNTIME_CONFIG_PATH=thin.json\n",
      );
      if (own !== undefined) machine.write("/sim/etc/fluid/secrets/store/key", own);
      const { code, stdout, stderr } = await machine.scene(
        "inside curvine-fluid simulate --env-file /local/a.env --root /sim --for 200ms --json",
      );
      assert.equal(code, 0, stdout + stderr);
      texts.push(
        await Deno.readTextFile(`${machine.root}/sim/app/curvine/conf/curvine-cluster.toml`),
      );
    }
    assert.match(texts[0] ?? "", /secret = "simulated"/);
    assert.match(texts[1] ?? "", /secret = "of-the-root"/);
  },
});

Deno.test({
  name: "a simulation writes nowhere but below its root, wherever the options lead",
  ignore: missing("executable", "root"),
  async fn(): Promise<void> {
    using machine = await RootFs.make();
    const config = JSON.parse(await Deno.readTextFile(`${LOCAL}/cache.json`));
    config.master.options = { meta_dir: "/data/meta", "journal.journal-dir": "/data/journal" };
    machine.write("/local/cache.json", JSON.stringify(config));
    machine.write(
      "/local/a.env",
      `${await Deno.readTextFile(`${LOCAL}/cache-master.env`)}\nCURVINE_DATA_DIR=/data\n`,
    );
    const { code, stdout, stderr } = await machine.scene(
      "inside curvine-fluid simulate --env-file /local/a.env --root /sim --for 200ms --json",
    );
    assert.equal(code, 0, stdout + stderr);
    const toml = await Deno.readTextFile(
      `${machine.root}/sim/app/curvine/conf/curvine-cluster.toml`,
    );
    assert.match(toml, /meta_dir = "\/sim\/data\/meta"/);
    assert.match(toml, /journal_dir = "\/sim\/data\/journal"/);
    assert.throws(() => Deno.statSync(`${machine.root}/data`), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "a simulation uses no port of the machine, and says so",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const folder = await Deno.makeTempDir();
    try {
      const { port } = listener.addr as Deno.NetAddr;
      await Deno.copyFile(`${LOCAL}/thin.json`, `${folder}/thin.json`);
      const thin = await Deno.readTextFile(`${LOCAL}/thin.env`);
      await Deno.writeTextFile(
        `${folder}/thin.env`,
        `${thin}\nCURVINE_FLUID_HTTP_ADDR=127.0.0.1:${port}\n`,
      );
      const args = ["simulate", "--env-file", `${folder}/thin.env`, "--for", "300ms", "--json"];
      const { code, stdout, stderr } = await runExecutable(args);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /HTTP_ADDR is left out/);
      assert.doesNotMatch(stdout, /"level":"(warn|error)"/);
    } finally {
      listener.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
