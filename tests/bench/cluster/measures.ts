import { eventually } from "../../support/eventually.ts";
import { CurvineCluster, leader, overview, type Pod } from "./curvine_cluster.ts";
import { outage } from "./outage.ts";
import { kubeletSeesReady } from "./probes.ts";
import type { Values } from "./values.ts";

/** A row's name and one sample of it, in milliseconds. */
export type Report = (row: Row, ms: number, errors?: readonly string[]) => void;

/** What is measured, in the order in which it is shown. */
export const ROWS = {
  start: "a lone master, start to ready",
  restart: "a lone master killed, ready again",
  read: "a lone master killed, a client's read again",
  workerReady: "a worker, start to ready",
  worker: "a worker, start to used by the master",
  client: "a client, start to mounted",
  mount: "mount-ufs of ten mounts",
  bound: "apply to Bound, the parts that are ours",
  write: "the leader of three killed, a client's write again",
  gone: "a lone master's address gone, an application's wait",
  leaderGone: "the leader's address of three gone, an application's wait",
} as const;

export type Row = keyof typeof ROWS;

/** Between the end of a moved pod and the start of its successor elsewhere. */
const AWAY_MS = 5_000;

/** From nothing to a Dataset with ten mounts, then the master's process dies. */
export async function measureAlone(
  folder: string,
  values: Values,
  mounts: readonly unknown[],
  report: Report,
): Promise<void> {
  await using cluster = new CurvineCluster(folder, {
    masters: 1,
    options: values.alone,
    mounts,
  });
  let begun = performance.now();
  let master = await cluster.startMaster();
  const start = await kubeletSeesReady(cluster, master, values.probes.master, begun);
  report("start", start);

  begun = performance.now();
  const worker = await cluster.startWorker();
  const used = workerUsed(master, begun);
  const workerReady = await kubeletSeesReady(cluster, worker, values.probes.worker, begun);
  report("workerReady", workerReady);

  begun = performance.now();
  const { code, stderr } = await cluster.exec(master, ["mount-ufs"]);
  const mount = performance.now() - begun;
  if (code !== 0) throw new Error(`mount-ufs: ${new TextDecoder().decode(stderr)}`);
  report("mount", mount);
  report("bound", start + workerReady + mount);
  report("worker", await used);

  begun = performance.now();
  const client = await cluster.startClient();
  report("client", await mounted(client, begun));

  const file = `${cluster.target}/file`;
  await Deno.writeTextFile(file, "x".repeat(100_000));
  let restart: Promise<number> | undefined;
  const { ms, errors } = await outage(() => Deno.readFile(file), async () => {
    await cluster.end(master);
    begun = performance.now();
    master = await cluster.startMaster();
    restart = kubeletSeesReady(cluster, master, values.probes.master, begun);
  });
  report("read", ms, errors);
  if (restart !== undefined) report("restart", await restart);
}

/**
 * Kills the leader of three while a client writes. Once only: Curvine 0.2.0 may lose its followers
 * by that. Curvine: Failover under writes.
 */
export async function measureThree(folder: string, values: Values, report: Report): Promise<void> {
  await using cluster = new CurvineCluster(folder, { masters: 3, options: values.three });
  const masters = await Promise.all([0, 1, 2].map((ordinal) => cluster.startMaster(ordinal)));
  await withClient(cluster, masters);
  const old = await leader(masters);
  const { ms, errors } = await outage(
    (turn) => Deno.writeTextFile(`${cluster.target}/w${turn}`, "hello"),
    () => cluster.end(old),
  );
  report("write", ms, errors);
}

/** A master's pod is lost with its address, and comes back with another one some seconds later. */
export async function measureGone(
  folder: string,
  values: Values,
  masters: 1 | 3,
  report: Report,
): Promise<void> {
  const options = masters === 1 ? values.alone : values.three;
  await using cluster = new CurvineCluster(folder, { masters, options });
  const pods = await Promise.all(
    Array.from({ length: masters }, (_, ordinal) => cluster.startMaster(ordinal)),
  );
  await withClient(cluster, pods);
  const lost = await leader(pods);
  const { ms, errors } = await outage(
    (turn) => Deno.writeTextFile(`${cluster.target}/w${turn}`, "hello"),
    async () => {
      await lost.network.drop();
      await cluster.end(lost);
      cluster.move(lost);
      setTimeout(() => void cluster.startMaster(ordinalOf(lost)), AWAY_MS);
    },
  );
  report(masters === 1 ? "gone" : "leaderGone", ms, errors);
}

async function withClient(cluster: CurvineCluster, masters: readonly Pod[]): Promise<void> {
  const first = await leader(masters, 120_000);
  await allServe(masters);
  await cluster.startWorker();
  await workerUsed(first, performance.now());
  await mounted(await cluster.startClient(), performance.now());
}

async function allServe(masters: readonly Pod[]): Promise<void> {
  for (const pod of masters) {
    await eventually("a master serves", async () => await overview(pod), 120_000);
  }
}

async function workerUsed(master: Pod, since: number): Promise<number> {
  await eventually("the master uses the worker", async () => {
    const seen = await overview(master);
    return seen !== undefined && seen.live_workers > 0;
  }, 60_000);
  return performance.now() - since;
}

async function mounted(client: Pod, since: number): Promise<number> {
  await eventually("the client is ready", async () => {
    const answer = await fetch(`http://${client.network.address}:9004/readyz`);
    await answer.body?.cancel();
    return answer.ok;
  }, 180_000);
  return performance.now() - since;
}

function ordinalOf(pod: Pod): number {
  return Number(/\d+$/.exec(pod.env["HOSTNAME"] ?? "")?.[0] ?? 0);
}
