/** The compiled executable starts Curvine's daemons: what they are given, and what is left of us. */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { cacheConfig } from "../support/generation.ts";
import { missing } from "../support/requirements.ts";
import { eventually } from "../support/eventually.ts";
import { exists } from "../support/exists.ts";
import { Sandbox } from "../support/sandbox.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: missing("executable"), fn });
}

/** The environment of a CacheRuntime's component, its file written into the sandbox. */
async function cache(
  sandbox: Sandbox,
  component: string,
  config: object = cacheConfig({ targetPath: sandbox.path("target") }),
): Promise<Record<string, string>> {
  return {
    FLUID_DATASET_NAME: "lake",
    FLUID_DATASET_NAMESPACE: "ai",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("fluid/runtime.json", config),
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    HOSTNAME: `lake-${component}-0`,
  };
}

for (const component of ["master", "worker"] as const) {
  test(
    `${component} start: curvine-server gets argv, environment, folder and file`,
    async () => {
      await using sandbox = await Sandbox.make();
      const env = await cache(sandbox, component);
      const { code, stdout, stderr } = await sandbox.run([component, "start"], {
        ...env,
        STAND_IN: "7",
      });
      assert.equal(code, 7, "the server's exit code is ours");
      assert.equal(stdout, "stand-in stdout\n", "stdout is the server's alone");
      assert.match(
        stderr,
        new RegExp(`curvine-fluid: version .*cache-runtime.*first word is "${component}"`),
      );
      const record = await sandbox.record();
      const conf = sandbox.path("home/conf/curvine-cluster.toml");
      // A script's interpreter stands before its path.
      assert.deepEqual(record.argv.slice(-5), [
        sandbox.path("home/lib/curvine-server"),
        "--service",
        component,
        "--conf",
        conf,
      ]);
      assert.equal(record.cwd, sandbox.path("home"));
      const host = `lake-${component}-0.svc-lake-${component}.ai.svc.cluster.local`;
      const added = {
        ORPC_BIND_HOSTNAME: "0.0.0.0",
        CURVINE_MASTER_ENDPOINTS: "lake-master-0.svc-lake-master.ai.svc.cluster.local:8995",
        [`CURVINE_${component.toUpperCase()}_HOSTNAME`]: host,
      };
      const wanted = { ...sandbox.env({ ...env, STAND_IN: "7" }), ...added };
      assert.deepEqual(
        record.env,
        Object.entries(wanted).map(([name, value]) => `${name}=${value}`).sort(),
      );
      assert.equal(record.configMode, "600");
      assert.deepEqual(record.configFolder, ["curvine-cluster.toml"]);
      assert.match(
        record.config,
        /^# Written by curvine-fluid at every start: changes here are lost\.\n/,
      );
      const toml = parse(record.config) as Record<string, Record<string, unknown>>;
      assert.equal(toml[component]?.["hostname"], host);
      assert.equal(toml["format_master"], false);
    },
  );
}

test(
  "transfer and standalone servers start without Fluid",
  async () => {
    await using sandbox = await Sandbox.make();
    for (const component of ["transfer", "master", "worker"]) {
      const { code } = await sandbox.run([component, "start"], { STAND_IN: "0" });
      assert.equal(code, 0);
      const record = await sandbox.record();
      assert.deepEqual(record.argv.slice(-4, -2), ["--service", component]);
      assert.equal(record.cwd, sandbox.path("home"));
      assert.equal(parse(record.config)["cluster_id"], "curvine");
    }
  },
);

test(
  "the component's word may be left out, and run may be written",
  async () => {
    await using sandbox = await Sandbox.make();
    const env = await cache(sandbox, "worker");
    for (const args of [[], ["run"], ["run", "worker"], ["worker"]]) {
      assert.equal((await sandbox.run(args, env)).code, 0);
      assert.equal((await sandbox.record()).argv.at(-3), "worker");
    }
  },
);

test(
  "a server is executed in place: same pid, fresh signals, no descriptors, limits or flags of ours",
  async () => {
    await using sandbox = await Sandbox.make();
    const args = ["--service", "worker", "--conf", sandbox.path("home/conf/curvine-cluster.toml")];
    await sandbox.run(["render", "--write", "worker"]);
    const plain = await sandbox.run(args, {}, sandbox.path("home/lib/curvine-server"));
    assert.equal(plain.code, 0);
    const wanted = await sandbox.record();

    const child = sandbox.spawn(["worker", "start"]);
    assert.equal((await child.output()).code, 0);
    const found = await sandbox.record();
    assert.equal(found.pid, child.pid, "the pid stays");
    for (
      const field of [
        "SigBlk",
        "SigCgt",
        "SigPnd",
        "ShdPnd",
        "Umask",
        "NoNewPrivs",
        "Seccomp",
        "CapEff",
        "CapBnd",
        "CapAmb",
        "Threads",
        "Cpus_allowed",
        "THP_enabled",
        "Uid",
        "Gid",
        "Groups",
      ]
    ) assert.equal(found.status[field], wanted.status[field], field);
    assert.equal(ignored(found.status["SigIgn"]), 0n, "SIGPIPE and all the others are not ignored");
    // The shell that the stand-in runs in has some of its own; started plainly, the same ones.
    const plainly = wanted.descriptors.map(targetOf);
    for (const one of found.descriptors) {
      const place = plainly.indexOf(targetOf(one));
      assert(place >= 0, `leaked: ${one}`);
      plainly.splice(place, 1);
    }
    assert.equal(found.limits, wanted.limits);
    assert.deepEqual(found.flags, wanted.flags);
    for (const flags of found.flags) {
      assert.equal(Number.parseInt(flags, 8) & 0o4000, 0, "O_NONBLOCK");
    }
  },
);

test(
  "SIGTERM reaches an executed server itself, and its exit is ours",
  async () => {
    await using sandbox = await Sandbox.make();
    const child = sandbox.spawn(["worker", "start"], { STAND_IN: "wait" });
    await sandbox.record();
    // The record is written just before the stand-in sets its traps.
    const signals = sandbox.path("record.signals");
    await eventually("it waits for signals", () => hasTrap(child.pid));
    child.kill("SIGTERM");
    assert.equal((await child.output()).code, 0);
    assert.equal(await Deno.readTextFile(signals), "TERM\n");
  },
);

/** `pipe:` of a line such as `3 pipe:[7]`: without the numbers that are never the same. */
function targetOf(descriptor: string): string {
  return descriptor.slice(descriptor.indexOf(" ") + 1).replace(/\[\d+\]$/, "");
}

/** The signals of a mask but 32 and 33, which are glibc's own and out of everybody's reach. */
function ignored(mask: string | undefined): bigint {
  return BigInt(`0x${mask}`) & ~(3n << 31n);
}

/** Whether a process catches SIGTERM. */
function hasTrap(pid: number): boolean {
  const caught = /SigCgt:\t([0-9a-f]+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return (BigInt(`0x${caught}`) & (1n << 14n)) !== 0n;
}

test(
  "variables that are not UTF-8 reach an executed server unharmed",
  async () => {
    await using sandbox = await Sandbox.make();
    const script = 'export ODD=$(printf "a\\377b"); exec "$0" worker start';
    const child = sandbox.spawn(
      ["-c", script, new URL("../../dist/curvine-fluid", import.meta.url).pathname],
      {},
      "/bin/bash",
    );
    assert.equal((await child.output()).code, 0);
    const bytes = await Deno.readFile(sandbox.path("record"));
    const text = new TextDecoder("latin1").decode(bytes);
    assert(text.includes("ODD=a\xffb\0"), "the byte is still there");
  },
);

test(
  "a server that dies of a signal, and one that is not there, are seen as they are",
  async () => {
    await using sandbox = await Sandbox.make();
    const killed = await sandbox.run(["worker"], { STAND_IN: "signal KILL" });
    assert.equal(killed.signal, "SIGKILL");
    await Deno.remove(sandbox.path("home/lib/curvine-server"));
    const absent = await sandbox.run(["worker"]);
    assert.equal(absent.code, 127);
    assert.match(
      absent.stderr,
      /Cannot execute ".*curvine-server": it does not exist \(is CURVINE_HOME right/,
    );
    await sandbox.write("home/lib/curvine-server", "#!/bin/sh\n");
    await Deno.chmod(sandbox.path("home/lib/curvine-server"), 0o644);
    const refused = await sandbox.run(["worker"]);
    assert.equal(refused.code, 126);
    assert.match(refused.stderr, /not executable for us/);
  },
);

test(
  "servers' folders are made before they start",
  async () => {
    await using sandbox = await Sandbox.make();
    const data = {
      CURVINE_DATA_DIR: sandbox.path("data"),
      CURVINE_CACHE_PATH: sandbox.path("cache"),
    };
    assert.equal((await sandbox.run(["master"], data)).code, 0);
    assert(exists(sandbox.path("data")));
    assert(!exists(sandbox.path("cache")));
    assert.equal((await sandbox.run(["worker"], data)).code, 0);
    assert(exists(sandbox.path("cache")));
  },
);
