import { fail, type Finding, ok, warn } from "../finding.ts";
import type { MasterReport, RpcSeen, Strange } from "./ask_master.ts";

/** What the judgement of masters depends on besides them. */
export interface Where {
  /** Whether Kubernetes runs us: elsewhere nobody knows the cluster's names. */
  readonly isPod: boolean;
  /** The name servers that are asked, by `/etc/resolv.conf`. */
  readonly nameservers: readonly string[];
  /** Where the addresses come from. */
  readonly how: string;
}

/** Slower than this is worth a word: a client waits so long for every question. */
const SLOW_MS = 1000;

const NAME = "masters";

/** One finding for each master, and one more where they have no leader, or more than one. */
export function judgeMasters(reports: readonly MasterReport[], where: Where): Finding[] {
  const leaders = reports.filter(({ rpc }) => rpc?.kind === "leader");
  const each = reports.map((report) => judgeMaster(report, leaders.length > 0, where));
  return [...each, ...judgeLeaders(reports, leaders)];
}

function judgeMaster(report: MasterReport, isLed: boolean, where: Where): Finding {
  const { endpoint: { hostname, port }, rpc, web } = report;
  const name = JSON.stringify(`${hostname}:${port}`);
  // The others do the work, but each client tries this one first, or next.
  const ill = (seen: string, mend: string): Finding =>
    isLed ? warn(NAME, seen, mend, "masters") : fail(NAME, seen, mend, "masters");
  if (rpc === undefined) return judgeLookup(report, name, ill, where);
  const whence = `${rpc.address}, ${milliseconds(rpc.ms)}`;
  switch (rpc.kind) {
    case "leader":
    case "follower": {
      if (rpc.kind === "follower" && web?.state.toLowerCase() === "exit") {
        return ill(
          `${name} is in Exit: its Raft has ended, though it takes connections`,
          "only a restart brings it back: delete its pod. Its log says why Raft ended",
        );
      }
      const state = web?.state ?? (rpc.kind === "leader" ? "Active" : "Standby");
      const does = `${name} ${rpc.kind === "leader" ? "leads" : "follows"} (${state})`;
      const seen = `${does}: ${whence} to connect, ${milliseconds(rpc.answerMs)} to be answered`;
      const slow = slowness(report, rpc);
      return slow === undefined
        ? ok(NAME, seen)
        : warn(NAME, `${seen}; ${slow.seen}`, slow.mend, "masters");
    }
    case "refused":
      return ill(
        `${name} refuses connections (${whence})`,
        "no master listens there: is its pod running, is the port its rpc_port? It opens the port " +
          "when its Raft has elected, up to 25 s after its start",
      );
    case "silent":
      return ill(
        `${name} does not answer (${rpc.address}): ${rpc.reason}`,
        "its packets are dropped: a NetworkPolicy, a firewall, or an address that nobody has any more",
      );
    case "unreachable":
    case "failed":
      return ill(
        `${name} cannot be reached (${rpc.address}): ${rpc.reason}`,
        "there is no way to it from this network: is the address of another cluster or node?",
      );
    case "error":
      return ill(
        `${name} answers with an error: ${rpc.text.slice(0, 200)}`,
        "its log says more; is it of a version that this Curvine gets on with?",
      );
    case "strange":
      return ill(`${name} ${STRANGE[rpc.how].seen} (${whence})`, STRANGE[rpc.how].mend);
  }
}

const STRANGE: Readonly<Record<Strange, { readonly seen: string; readonly mend: string }>> = {
  closed: {
    seen: "takes a connection and hangs up without an answer",
    mend: "a proxy, a load balancer or a mesh's sidecar in front of a master that is not there?",
  },
  mute: {
    seen: "takes connections and answers nobody",
    mend:
      "it hangs, or its machine is overloaded: look at its log, its CPU limit and the disk of " +
      "its journal; kubectl exec MASTER -- curvine-fluid doctor",
  },
  garbage: {
    seen: "answers, but not as a master of Curvine does",
    mend: "something else listens there: is that the port of its RPC (8995 unless rpc_port says " +
      "otherwise), not the one of its journal or of a worker?",
  },
  http: {
    seen: "answers as a web server does",
    mend:
      "that is its web port: the port of its RPC is wanted, 8995 unless rpc_port says otherwise",
  },
};

function judgeLookup(
  { endpoint: { hostname }, lookup }: MasterReport,
  name: string,
  ill: (seen: string, mend: string) => Finding,
  { isPod, nameservers, how }: Where,
): Finding {
  if (lookup.outcome === "unknown") {
    const asked = nameservers.length === 0 ? "" : ` (${nameservers.join(", ")})`;
    return ill(
      `${name}: the name service${asked} does not answer`,
      "is the cluster's DNS running, and does a NetworkPolicy let this pod ask it (port 53)?",
    );
  }
  const seen = `${name}: the name does not exist`;
  if (!/\.svc(\.|$)/.test(hostname)) return ill(seen, `is it spelt right in ${how}?`);
  if (!isPod) {
    return warn(
      NAME,
      `${seen} on this machine`,
      "only the cluster's own pods can look it up: kubectl exec POD -- curvine-fluid doctor",
      "masters",
    );
  }
  return ill(
    seen,
    "is the class's topology.master.service.headless there, is its pod running? Are the namespace " +
      "(FLUID_DATASET_NAMESPACE) and the cluster's domain (POD_CLUSTER_DOMAIN) right?",
  );
}

function slowness(
  { lookup }: MasterReport,
  { ms, answerMs }: Extract<RpcSeen, { readonly kind: "leader" | "follower" }>,
): { readonly seen: string; readonly mend: string } | undefined {
  if (lookup.ms > SLOW_MS) {
    return {
      seen: `its name took ${milliseconds(lookup.ms)} to look up`,
      mend: "the name service is slow: the first name server of /etc/resolv.conf may be gone",
    };
  }
  if (ms + answerMs <= SLOW_MS) return undefined;
  return {
    seen: "that is slow",
    mend: "the way there loses packets or the master is overloaded: every open and every listing " +
      "of an application waits for it",
  };
}

function judgeLeaders(
  reports: readonly MasterReport[],
  leaders: readonly MasterReport[],
): Finding[] {
  const speaking = reports.filter(({ rpc }) => rpc?.kind === "leader" || rpc?.kind === "follower");
  const addresses = new Set(leaders.map(({ rpc }) => rpc?.address));
  if (addresses.size > 1) {
    const names = leaders.map(({ endpoint }) =>
      JSON.stringify(`${endpoint.hostname}:${endpoint.port}`)
    );
    return [fail(
      NAME,
      `${leaders.length} masters lead at the same time: ${names.join(", ")}`,
      "they are of different clusters: do these names, or a stale address of one, lead to " +
        "another Dataset's masters?",
      "masters",
    )];
  }
  if (leaders.length > 0 || speaking.length === 0) return [];
  const majority = Math.floor(reports.length / 2) + 1;
  return [fail(
    NAME,
    `none of the ${reports.length} leads: ${speaking.length} of them answer, as followers`,
    `${majority} of them must reach one another on their journal's port (8996) to elect one, which ` +
      "takes up to 30 s: kubectl exec MASTER -- curvine-fluid doctor says which cannot",
    "masters",
  )];
}

function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
