import { isTomlTable, type TomlTable } from "../../../plan/curvine/toml_value.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { Probe } from "../probe.ts";
import { LIMITS } from "../time_limits.ts";
import { connect } from "./connect.ts";

/** A master's peers, with which its Raft elects a leader. */
export const journalProbe: Probe = { name: "journal", page: "masters", look };

/** One of the masters, as Raft knows it. */
export interface Peer {
  readonly id: number;
  readonly hostname: string;
  readonly port: number;
}

/** How a peer's journal port behaves from here. */
export interface PeerReport {
  readonly peer: Peer;
  /** Why it cannot be connected to; absent where it can. */
  readonly failure: string | undefined;
}

async function look({ draft, isHere, world }: Patient): Promise<Finding[]> {
  if (draft?.plan.component !== "master" || !isHere) return [];
  const { own, peers } = peersOf(draft.plan.config.toml);
  const others = peers.filter(({ hostname, port }) =>
    hostname !== own.hostname || port !== own.port
  );
  const reports = await Promise.all(others.map(async (peer): Promise<PeerReport> => {
    const { outcome, addresses } = await world.lookup(peer.hostname, LIMITS.resolve);
    if (outcome === "absent") return { peer, failure: "its name does not exist" };
    if (outcome === "unknown") return { peer, failure: "the name service does not answer" };
    const attempt = await connect(addresses, peer.port, LIMITS.connect, world);
    if (attempt.kind !== "open") return { peer, failure: attempt.reason };
    attempt.connection.close();
    return { peer, failure: undefined };
  }));
  return judgePeers(reports, peers.length);
}

/** @param count of all peers, this master included */
export function judgePeers(reports: readonly PeerReport[], count: number): Finding[] {
  if (reports.length === 0) return [];
  const failed = reports.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) {
    return [ok("journal", `this master reaches its ${count - 1} peers`)];
  }
  const majority = Math.floor(count / 2) + 1;
  // Itself counts.
  const isMajority = count - failed.length >= majority;
  return failed.map(({ peer: { hostname, port }, failure }) => {
    const seen = `peer "${hostname}:${port}" cannot be reached: ${failure}`;
    const mend = isMajority
      ? "the others still are a majority; one more that fails, and there is no leader: look at that " +
        "master's pod, and whether a NetworkPolicy lets masters reach one another on this port"
      : `no leader without ${majority} of ${count} masters that reach one another: look at that ` +
        "master's pod, and whether a NetworkPolicy lets masters reach one another on this port";
    return isMajority
      ? warn("journal", seen, mend, "masters")
      : fail("journal", seen, mend, "masters");
  });
}

function peersOf(toml: TomlTable): { readonly own: Omit<Peer, "id">; readonly peers: Peer[] } {
  const journal = toml["journal"];
  if (!isTomlTable(journal)) return { own: { hostname: "", port: 0 }, peers: [] };
  const addresses = journal["journal_addrs"];
  const peers = (Array.isArray(addresses) ? addresses : []).filter(isTomlTable).map((one) => ({
    id: Number(one["id"]),
    hostname: String(one["hostname"] ?? ""),
    port: Number(one["port"]),
  }));
  const own = { hostname: String(journal["hostname"] ?? ""), port: Number(journal["rpc_port"]) };
  return { own, peers };
}
