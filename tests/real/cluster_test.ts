import assert from "node:assert/strict";
import { awaitMaster } from "../../lib/supervise/await_master.ts";
import { systemClock } from "../../lib/system/clock.ts";
import { systemSockets } from "../../lib/system/sockets.ts";
import { eventually } from "../support/eventually.ts";
import { executable } from "../support/requirements.ts";
import {
  type Container,
  journalled,
  type RealCluster,
  type Role,
  withCluster,
} from "./real_cluster.ts";

function real(name: string, work: (cluster: RealCluster) => Promise<void>): void {
  withCluster(name, {}, work);
}

/** A client that finds hangs quickly, and mounts anew at once. */
const QUICK = {
  CURVINE_FLUID_HANG_TIMEOUT: "3s",
  CURVINE_FLUID_PROBE_INTERVAL: "500ms",
  CURVINE_FLUID_PROBE_TIMEOUT: "1s",
};

async function shell(cluster: RealCluster, text: string, ...args: string[]): Promise<string> {
  const ran = await cluster.exec(["sh", "-c", text, "sh", ...args]);
  assert.equal(ran.code, 0, `${text} ${args}: ${ran.stderr}`);
  return ran.stdout;
}

async function client(cluster: RealCluster): Promise<Container> {
  const container = cluster.start("client", 0, QUICK);
  await cluster.healthy("client");
  return container;
}

real("every part is healthy, and a file goes from one client to the other", async (cluster) => {
  await client(cluster);
  cluster.configureThin("/shared");
  cluster.start("thin");
  await cluster.healthy("thin");
  for (const role of ["master", "worker", "client", "thin"] as Role[]) {
    for (const flag of ["--ready", "--live"]) {
      const ran = await cluster.run(role, ["health", flag]);
      assert.deepEqual([ran.code, ran.stderr], [0, ""], `${role} ${flag}`);
    }
  }
  await shell(cluster, 'head -c 3000000 /dev/urandom > "$1/shared/file"', cluster.target);
  assert.equal(
    await shell(cluster, 'md5sum < "$1/file"', cluster.thinTarget),
    await shell(cluster, 'md5sum < "$1/shared/file"', cluster.target),
  );
  await shell(cluster, 'echo back > "$1/answer"', cluster.thinTarget);
  assert.equal(await shell(cluster, 'cat "$1/shared/answer"', cluster.target), "back\n");
  await eventually("the worker has told the master what it holds", async () => {
    const summary = await cluster.run("master", ["report-summary"]);
    assert.equal(summary.code, 0, summary.stderr);
    const { cacheCapacity, cached } = JSON.parse(summary.stdout);
    assert.equal(cacheCapacity, "1.00GiB");
    return /^2\.8\dMiB$/.test(cached);
  });
});

real("a killed daemon is there again, and what was written is too", async (cluster) => {
  const container = await client(cluster);
  await shell(cluster, 'echo before > "$1/file"', cluster.target);
  for (let time = 1; time <= 2; time++) {
    const { pid, restarts_total: restarts } = await cluster.status("client");
    const killed = await container.inside(["kill", "-KILL", String(pid)]);
    assert.equal(killed.code, 0, killed.stderr);
    await eventually("another daemon serves", async () => {
      const status = await cluster.status("client");
      return status.pid !== pid && status.ready && status.restarts_total > restarts;
    }, 60_000);
    assert.equal(await shell(cluster, 'cat "$1/file"', cluster.target), "before\n");
    await shell(cluster, 'echo more > "$1/file-$2"', cluster.target, String(time));
  }
});

real("a daemon that hangs is found, and served anew", async (cluster) => {
  const container = await client(cluster);
  await shell(cluster, 'echo before > "$1/file"', cluster.target);
  const { pid } = await cluster.status("client");
  await container.inside(["kill", "-STOP", String(pid)]);
  // Somebody has to wait for it: an idle daemon hurts nobody.
  const waits = cluster.exec(["ls", "-l", `${cluster.target}/none`]);
  await eventually("it is not ready", async () => !(await cluster.status("client")).ready);
  await eventually("another daemon serves", async () => {
    const status = await cluster.status("client");
    return status.pid !== pid && status.ready;
  }, 60_000);
  await waits;
  assert.equal(await shell(cluster, 'cat "$1/file"', cluster.target), "before\n");
  assert((await cluster.status("client")).restarts["hang"] === 1);
});

real("a changed option is reloaded while files are open, without an error", async (cluster) => {
  await client(cluster);
  const { pid } = await cluster.status("client");
  // One file stays open for writing, one for reading, all the time.
  await shell(cluster, 'head -c 2000000 /dev/urandom > "$1/big"', cluster.target);
  const going = cluster.exec([
    "sh",
    "-c",
    'exec 5> "$1/log" 6< "$1/big" && : > "$1/started"; i=0; ' +
    'while [ ! -e "$2" ]; do echo $i >&5 || exit 3; head -c 1000 <&6 > /dev/null || exit 4; ' +
    "i=$((i + 1)); sleep 0.02; done; echo $i",
    "sh",
    cluster.target,
    `${cluster.dir}/enough`,
  ]);
  await eventually(
    "both files are open",
    async () => (await cluster.exec(["test", "-e", `${cluster.target}/started`])).code === 0,
  );
  cluster.configure({ options: { client: { "fuse.attr_timeout_ms": "3000" } } });
  await eventually("it is reloaded", async () => {
    const status = await cluster.status("client");
    return status.pid !== pid && status.ready && status.config_generation > 1;
  }, 60_000);
  Deno.writeTextFileSync(`${cluster.dir}/enough`, "");
  const ran = await going;
  assert.equal(ran.code, 0, ran.stderr);
  const lines = (await shell(cluster, 'cat "$1/log"', cluster.target)).trimEnd().split("\n");
  assert.deepEqual(lines, [...Array(Number(ran.stdout)).keys()].map(String));
  const status = await cluster.status("client");
  assert.equal(status.restarts_total, 0, JSON.stringify(status.restarts));
});

real("the preStop unmounts, and PID 1 ends with 0", async (cluster) => {
  for (const how of ["unmount", "SIGTERM"]) {
    const container = await client(cluster);
    await shell(cluster, 'echo "$2" > "$1/file"', cluster.target, how);
    if (how === "SIGTERM") container.signal("SIGTERM");
    else {
      const ran = await container.inside([executable, "unmount"]);
      assert.equal(ran.code, 0, ran.stderr);
    }
    assert.equal(await container.ended, 0, how);
    const mounts = await cluster.exec(["cat", "/proc/self/mountinfo"]);
    assert(!mounts.stdout.includes(cluster.target), mounts.stdout);
  }
});

real("a lone master that is killed serves again, and the client goes on", async (cluster) => {
  await client(cluster);
  await shell(cluster, 'echo before > "$1/file"', cluster.target);
  await journalled();
  const pid = (await cluster.exec(["pgrep", "-f", `${cluster.dir}/master-0.toml`])).stdout.trim();
  Deno.kill(Number(pid), "SIGKILL");
  await eventually("it is down", async () => (await cluster.overview(0)) === undefined);
  assert.equal((await cluster.run("master", ["health", "--live"])).code, 1);
  const waits = shell(cluster, 'ls "$1"', cluster.target);
  cluster.start("master");
  assert.equal(await waits, "file\n");
  // Where its bytes are the master knows when the worker has told it.
  await eventually(
    "the file is read",
    async () => await shell(cluster, 'cat "$1/file"', cluster.target) === "before\n",
  );
  await cluster.healthy("master");
});

withCluster("a master that stands still is told from one that answers", {}, async (cluster) => {
  const masters = [{ hostname: cluster.address(0), port: cluster.ports.rpc }];
  const world = { clock: systemClock, sockets: systemSockets };
  const ask = (limit: number): Promise<string | undefined> =>
    awaitMaster(masters, world, limit, () => true);
  assert.equal(await ask(5_000), undefined);
  const conf = `${cluster.dir}/master-0.toml`;
  const found = (await cluster.exec(["pgrep", "-f", conf])).stdout.trim();
  // Whoever stops another process proves nothing.
  assert.match(found, /^\d+$/, `one process has ${conf}`);
  const pid = Number(found);
  Deno.kill(pid, "SIGSTOP");
  try {
    // One thread after the other stops, and any of them may still answer.
    await eventually("all its threads stand still", () => {
      return [...Deno.readDirSync(`/proc/${pid}/task`)].every(({ name }) => {
        return Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`).includes(") T ");
      });
    });
    assert.match(await ask(2_500) ?? "", /takes a connection, but does not answer within 2 s/);
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
  assert.equal(await ask(30_000), undefined);
});
