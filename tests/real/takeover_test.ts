import assert from "node:assert/strict";
import type { Status } from "../../lib/observe/status.ts";
import { eventually } from "../support/eventually.ts";
import { missingCurvine, RealCluster } from "./real_cluster.ts";

const ignore = missingCurvine();

/** The real daemon's process, seen from here. */
function daemonOf(cluster: RealCluster): number {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [program] = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      const isDaemon = program === `${cluster.dir}/home/lib/curvine-fuse`;
      if (isDaemon && !Deno.readTextFileSync(`/proc/${name}/stat`).includes(") Z ")) {
        return Number(name);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error("No curvine-fuse lives");
}

async function statusOf(cluster: RealCluster): Promise<Status> {
  const { stdout } = await cluster.run("client", ["status", "--json"]);
  return JSON.parse(stdout) as Status;
}

Deno.test({
  name:
    "real Curvine: a daemon that is killed five times in a row keeps its mount, for a bind mount too",
  ignore,
  fn: async () => {
    await using cluster = await RealCluster.start({
      options: { client: { "fuse.entry_timeout_ms": "300000" } },
    });
    cluster.start("client");
    await eventually(
      "the client is ready",
      async () => (await cluster.run("client", ["health"])).code === 0,
      60_000,
    );
    const deep = `${cluster.target}/a/b/c`;
    const file = `${deep}/file`;
    const bound = `${cluster.dir}/bound`;
    Deno.mkdirSync(bound);
    const made = await cluster.exec([
      "sh",
      "-c",
      'mkdir -p "$0" && echo content >"$0/file" && mount --bind "$1" "$2"',
      deep,
      cluster.target,
      bound,
    ]);
    assert.equal(made.code, 0, made.stderr);
    const reads = async (path: string): Promise<string> => {
      const { code, stdout, stderr } = await cluster.exec(["cat", path]);
      return code === 0 ? stdout : stderr;
    };
    assert.equal(await reads(file), "content\n");
    const status = await statusOf(cluster);
    assert.equal(status.takeover_problem, null);
    for (let takeovers = 1; takeovers <= 5; takeovers++) {
      const before = daemonOf(cluster);
      Deno.kill(before, "SIGKILL");
      // Whoever asks meanwhile waits, and gets the right answer.
      assert.equal(await reads(`${bound}/a/b/c/file`), "content\n", `takeover ${takeovers}`);
      await eventually("it is taken over", async () => {
        const now = await statusOf(cluster);
        return now.takeovers_total === takeovers && now.state === "mounted";
      }, 60_000);
      assert.notEqual(daemonOf(cluster), before);
    }
    assert.equal(await reads(file), "content\n");
    const written = await cluster.exec(["sh", "-c", 'echo more >"$0"', `${bound}/a/b/c/other`]);
    assert.equal(written.code, 0, written.stderr);
    assert.equal(await reads(`${deep}/other`), "more\n");
    const after = await statusOf(cluster);
    assert.equal(after.restarts_total, 5, JSON.stringify(after.restarts));
    const told =
      `real Curvine: five takeovers, the last ${after.last_remount_seconds} s until proved, ` +
      `${after.unserved_seconds_total} s in all`;
    Deno.stderr.writeSync(new TextEncoder().encode(`${told}\n`));
  },
});
