import { CURVINE_WEB_PORT, masterWebPort } from "../../../plan/curvine/master_web_port.ts";
import type { Endpoint } from "../../../plan/generate/endpoints.ts";
import { DEFAULTS } from "../../../plan/generate/defaults.ts";
import type { Plan } from "../../../plan/plan.ts";
import type { Patient } from "../patient.ts";
import { LIMITS } from "../time_limits.ts";
import { type ClusterSeen, type MountSeen, readMountsSeen, type WorkerSeen } from "./answers.ts";
import { askMaster, type MasterReport, type MasterWorld } from "./ask_master.ts";
import { callRpc } from "./call_rpc.ts";
import { connect, type FailedAttempt } from "./connect.ts";
import { QUESTIONS } from "./rpc_message.ts";

/** What all masters said, side by side, and how their workers answer. */
export interface Survey {
  readonly reports: readonly MasterReport[];
  /** Some of the living workers, asked for a connection. */
  readonly workers: readonly WorkerReport[];
  /** Curvine's mount table; absent where no leader tells it. */
  readonly mounts: readonly MountSeen[] | undefined;
}

/** How a living worker's RPC port behaves from here. */
export interface WorkerReport {
  readonly worker: WorkerSeen;
  /** Why it cannot be connected to; absent where it can. */
  readonly failure: Pick<FailedAttempt, "kind" | "reason"> | undefined;
}

/** So many are connected to: enough to tell a policy that drops all of them from one that is ill. */
const MOST_WORKERS = 8;

/** Asks all masters at once, then the workers that the leader knows. */
export async function survey(
  endpoints: readonly Endpoint[],
  { draft, world }: Pick<Patient, "draft"> & { readonly world: MasterWorld },
): Promise<Survey> {
  const ports = webPorts(draft?.plan);
  const reports = await Promise.all(endpoints.map((one) => askMaster(one, ports, world)));
  const leader = leaderOf(reports);
  const live = leader?.cluster.live ?? [];
  const [mounts, ...workers] = await Promise.all([
    leader === undefined ? undefined : askMounts(leader, world),
    ...live.slice(0, MOST_WORKERS).map(async (worker): Promise<WorkerReport> => ({
      worker,
      failure: await workerFailure(worker, world),
    })),
  ]);
  return { reports, workers, mounts };
}

/** Where the master that leads can be asked, and what it said. */
export interface Leader {
  readonly address: string;
  readonly port: number;
  readonly cluster: ClusterSeen;
}

/** The master that leads, as its RPC port says; the first of them where several say so. */
export function leaderOf(
  reports: readonly MasterReport[],
): Leader | undefined {
  for (const { rpc, endpoint: { port } } of reports) {
    if (rpc?.kind === "leader") return { address: rpc.address, port, cluster: rpc.cluster };
  }
  return undefined;
}

/**
 * A CacheRuntime's configuration says where a master's web server is; others connect to a cluster
 * that somebody else made, so both usual ports are tried.
 */
function webPorts(plan: Plan | undefined): number[] {
  const told = plan === undefined ? [] : [masterWebPort(plan.config.toml)];
  if (plan?.mode === "cache-runtime") return told;
  return [...new Set([...told, DEFAULTS.masterWebPort, CURVINE_WEB_PORT])];
}

async function askMounts(
  { address, port }: Leader,
  world: MasterWorld,
): Promise<readonly MountSeen[] | undefined> {
  const attempt = await connect([address], port, LIMITS.second, world);
  if (attempt.kind !== "open") return undefined;
  const answer = await callRpc(attempt.connection, QUESTIONS.mountTable, LIMITS.second);
  try {
    return answer.kind === "success" ? readMountsSeen(answer.message) : undefined;
  } catch {
    return undefined;
  }
}

async function workerFailure(
  { address, rpcPort }: WorkerSeen,
  world: MasterWorld,
): Promise<WorkerReport["failure"]> {
  const { outcome, addresses } = await world.lookup(address, LIMITS.second);
  if (outcome !== "found") {
    const reason = outcome === "absent"
      ? "the name does not exist"
      : "the name is not answered for";
    return { kind: "failed", reason };
  }
  const attempt = await connect(addresses, rpcPort, LIMITS.second, world);
  if (attempt.kind !== "open") return attempt;
  attempt.connection.close();
  return undefined;
}
