import { fail, type Finding, ok, warn } from "../finding.ts";
import type { ClusterSeen, WorkerSeen } from "./answers.ts";
import type { MasterReport } from "./ask_master.ts";
import type { WorkerReport } from "./survey.ts";

/** Judges what the leader knows of its workers, and how they answer from here. */
export function judgeWorkers(
  { capacity, available, live, blacklisted, lost }: ClusterSeen,
  reports: readonly WorkerReport[],
): Finding[] {
  const workers = "workers";
  if (live.length === 0) {
    const gone = lost.length === 0 ? "" : `, ${lost.length} lost (${names(lost)})`;
    return [fail(
      workers,
      `none is alive${gone}: nothing can be cached or written`,
      "are the workers' pods running, and does `kubectl exec WORKER -- curvine-fluid doctor` find " +
        "their master? One registers some seconds after its start",
      "workers",
    )];
  }
  const room = `${bytes(available)} of ${bytes(capacity)} free`;
  const findings = [
    capacity > 0 ? ok(workers, `${live.length} alive, ${room}`) : fail(
      workers,
      `${live.length} alive, but without any room`,
      "no folder of theirs can be used: look at the quotas and paths of the tiers, and at a worker's log",
      "workers",
    ),
  ];
  if (lost.length > 0 || blacklisted.length > 0) {
    const silent = [...lost, ...blacklisted];
    findings.push(warn(
      workers,
      `${silent.length} no longer report to the master: ${names(silent)}`,
      "what only they had cached is read from the UFS again. Pods that were scaled down stay " +
        "listed for a while; for others, look at the pod and its node",
      "workers",
    ));
  }
  const failed = reports.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) {
    const [first] = failed;
    const seen = `${failed.length} of ${reports.length} cannot be connected to from here: ` +
      `${names(failed.map(({ worker }) => worker))} (${first?.failure?.reason})`;
    const mend = "files are read from the workers themselves: their address is what they call " +
      "themselves (CURVINE_WORKER_HOSTNAME); a NetworkPolicy, or a name that only they know?";
    findings.push(
      failed.length === reports.length
        ? fail(workers, seen, mend, "workers")
        : warn(workers, seen, mend, "workers"),
    );
  }
  return findings;
}

/** What a worker calls itself, and where it listens: so the masters know it. */
export interface OwnWorker {
  readonly hostname: string;
  readonly port: number;
}

/** Whether the leader knows this very worker. */
export function judgeOwnWorker(
  { live, blacklisted, lost }: ClusterSeen,
  { hostname, port }: OwnWorker,
): Finding {
  const among = (workers: readonly WorkerSeen[]): boolean =>
    workers.some((one) => one.hostname === hostname && one.rpcPort === port);
  const name = JSON.stringify(`${hostname}:${port}`);
  if (among(live)) return ok("workers", `this one, ${name}, is among them`);
  if (among(lost) || among(blacklisted)) {
    return fail(
      "workers",
      `this one, ${name}, no longer reports to the master`,
      "it hangs, or cannot reach the master any more: its log says which",
      "workers",
    );
  }
  return fail(
    "workers",
    `this one, ${name}, is not known to the master`,
    "is it running? It registers some seconds after its start; its log says what keeps it from " +
      "that, such as a folder that it cannot use",
    "workers",
  );
}

/** More than this is worth a word, and more than this breaks things. Milliseconds. */
const DOUBTFUL_MS = 3_000;
const WRONG_MS = 60_000;

/** Judges the masters' clocks against ours, by the one that differs most. */
export function judgeClocks(reports: readonly MasterReport[]): Finding[] {
  const clocks = reports.flatMap(({ endpoint, web }) =>
    web?.clock === undefined
      ? []
      : [{ name: `${endpoint.hostname}:${endpoint.port}`, ...web.clock }]
  );
  const [worst] = clocks.toSorted((a, b) => Math.abs(b.ahead) - Math.abs(a.ahead));
  if (worst === undefined) return [];
  // Only what cannot be the answer's own slowness counts.
  const off = Math.max(0, Math.abs(worst.ahead) - worst.error);
  if (off <= DOUBTFUL_MS) {
    return [ok("clock", `${clocks.length === 1 ? "the master's is" : "the masters' are"} ours`)];
  }
  const seen = `that of "${worst.name}" is ${span(Math.abs(worst.ahead))} ${
    worst.ahead > 0 ? "ahead of" : "behind"
  } ours`;
  const mend = "set the time on the nodes (NTP): modification times and lifetimes of files are " +
    "written by one clock and read by another, and object stores refuse requests that are 15 min off";
  return [off > WRONG_MS ? fail("clock", seen, mend, "clock") : warn("clock", seen, mend, "clock")];
}

/** The first few, by the names that they give themselves. */
function names(workers: readonly WorkerSeen[]): string {
  const shown = workers.slice(0, 3).map(({ hostname, address, rpcPort }) =>
    JSON.stringify(`${hostname || address}:${rpcPort}`)
  );
  return [...shown, ...(workers.length > 3 ? ["…"] : [])].join(", ");
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}
