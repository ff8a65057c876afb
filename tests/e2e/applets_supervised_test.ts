import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { FaultRun } from "../support/fault_run.ts";
import { executable, missing } from "../support/requirements.ts";

const ignore = missing("executable", "root", "fuse", "tool:bindfs", "tool:unshare", "tool:nsenter");
const CANARY = "canary-5e+SECRET/xyz";

function test(name: string, work: (run: FaultRun) => Promise<void>): void {
  Deno.test({
    name: `beside a supervisor: ${name}`,
    ignore,
    fn: async () => {
      await using run = await FaultRun.prepare({ options: { "s3.secret-key": CANARY } });
      await run.start();
      await run.mounted();
      await work(run);
    },
  });
}

/** A link of this name to the executable. */
function link(run: FaultRun, name: string): string {
  const path = `${run.root}/${name}`;
  Deno.symlinkSync(executable, path);
  return path;
}

for (const argv of [["umount"], ["umount", "-l"], ["fusermount3", "-u"]]) {
  test(`${argv.join(" ")} of the target ends PID 1 with 0, and nothing is mounted again`, async (run) => {
    const [name = "", ...options] = argv;
    const { code, stderr } = await run.inside([link(run, name), ...options, run.target]);
    assert.equal(code, 0, stderr);
    assert.equal(await run.exitCode(), 0, run.report());
    assert.deepEqual(run.layers(), []);
    assert.equal(run.starts().length, 1, run.report());
  });
}

Deno.test({
  name:
    "beside a supervisor: umount before the first mount is there ends PID 1 with 0 and says why",
  ignore,
  fn: async () => {
    await using run = await FaultRun.prepare({ plan: ["never"] });
    await run.start();
    await eventually("the daemon is started", () => run.starts().length === 1);
    const { code, stderr } = await run.inside([link(run, "umount"), run.target]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /nothing to unmount: .*; its client ends\./);
    assert.equal(await run.exitCode(), 0, run.report());
    assert.equal(run.starts().length, 1, run.report());
  },
});

test("sidecar checks pass, and a secret shows up nowhere", async (run) => {
  const folder = run.target.slice(0, run.target.lastIndexOf("/"));
  const bash = link(run, "bash");
  const check = await run.inside([bash, "-c", `time /check-mount.sh ${folder} fuse `]);
  assert.equal(check.code, 0, check.stderr);
  const { body } = await run.control("/status");
  const shown = run.stdout() + run.stderr() + body + (await run.control("/metrics")).body;
  assert(shown.includes("thin-fuse"), shown);
  assert(!shown.includes("canary-5e"), shown);
});
