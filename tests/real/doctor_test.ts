/** What doctor says of real masters and workers, which stand-ins only say that they are like. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { S3Server } from "../support/s3_server.ts";
import { missingCurvine, RealCluster, type Role, withCluster } from "./real_cluster.ts";

interface Found {
  readonly verdict: string;
  readonly name: string;
  readonly seen: string;
}

/** What doctor finds of some subjects in a container, each as `verdict name: seen`. */
async function doctor(
  cluster: RealCluster,
  role: Role,
  subjects: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const ran = await cluster.run(role, ["doctor", "--json"], env);
  assert.equal(ran.stderr, "");
  const { findings } = JSON.parse(ran.stdout) as { findings: Found[] };
  return findings.filter(({ name }) => subjects.includes(name))
    .map(({ verdict, name, seen }) => `${verdict} ${name}: ${seen}`);
}

/** The process of a server. */
async function pidOf(cluster: RealCluster, role: Role, ordinal = 0): Promise<number> {
  const conf = `${cluster.dir}/${role}-${ordinal}.toml`;
  return Number((await cluster.exec(["pgrep", "-f", conf])).stdout.trim());
}

withCluster("doctor tells masters apart by what they answer, hang or refuse", {
  masters: 3,
}, async (cluster) => {
  for (const ordinal of [0, 1, 2]) await cluster.healthy("master", ordinal);
  const leader = (await cluster.leader())?.ordinal ?? -1;
  const asked = async (): Promise<string[]> => await doctor(cluster, "client", ["masters"]);
  const found = await asked();
  for (const ordinal of [0, 1, 2]) {
    const state = ordinal === leader ? "leads (Active)" : "follows (Standby)";
    assert.match(
      found[ordinal] ?? "",
      new RegExp(`^ok .*-${ordinal}\\..* ${RegExp.escape(state)}`),
    );
  }
  assert.equal(found.length, 3);
  assert.deepEqual(await doctor(cluster, "client", ["clock"]), ["ok clock: the masters' are ours"]);
  assert.deepEqual(await doctor(cluster, "master", ["journal"]), [
    "ok journal: this master reaches its 2 peers",
  ]);

  const [first = -1, second = -1] = [0, 1, 2].filter((one) => one !== leader);
  Deno.kill(await pidOf(cluster, "master", first), "SIGSTOP");
  assert.match((await asked())[first] ?? "", /^warn .* takes connections and answers nobody/);
  Deno.kill(await pidOf(cluster, "master", first), "SIGKILL");
  await eventually("its port is closed", async () => {
    return /^warn .* refuses connections/.test((await asked())[first] ?? "");
  });
  Deno.kill(await pidOf(cluster, "master", leader), "SIGKILL");
  await eventually("nobody leads", async () => {
    const left = await asked();
    return left.at(-1)?.startsWith("fail masters: none of the 3 leads: 1 of them") === true &&
      (left[second] ?? "").includes(" follows ");
  });
});

Deno.test({
  name: "real Curvine: doctor tells workers, mounts and what a DataLoad is to load",
  ignore: missingCurvine(),
  fn: async () => {
    await using s3 = new S3Server("lake");
    s3.put("lake", "raw/a.txt", "hello");
    const options = {
      endpoint_url: s3.url,
      region_name: "us-east-1",
      path_style: "true",
      access: "ak",
      secret: "sk",
    };
    await using cluster = await RealCluster.start({
      mounts: [{ mountPoint: "s3://lake/raw", name: "raw", path: "/raw", options }],
      options: { master: { worker_blacklist_interval: "4s", worker_check_interval: "1s" } },
    });
    const master = (): Promise<string[]> => doctor(cluster, "master", ["workers", "mounts"]);
    const [alive = "", known = ""] = await doctor(cluster, "worker", ["workers"]);
    assert.match(alive, /^ok workers: 1 alive, \S+ GiB of 1\.0 GiB free$/);
    assert.match(known, /^ok workers: this one, "lake-worker-0\..* is among them$/);

    assert.match((await master()).at(-1) ?? "", /^fail mounts: .* nothing mounted at "\/raw"/);
    const mounted = await cluster.run("master", ["mount-ufs"]);
    assert.equal(mounted.stdout, '{"mounted":["/raw"]}\n', mounted.stderr);
    assert.deepEqual((await master()).slice(1), [
      'ok mounts: Curvine has what the Dataset wants at "/raw"',
    ]);
    const job = await doctor(cluster, "master", ["masters", "load"], {
      FLUID_DATALOAD_DATA_PATH: "/raw/a.txt:/none",
    });
    assert.match(job[0] ?? "", /^ok masters: /);
    assert.equal(job[1], 'ok load: "/raw/a.txt" comes from s3://lake/raw/a.txt');
    assert.match(job[2] ?? "", /^fail load: "\/none": no UFS is mounted/);

    Deno.kill(await pidOf(cluster, "worker"), "SIGKILL");
    await eventually("the worker counts as lost", async () => {
      const [worker = ""] = await doctor(cluster, "worker", ["workers"]);
      return /^fail workers: none is alive/.test(worker);
    });
  },
});
