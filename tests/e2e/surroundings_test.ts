/** What a FUSE daemon needs of its surroundings, seen to before it starts. */
import assert from "node:assert/strict";
import { executable, missing } from "../support/requirements.ts";
import { Sandbox } from "../support/sandbox.ts";

const ignore = missing("root", "executable", "tool:setpriv", "tool:prlimit");

const THIN = {
  FLUID_RUNTIME_TYPE: "thin",
  CURVINE_MOUNT_POINT: "curvine:///data",
  CURVINE_MASTER_ENDPOINTS: "127.0.0.1:8995",
};

/** What curvine-fuse asks of a pipe, in bytes. */
const PIPE_BYTES = 1_052_672;

Deno.test({
  name:
    "where curvine-fuse cannot have its pipes, splice is written as false; a mere look says nothing",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.make();
    const env = { ...THIN, CURVINE_TARGET_PATH: sandbox.path("target") };
    const render = async (
      below: readonly string[],
      words: readonly string[],
      more = {},
    ): Promise<[unknown, string[]]> => {
      const [program = "", ...args] = [
        ...below,
        ...[executable, "render", ...words, "--format", "json", "fluid-thin-runtime"],
      ];
      const { code, stdout, stderr } = await sandbox.run(args, { ...env, ...more }, program);
      assert.equal(code, 0, stderr);
      const { config, warnings } = JSON.parse(stdout);
      const codes = warnings.map((warning: { code: string }) => warning.code);
      const spliced = codes.filter((one: string) => one.startsWith("splice"));
      return [config.toml.fuse.enable_splice, spliced];
    };
    const drop = ["setpriv", "--bounding-set", "-sys_resource", "--inh-caps", "-sys_resource"];
    const largest = Number(Deno.readTextFileSync("/proc/sys/fs/pipe-max-size"));
    const lacks = largest < PIPE_BYTES;
    const asked = { CURVINE_ENABLE_SPLICE: "true" };
    assert.deepEqual(await render(drop, []), [undefined, []]);
    assert.deepEqual(
      await render(drop, ["--write"]),
      lacks ? [false, ["splice-off"]] : [undefined, []],
    );
    assert.deepEqual(
      await render(drop, ["--write"], asked),
      [true, lacks ? ["splice-impossible"] : []],
    );
    if (!mayExceed()) return;
    assert.deepEqual(await render(["env"], ["--write"]), [undefined, []]);
    assert.deepEqual(await render(["env"], ["--write"], asked), [true, []]);
  },
});

/** Whether this very process has CAP_SYS_RESOURCE. */
function mayExceed(): boolean {
  const [, set = "0"] = /^CapEff:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return (BigInt(`0x${set}`) >> 24n & 1n) === 1n;
}

Deno.test({
  name: "a daemon is started with the files of the hard limit and pipes that it can have",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.make();
    const largest = Number(Deno.readTextFileSync("/proc/sys/fs/pipe-max-size"));
    const child = sandbox.spawn(
      ["--nofile=512:4096", executable, "fluid-thin-runtime"],
      { ...THIN, CURVINE_TARGET_PATH: sandbox.path("target"), STAND_IN: "wait" },
      "prlimit",
    );
    try {
      const { limits, config } = await sandbox.record();
      assert.match(limits, /^Max open files +4096 +4096 /m);
      const ours = Deno.readTextFileSync(`/proc/${child.pid}/limits`);
      assert.match(ours, /^Max open files +512 +4096 /m, "ours stays");
      const without = largest < PIPE_BYTES && !mayExceed();
      assert.equal(config.includes("enable_splice = false"), without);
    } finally {
      child.kill("SIGTERM");
      await child.output();
    }
    const unsupervised = sandbox.spawn(
      ["--nofile=512:4096", executable, "fluid-thin-runtime"],
      { ...THIN, CURVINE_TARGET_PATH: sandbox.path("target"), CURVINE_FLUID_SUPERVISE: "false" },
      "prlimit",
    );
    await unsupervised.output();
    assert.match((await sandbox.record()).limits, /^Max open files +4096 +4096 /m);
  },
});
