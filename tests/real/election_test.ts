import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { journalled, withCluster } from "./real_cluster.ts";

withCluster("of three masters the leader is killed, and a client goes on without an error", {
  masters: 3,
}, async (cluster) => {
  for (const ordinal of [0, 1, 2]) await cluster.healthy("master", ordinal);
  cluster.start("client");
  await cluster.healthy("client");
  const write = (name: string): Promise<{ code: number; stderr: string }> =>
    cluster.exec(["sh", "-c", 'echo "$2" > "$1/$2"', "sh", cluster.target, name]);
  assert.equal((await write("before")).code, 0);
  await journalled();
  const old = (await cluster.leader())?.ordinal;
  assert(old !== undefined);
  const conf = `${cluster.dir}/master-${old}.toml`;
  const pid = (await cluster.exec(["pgrep", "-f", conf])).stdout.trim();
  Deno.kill(Number(pid), "SIGKILL");
  const written = await write("after");
  assert.equal(written.code, 0, written.stderr);
  await eventually("another master leads", async () => {
    const leader = await cluster.leader();
    return leader?.ordinal === old ? undefined : leader;
  });
  for (const ordinal of [0, 1, 2].filter((one) => one !== old)) {
    const ran = await cluster.run("master", ["health"], {}, ordinal);
    assert.equal(ran.code, 0, `${ordinal}: ${ran.stderr}${ran.stdout}`);
  }
  assert.equal((await cluster.run("master", ["health", "--live"], {}, old)).code, 1);
  // What Fluid runs in master-0 finds whoever leads.
  const mounted = await cluster.run("master", ["mount-ufs"]);
  assert.equal(mounted.stdout, '{"mounted":[]}\n', mounted.stderr);

  cluster.start("master", old);
  await cluster.healthy("master", old);
  assert.equal((await cluster.overview(old))?.["master_state"], "Standby");
  await eventually("one leads, whoever it is", () => cluster.leader());
  const listed = await cluster.exec(["ls", cluster.target]);
  assert.equal(listed.stdout, "after\nbefore\n", listed.stderr);
});
