import { fail, type Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { Probe } from "../probe.ts";
import { judgeClocks, judgeWorkers } from "./judge_cluster.ts";
import { judgeMasters } from "./judge_masters.ts";
import { judgeLoad, judgeMounts } from "./judge_mounts.ts";
import { leaderOf, survey } from "./survey.ts";

/** Curvine itself, as it can be seen from here: masters, their clocks, workers, mounts. */
export const mastersProbe: Probe = { name: "masters", page: "masters", look };

async function look(patient: Patient): Promise<Finding[]> {
  const known = await patient.masters();
  if (!known.ok) return known.tried.length === 0 ? [] : [nobodyKnown(known.tried)];
  const { env, isDataLoad, isPod, draft, world } = patient;
  const { reports, workers, mounts } = await survey(known.endpoints, patient);
  const cluster = leaderOf(reports)?.cluster;
  const config = draft?.plan.mode === "cache-runtime" ? draft.config : undefined;
  return [
    ...judgeMasters(reports, {
      isPod,
      how: known.how,
      nameservers: nameservers(world.read("/etc/resolv.conf") ?? ""),
    }),
    ...judgeClocks(reports),
    ...(cluster === undefined ? [] : judgeWorkers(cluster, workers)),
    ...(mounts === undefined
      ? []
      : isDataLoad
      ? judgeLoad(mounts, env)
      : config === undefined
      ? []
      : judgeMounts(mounts, config)),
  ];
}

function nobodyKnown(tried: readonly string[]): Finding {
  return fail(
    "masters",
    `nothing says where they are: ${tried.join("; ")}`,
    "set CURVINE_DATALOAD_DATASET to the Dataset's name, or CURVINE_DATALOAD_MASTER_ADDRS to " +
      "host:port,host:port, in the class's dataOperationSpecs",
    "dataLoad",
  );
}

function nameservers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, server]) => server ?? "");
}
