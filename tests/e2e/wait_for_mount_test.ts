/** A ThinRuntime's client whose Dataset has no mount yet: it waits, says so, and starts with the first. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { thinConfig } from "../support/generation.ts";
import { executable, missing } from "../support/requirements.ts";
import { Sandbox } from "../support/sandbox.ts";

const ignore = missing("executable", "fuse");

function config(sandbox: Sandbox, mounts: unknown[]): object {
  return { ...thinConfig(), mounts, targetPath: sandbox.path("mnt") };
}

const MOUNT = {
  mountPoint: "curvine:///d",
  options: { "master-endpoints": "127.0.0.1:1", "fuse.my_secret": "hush-hush" },
};

interface Waiting extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly env: Record<string, string>;
  ask(...words: string[]): ReturnType<Sandbox["run"]>;
  code(): Promise<number>;
}

/** A client that waits, when `health --live` says that it is there. */
async function waiting(sandbox: Sandbox, more: Record<string, string> = {}): Promise<Waiting> {
  const env = {
    FLUID_RUNTIME_TYPE: "thin",
    FLUID_RUNTIME_CONFIG_PATH: await sandbox.write("config/config.json", config(sandbox, [])),
    ...more,
  };
  const child = sandbox.spawn(["fluid-thin-runtime"], { ...env, STAND_IN: "wait" });
  const ask = (...words: string[]): ReturnType<Sandbox["run"]> => sandbox.run(words, env);
  await eventually("it is live", async () => (await ask("health", "--live")).code === 0);
  const end = child.output();
  return {
    child,
    env,
    ask,
    code: async () => (await end).code,
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended, as it should.
      }
      await end;
    },
  };
}

Deno.test({
  name: "a client without a mount is live and not ready, and starts with the first mount",
  ignore,
  async fn(): Promise<void> {
    await using sandbox = await Sandbox.make();
    await using client = await waiting(sandbox);
    const ready = await client.ask("health", "--ready");
    assert.equal(ready.code, 1);
    assert.match(
      ready.stderr,
      /not healthy: waiting for the first mount: the Dataset has none yet/,
    );
    const status = JSON.parse((await client.ask("status", "--json")).stdout);
    assert.deepEqual([status.state, status.ready, status.pid], ["waiting", false, null]);
    assert.equal(status.target, sandbox.path("mnt"));
    assert(!sandbox.hasRecord());

    const file = client.env["FLUID_RUNTIME_CONFIG_PATH"] ?? "";
    await Deno.writeTextFile(file, JSON.stringify(config(sandbox, [MOUNT])));
    const { argv } = await sandbox.record();
    assert.deepEqual(argv.slice(-2), ["--mnt-path", sandbox.path("mnt")]);
    await eventually("its daemon is started", async () => {
      const { code, stdout } = await client.ask("status", "--json");
      return code === 0 && JSON.parse(stdout).state === "starting";
    });
    client.child.kill("SIGTERM");
    assert.equal(await client.code(), 0);
  },
});

Deno.test({
  name: "a first mount that is wrong is waited out, a right one is taken",
  ignore,
  async fn(): Promise<void> {
    await using sandbox = await Sandbox.make();
    await using client = await waiting(sandbox);
    const file = client.env["FLUID_RUNTIME_CONFIG_PATH"] ?? "";
    await Deno.writeTextFile(file, JSON.stringify(config(sandbox, [{ mountPoint: "s3://b" }])));
    await eventually(
      "it says what is wrong",
      async () => /s3:\/\/b/.test((await client.ask("health", "--ready")).stderr),
    );
    assert.equal((await client.ask("health", "--live")).code, 0);
    await Deno.writeTextFile(file, JSON.stringify(config(sandbox, [MOUNT])));
    await sandbox.record();
    client.child.kill("SIGTERM");
    assert.equal(await client.code(), 0);
  },
});

Deno.test({
  name: "umount of its target ends a client that waits, with 0, and says what it waited for",
  ignore,
  async fn(): Promise<void> {
    await using sandbox = await Sandbox.make();
    await using client = await waiting(sandbox);
    const umount = async (target: string): Promise<{ code: number; said: string }> => {
      const link = sandbox.path("umount");
      await Deno.symlink(executable, link).catch(() => {});
      const { code, stderr } = await sandbox.run([target], client.env, link);
      return { code, said: stderr };
    };
    const other = await umount(sandbox.path("other"));
    assert.equal(other.code, 32);
    assert.match(other.said, /other: not mounted\./);
    const { code, said } = await umount(sandbox.path("mnt"));
    assert.equal(code, 0, said);
    assert.match(said, /nothing to unmount: waiting for the first mount: the Dataset has none yet/);
    assert.equal(await client.code(), 0);
    assert(!sandbox.hasRecord());
  },
});

for (const what of ["TERM", "unmount"]) {
  Deno.test({
    name: `a client without a mount ends with 0 when it is asked for: ${what}`,
    ignore,
    async fn(): Promise<void> {
      await using sandbox = await Sandbox.make();
      await using client = await waiting(sandbox);
      if (what === "TERM") client.child.kill("SIGTERM");
      else assert.equal((await client.ask(what)).code, 0);
      assert.equal(await client.code(), 0);
      assert(!sandbox.hasRecord());
    },
  });
}

Deno.test({
  name: "a client that is not supervised, and one with something else wrong, end with 78",
  ignore,
  async fn(): Promise<void> {
    await using sandbox = await Sandbox.make();
    const path = await sandbox.write("config/config.json", config(sandbox, []));
    const env = { FLUID_RUNTIME_TYPE: "thin", FLUID_RUNTIME_CONFIG_PATH: path };
    const alone = await sandbox.run(["fluid-thin-runtime"], {
      ...env,
      CURVINE_FLUID_SUPERVISE: "false",
    });
    assert.equal(alone.code, 78);
    assert.match(alone.stderr, /mounts\[0\]\.mountPoint: is missing/);
    await sandbox.write("config/config.json", {
      ...config(sandbox, []),
      runtimeOptions: { "io-threads": "x" },
    });
    const wrong = await sandbox.run(["fluid-thin-runtime"], env);
    assert.equal(wrong.code, 78);
    assert.match(wrong.stderr, /io-threads: is "x"/);
  },
});
