import { rpcAddress } from "../../../plan/curvine/rpc_address.ts";
import type { Plan } from "../../../plan/plan.ts";
import type { Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { Probe } from "../probe.ts";
import { judgeClocks, judgeOwnWorker, judgeWorkers, type OwnWorker } from "./judge_cluster.ts";
import { judgeMasters } from "./judge_masters.ts";
import { judgeLoad, judgeMounts } from "./judge_mounts.ts";
import { leaderOf, survey } from "./survey.ts";

/** Curvine itself, as it can be seen from here: masters, their clocks, workers, mounts. */
export const mastersProbe: Probe = { name: "masters", page: "masters", look };

async function look(patient: Patient): Promise<Finding[]> {
  const known = await patient.masters();
  // A job that finds none is told so where the job is judged.
  if (!known.ok) return [];
  const { env, isDataLoad, isHere, isPod, draft, world } = patient;
  const { reports, workers, mounts } = await survey(known.endpoints, patient);
  const cluster = leaderOf(reports)?.cluster;
  const own = isHere && draft?.plan.component === "worker" ? ownWorker(draft.plan, env) : undefined;
  const config = draft?.plan.mode === "cache-runtime" ? draft.config : undefined;
  return [
    ...judgeMasters(reports, {
      isPod,
      how: known.how,
      nameservers: nameservers(world.read("/etc/resolv.conf") ?? ""),
    }),
    ...judgeClocks(reports),
    ...(cluster === undefined ? [] : judgeWorkers(cluster, workers)),
    ...(cluster === undefined || own === undefined ? [] : [judgeOwnWorker(cluster, own)]),
    ...(mounts === undefined
      ? []
      : isDataLoad
      ? judgeLoad(mounts, env, known.native)
      : config === undefined
      ? []
      : judgeMounts(mounts, config)),
  ];
}

/** Curvine: curvine-server; the variable is stronger than the file. */
function ownWorker(
  { process, config: { toml } }: Plan,
  env: Readonly<Record<string, string>>,
): OwnWorker | undefined {
  // An interface's address is stronger than both, and only the worker looks it up.
  if (toml["net_interface"]) return undefined;
  const { hostname, port } = rpcAddress(toml, "worker");
  const variable = "CURVINE_WORKER_HOSTNAME";
  const set = variable in process.env ? process.env[variable] : env[variable];
  return { hostname: set ?? hostname, port };
}

function nameservers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, server]) => server ?? "");
}
