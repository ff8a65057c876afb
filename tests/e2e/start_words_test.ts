/** The compiled executable by its words: links, unknown commands, FUSE as a child, early signals. */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { cacheConfig, thinConfig } from "../support/generation.ts";
import { executable, missing } from "../support/requirements.ts";
import { eventually } from "../support/eventually.ts";
import { exists } from "../support/exists.ts";
import { Sandbox } from "../support/sandbox.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: missing("executable"), fn });
}

test("outside Fluid an unknown command is executed as it is: arguments, folder, environment, code", async () => {
  await using sandbox = await Sandbox.make();
  const env = { STAND_IN: "42", EMPTY: "" };
  const args = ["--json", "", "a b", "-h", "--", "ä😀", "$(id)"];
  for (const command of [sandbox.path("some-tool"), "./some-tool", "some-tool"]) {
    const path = `${sandbox.dir}:${Deno.env.get("PATH")}`;
    const { code, stdout } = await sandbox.run([command, ...args], { ...env, PATH: path });
    assert.equal(code, 42);
    assert.equal(stdout, "stand-in stdout\n");
    const record = await sandbox.record();
    assert.deepEqual(record.argv.slice(-args.length), args);
    assert.equal(record.cwd, sandbox.dir);
    assert.deepEqual(
      record.env,
      Object.entries(sandbox.env({ ...env, PATH: path })).map(([name, value]) => `${name}=${value}`)
        .sort(),
    );
  }
});

test("PATH is searched in its order, past folders without it and files that cannot run", async () => {
  await using sandbox = await Sandbox.make();
  await sandbox.write("a/tool", "#!/bin/sh\necho a\n");
  for (const folder of ["b", "c"]) {
    await sandbox.write(`${folder}/tool`, `#!/bin/sh\necho ${folder}\n`);
    await Deno.chmod(sandbox.path(`${folder}/tool`), 0o755);
  }
  const folders = ["none", "stand-in", "a", "b", "c"].map((name) => sandbox.path(name));
  const { stdout } = await sandbox.run(["tool"], { PATH: `${folders.join(":")}:/usr/bin:/bin` });
  assert.equal(stdout, "b\n");
  const refused = await sandbox.run(["tool"], { PATH: sandbox.path("a") });
  assert.equal(refused.code, 126);
  assert.match(refused.stderr, /^Cannot execute "tool": it is not executable/);
});

test("what is not there is 127, what cannot run 126, what dies of a signal is seen so", async () => {
  await using sandbox = await Sandbox.make();
  const { code, stderr } = await sandbox.run(["mastr"]);
  assert.equal(code, 127);
  assert.equal(stderr, 'Cannot execute "mastr": it does not exist; did you mean "master"?\n');
  assert.equal((await sandbox.run(["/no/such/thing"])).code, 127);
  assert.equal((await sandbox.run([sandbox.dir])).code, 126);
  assert.equal((await sandbox.run(["/etc/passwd"])).code, 126);
  await sandbox.write("text", "no program\n");
  await Deno.chmod(sandbox.path("text"), 0o755);
  const noFormat = await sandbox.run(["./text"]);
  assert.equal(noFormat.code, 126);
  assert.match(noFormat.stderr, /neither an ELF file nor a script/);
  const killed = await sandbox.run([sandbox.path("some-tool")], { STAND_IN: "signal KILL" });
  assert.equal(killed.signal, "SIGKILL");
});

test("inside Fluid an unknown word is a usage error and nothing is executed", async () => {
  await using sandbox = await Sandbox.make();
  for (const env of [{ FLUID_RUNTIME_TYPE: "thin" }, { FLUID_RUNTIME_COMPONENT_TYPE: "worker" }]) {
    const { code, stderr } = await sandbox.run([sandbox.path("some-tool")], env);
    assert.equal(code, 64);
    assert.match(stderr, /Other commands are executed only outside Fluid/);
    assert(!sandbox.hasRecord());
  }
});

test("the names of the old scripts, as links, do their jobs", async () => {
  await using sandbox = await Sandbox.make();
  for (const name of ["entrypoint.sh", "fluid-entrypoint.sh"]) {
    await Deno.symlink(executable, sandbox.path(name));
    assert.equal((await sandbox.run(["worker", "start"], {}, sandbox.path(name))).code, 0);
    assert.equal((await sandbox.record()).argv.at(-3), "worker");
  }
  await Deno.symlink(executable, sandbox.path("home/generate_config.py"));
  const env = {
    FLUID_RUNTIME_COMPONENT_TYPE: "worker",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("c.json", cacheConfig()),
  };
  const { code, stdout } = await sandbox.run([], env, sandbox.path("home/generate_config.py"));
  assert.deepEqual([code, stdout], [0, ""]);
  assert(!sandbox.hasRecord());
  assert(exists(sandbox.path("home/conf/curvine-cluster.toml")));
});

// FUSE is a child: what stays true whoever supervises it. One that never mounts is given up here.
const GIVE_UP = {
  CURVINE_FLUID_RESTART_LIMIT: "1",
  CURVINE_FLUID_RESTART_DELAY: "10ms",
  CURVINE_FLUID_START_TIMEOUT: "20s",
  CURVINE_FLUID_STOP_TIMEOUT: "5s",
};

async function fuseEnv(sandbox: Sandbox, mode: "thin" | "cache"): Promise<Record<string, string>> {
  const targetPath = sandbox.path("target");
  const config = mode === "thin"
    ? thinConfig({ debug: "true" }, { targetPath })
    : cacheConfig({ targetPath });
  return {
    ...GIVE_UP,
    FLUID_RUNTIME_TYPE: mode,
    FLUID_DATASET_NAMESPACE: "ai",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("fluid/config.json", config),
    CURVINE_FUSE_STATE_PATH: "/tmp/left-over",
    HOSTNAME: "node-7",
  };
}

for (
  const [mode, words] of [["thin", ["fluid-thin-runtime"]], ["thin", []], ["cache", [
    "client",
    "start",
  ]]] as const
) {
  test(`${mode} with ${JSON.stringify(words)}: curvine-fuse is a child with its own file, and its code is ours`, async () => {
    await using sandbox = await Sandbox.make();
    const env = await fuseEnv(sandbox, mode);
    const child = sandbox.spawn(words, { ...env, STAND_IN: "3" });
    const output = await child.output();
    assert.equal(output.code, 3, new TextDecoder().decode(output.stderr));
    const record = await sandbox.record();
    assert.notEqual(record.pid, child.pid);
    assert.deepEqual(record.argv.slice(-5), [
      sandbox.path("home/lib/curvine-fuse"),
      "--conf",
      sandbox.path("home/conf/curvine-cluster.toml"),
      "--mnt-path",
      sandbox.path("target"),
    ]);
    assert.equal(record.cwd, sandbox.path("home"));
    assert.equal(record.configMode, "600");
    assert(!record.env.some((one) => one.startsWith("CURVINE_FUSE_STATE_PATH=")));
    const toml = parse(record.config) as Record<string, Record<string, unknown>>;
    assert.equal(toml["fuse"]?.["mnt_path"], sandbox.path("target"));
    assert.equal(toml["fuse"]?.["fs_path"], mode === "thin" ? "/data" : "/");
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} reaches curvine-fuse, and when it has ended so have we, with 0`, async () => {
    await using sandbox = await Sandbox.make();
    const child = sandbox.spawn(["fluid-thin-runtime"], {
      ...await fuseEnv(sandbox, "thin"),
      STAND_IN: "wait",
    });
    const { pid } = await sandbox.record();
    await eventually("it waits for signals", () => hasTrap(pid));
    child.kill(signal);
    assert.equal((await child.output()).code, 0);
    assert.match(await Deno.readTextFile(sandbox.path("record.signals")), /^(TERM|INT)\n/);
    assert(!exists(`/proc/${pid}`), "no daemon stays behind");
  });
}

/** Whether a process catches SIGTERM and SIGINT. */
function hasTrap(pid: number): boolean {
  const caught = /SigCgt:\t([0-9a-f]+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return (BigInt(`0x${caught}`) & 0x4002n) === 0x4002n;
}

test("the mount script is written on request, quoted, and executable", async () => {
  await using sandbox = await Sandbox.make();
  const env = {
    ...await fuseEnv(sandbox, "thin"),
    CURVINE_FLUID_WRITE_MOUNT_SCRIPT: "1",
    STAND_IN: "3",
  };
  await sandbox.run(["fluid-thin-runtime"], env);
  const path = sandbox.path("home/mount-curvine.sh");
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o755);
  const { stdout } = await sandbox.run(["render", "--format", "script"], env);
  assert.equal(await Deno.readTextFile(path), stdout);
  const { code } = await new Deno.Command("sh", { args: ["-n", path] }).output();
  assert.equal(code, 0);
});

test("render shows the argument list that run uses, as a shell reads it", async () => {
  await using sandbox = await Sandbox.make();
  const env = await fuseEnv(sandbox, "thin");
  const { stdout } = await sandbox.run(["render", "--format", "argv"], env);
  const shell = await sandbox.run(["-c", `printf '%s\\0' ${stdout}`], {}, "/bin/sh");
  await sandbox.run([], { ...env, STAND_IN: "3" });
  assert.deepEqual(shell.stdout.split("\0").slice(0, -1), (await sandbox.record()).argv.slice(-5));
});

test("a signal in the first moments ends us, whenever it comes", async () => {
  await using sandbox = await Sandbox.make();
  await sandbox.write(
    "home/lib/curvine-server",
    "#!/bin/sh\ntrap 'exit 0' TERM\nexec > /dev/null 2>&1\nsleep 3 & wait\nexit 99\n",
  );
  const codes = await Promise.all(Array.from({ length: 24 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * 120));
    const child = sandbox.spawn(["worker"]);
    await new Promise((resolve) => setTimeout(resolve, 8 + 3 * index));
    child.kill("SIGTERM");
    const { code } = await child.output();
    return code;
  }));
  // A TERM that nobody got lets the stand-in run to its end.
  for (const code of codes) assert([0, 143].includes(code), codes.join(" "));
});
