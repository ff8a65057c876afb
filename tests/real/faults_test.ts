import assert from "node:assert/strict";
import { eventually, steadily } from "../support/eventually.ts";
import { type ClusterPlan, missingCurvine, RealCluster } from "./real_cluster.ts";

/** A test with a master, a worker, and what clients make of them. */
function fault(
  name: string,
  plan: ClusterPlan,
  test: (cluster: RealCluster) => Promise<void>,
): void {
  Deno.test({
    name: `real Curvine: ${name}`,
    ignore: missingCurvine(),
    fn: async () => {
      await using cluster = await RealCluster.start(plan);
      try {
        await test(cluster);
      } catch (error) {
        throw new Error(`${error}\n${cluster.logs()}`);
      }
    },
  });
}

/** The lines of mountinfo that show the target, or what lies in it. */
async function layers({ target, exec }: Bound): Promise<string[]> {
  const { stdout } = await exec(["cat", "/proc/self/mountinfo"]);
  return stdout.split("\n").filter((line) =>
    line.includes(` ${target} `) || line.includes(` ${target}/`)
  );
}

interface Bound {
  readonly target: string;
  exec(argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
}

function bound(cluster: RealCluster): Bound {
  return { target: cluster.target, exec: (argv) => cluster.exec(argv) };
}

/** Every process whose argument list has all of these words in it. */
function processesWith(...words: string[]): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      const isZombie = Deno.readTextFileSync(`/proc/${name}/stat`).includes(") Z ");
      return !isZombie && words.every((word) => line.includes(word)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function daemonOf({ dir }: RealCluster): number {
  const [pid, ...others] = processesWith("lib/curvine-fuse", dir);
  assert.ok(pid !== undefined && others.length === 0, `${pid}, ${others}`);
  return pid;
}

async function readsThrough({ exec, target }: Bound, below = ""): Promise<string> {
  const { stdout, stderr } = await exec(["cat", `${target}${below}/file`]);
  return stdout || stderr;
}

async function write({ exec, target }: Bound, below = ""): Promise<void> {
  const made = await exec(["sh", "-c", 'echo content >"$0"', `${target}${below}/file`]);
  assert.equal(made.code, 0, made.stderr);
}

fault("mnt_number 2: both mounts outlive their daemon", {
  options: { client: { "fuse.mnt_number": "2" } },
}, async (cluster) => {
  const client = cluster.start("client");
  await cluster.healthy("client");
  const node = bound(cluster);
  const before = await layers(node);
  assert.equal(before.length, 2, before.join("\n"));
  await write(node, "/mnt-0");
  for (let kill = 1; kill <= 2; kill++) {
    Deno.kill(daemonOf(cluster), "SIGKILL");
    for (const below of ["/mnt-0", "/mnt-1"]) {
      assert.equal(await readsThrough(node, below), "content\n");
    }
    await eventually("it is taken over", async () => {
      const { state, takeovers_total } = await cluster.status("client");
      return state === "mounted" && takeovers_total === kill;
    }, 60_000);
    assert.deepEqual(await layers(node), before);
  }
  client.signal("SIGTERM");
  assert.equal(await client.ended, 0);
  assert.deepEqual(await layers(node), []);
});

fault("a port that somebody has costs the daemon its metrics alone", {}, async (cluster) => {
  cluster.start("client");
  await cluster.healthy("client");
  const node = bound(cluster);
  await write(node);
  const before = await layers(node);
  const taken = String(cluster.ports.workerWeb);
  cluster.configure({ options: { client: { "fuse.web_port": taken } } });
  await eventually("it is taken", async () => {
    const { state, ready, reloads } = await cluster.status("client");
    return state === "mounted" && ready && reloads["hot"] === 1;
  }, 60_000);
  assert.equal(await readsThrough(node), "content\n");
  assert.deepEqual(await layers(node), before, "the same mount");
  Deno.kill(daemonOf(cluster), "SIGKILL");
  assert.equal(await readsThrough(node), "content\n");
  assert.deepEqual(await layers(node), before);
});

fault(
  "two clients on one target: the second stands by, and mounts when the first has gone",
  {},
  async (cluster) => {
    const first = cluster.start("client");
    await cluster.healthy("client");
    const node = bound(cluster);
    await write(node);
    const [mount] = await layers(node);
    const second = cluster.start("client", 1);
    await eventually("it stands by", async () => {
      const ran = await cluster.run("client", ["status", "--json"], {}, 1);
      return ran.code === 0 && JSON.parse(ran.stdout).state === "standing-by";
    }, 60_000);
    await cluster.healthy("client", 1);
    assert.deepEqual(await layers(node), [mount], "nobody has touched the first one's");
    assert.match(Deno.readTextFileSync(second.log), /host-mount-path-mode: random-suffix/);
    first.signal("SIGTERM");
    assert.equal(await first.ended, 0);
    await eventually("the second serves", async () => {
      return await readsThrough(node) === "content\n";
    }, 60_000);
    assert.equal((await layers(node)).length, 1);
    second.signal("SIGTERM");
    assert.equal(await second.ended, 0);
    assert.deepEqual(await layers(node), []);
  },
);

for (const hasMaster of [true, false]) {
  const how = hasMaster ? "with a master" : "while the master stands still";
  fault(`PID 1 killed, and a new client ${how}: never the folder beneath`, {}, async (cluster) => {
    const first = cluster.start("client");
    await cluster.healthy("client");
    const node = bound(cluster);
    await write(node);
    const [old = ""] = await layers(node);
    const masters = processesWith("curvine-server", `${cluster.dir}/master-0.toml`);
    assert.equal(masters.length, 1, "one master");
    const master = masters[0] ?? assert.fail();
    first.signal("SIGKILL");
    await first.ended;
    await eventually(
      "its daemon has gone",
      () => processesWith("lib/curvine-fuse", cluster.dir).length === 0,
    );
    assert.match(await readsThrough(node), /not connected/);
    if (!hasMaster) Deno.kill(master, "SIGSTOP");
    try {
      const second = cluster.start("client");
      if (!hasMaster) {
        await eventually("it waits", async () => {
          const ran = await cluster.run("client", ["status", "--json"]);
          return ran.code === 0 && JSON.parse(ran.stdout).state === "clearing";
        }, 30_000);
        await steadily("the dead mount", old, 2_000, async () => (await layers(node)).join("\n"));
        assert.match(await readsThrough(node), /not connected/, "and not the folder beneath");
        Deno.kill(master, "SIGCONT");
      }
      await cluster.healthy("client");
      assert.equal(await readsThrough(node), "content\n");
      assert.equal((await layers(node)).length, 1);
      second.signal("SIGTERM");
      assert.equal(await second.ended, 0);
      assert.deepEqual(await layers(node), []);
    } finally {
      Deno.kill(master, "SIGCONT");
    }
  });
}
