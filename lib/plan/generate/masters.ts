import { defaultPort } from "../curvine/key_table.ts";
import { isTomlTable, type TomlTable, tomlTable } from "../curvine/toml_value.ts";
import { masterPods, ordinalOf, podDnsName, podName, workloadName } from "./cluster_names.ts";
import { type Endpoint, endpointTable, parseEndpoints } from "./endpoints.ts";
import type { Findings } from "./findings.ts";
import type { Generation } from "./generation.ts";
import type { Inputs } from "../inputs.ts";

/** The masters as every component must see them. */
export interface Masters {
  /** With their RPC port, in the order of their ordinals. */
  readonly endpoints: readonly Endpoint[];
  /** This master's own host name, or the first master's for every other component. */
  readonly hostname: string;
}

interface Peer {
  /** Raft's, from 1: the ordinal and one. */
  readonly id: number;
  readonly pod: string;
  readonly hostname: string;
}

/**
 * Writes who the masters are: raft's peers, the client's addresses, and the host name that must
 * equal one of the peers.
 *
 * Source: Curvine, curvine-server: `journal.hostname:journal.rpc_port` must match one peer.
 */
export function writeMasters(generation: Generation, namespace: string): Masters {
  const { config, component, asked } = generation;
  const master = generation.section("master");
  const journal = generation.section("journal");
  const rpcPort = generation.port("master", "rpc_port");
  const journalPort = generation.port("journal", "rpc_port");
  const external = config?.master === undefined && component !== "master"
    ? externalMasters(generation)
    : undefined;
  let peers = external === undefined ? peersOf(generation, namespace) : [];
  let hostname = ownHostname(peers, generation) ?? external?.[0]?.hostname ?? "localhost";

  if (asked.has("master.hostname") && typeof master["hostname"] === "string") {
    const wanted = master["hostname"];
    if (peers.length === 1) peers = peers.map((peer) => ({ ...peer, hostname: wanted }));
    else if (peers.length > 1 && !peers.some((peer) => peer.hostname === wanted)) {
      generation.problem(
        "master.hostname",
        `is "${wanted}", which is none of the ${peers.length} masters; ` +
          `one of ${peers.map((peer) => `"${peer.hostname}"`).join(", ")} is wanted`,
      );
    }
    hostname = wanted;
  }

  if (!asked.has("master.hostname")) warnOfNoService(peers, generation);
  const names = new Set([...peers.map((peer) => peer.hostname), hostname]);
  for (const name of names) checkHostname(name, "master", generation);
  master["hostname"] = hostname;
  journal["hostname"] = hostname;
  if (peers.length > 0) {
    journal["journal_addrs"] = peers.map((peer) =>
      tomlTable([["id", peer.id], ["hostname", peer.hostname], ["port", journalPort]])
    );
  }
  const endpoints = external ?? peers.map((peer) => ({ hostname: peer.hostname, port: rpcPort }));
  generation.section("client")["master_addrs"] = endpoints.map(endpointTable);
  return { endpoints, hostname };
}

/** Everybody connects to the masters by their pods' names, which only a headless service makes known. */
function warnOfNoService(peers: readonly Peer[], generation: Generation): void {
  const [first] = peers;
  if (generation.config?.master === undefined || first === undefined) return;
  if (first.hostname !== first.pod) return;
  generation.warn(
    "master-unreachable",
    `the masters have no headless service, so they are called "${first.hostname}"` +
      `${
        peers.length > 1 ? " and so on" : ""
      }, which other pods cannot resolve: give the class's ` +
      "master service: {headless: {}}",
    "master.service",
  );
}

/** Reports a host name that no resolver takes; it is made of names that the file gives. */
export function checkHostname(name: string, at: string, findings: Findings): void {
  if (/^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(name)) return;
  findings.problem(
    at,
    `has the host name ${JSON.stringify(name)}; letters, digits, "-" and "." are wanted`,
    "it is made of the pod's name, the service's name and the namespace",
  );
}

/** Where the file has no master, the environment may name one: the older scripts exported it. */
function externalMasters(generation: Generation): readonly Endpoint[] | undefined {
  const given = generation.env["CURVINE_MASTER_ENDPOINTS"];
  if (given) {
    const parsed = parseEndpoints(given);
    if (parsed.ok) return parsed.endpoints;
    generation.problem("$CURVINE_MASTER_ENDPOINTS", parsed.message, parsed.hint);
    return [{ hostname: "localhost", port: defaultPort("master") }];
  }
  if (generation.config !== undefined) {
    generation.problem(
      "master",
      "is missing or disabled, so there is no master to connect to",
      "enable the CacheRuntime's master, or set CURVINE_MASTER_ENDPOINTS to host:port",
    );
  }
  return undefined;
}

function peersOf(generation: Generation, namespace: string): Peer[] {
  const { config, component, inputs } = generation;
  const master = config?.master;
  if (master === undefined) return [{ id: 1, pod: "localhost", hostname: "localhost" }];
  const service = master.service ||
    (component === "master" ? inputs.env["FLUID_RUNTIME_COMPONENT_SVC_NAME"] ?? "" : "");
  const pods = masterPods(master, inputs.env);
  const workload = workloadName(master, inputs.env);
  // A scaled-up master may start before the file says so; without itself among its peers it
  // would not start at all.
  const own = component === "master" && master.pods === undefined
    ? ownNames(inputs).find((name) => name.replace(/-\d+$/, "") === workload)
    : undefined;
  const ordinal = ordinalOf(own ?? "") ?? -1;
  if (ordinal >= pods.length && ordinal < 1000) {
    generation.warn(
      "replicas-behind",
      `master.replicas is ${pods.length}, but this is "${own}": ` +
        `${ordinal + 1} masters are taken, for the file may be older than the pod`,
      "master.replicas",
    );
    for (let next = pods.length; next <= ordinal; next++) {
      pods.push({ ordinal: next, pod: podName(workload, next) });
    }
  }
  return pods.map((pod) => ({
    id: pod.ordinal + 1,
    pod: pod.pod,
    hostname: podDnsName(pod.pod, service, namespace, inputs.env),
  }));
}

/** @returns this master's own name, or the first one's; `undefined` where there is no peer */
function ownHostname(
  peers: readonly Peer[],
  generation: Generation,
): string | undefined {
  const { config, component, inputs } = generation;
  const [first] = peers;
  if (component !== "master" || config?.master === undefined || peers.length === 0) {
    return first?.hostname;
  }
  const names = ownNames(inputs);
  const own = peers.find((peer) => names.includes(peer.pod));
  if (own !== undefined || peers.length === 1) return own?.hostname ?? first?.hostname;
  generation.problem(
    "$HOSTNAME",
    `is "${names[0] ?? ""}", which is none of the ${peers.length} masters; ` +
      `one of ${peers.map((peer) => `"${peer.pod}"`).join(", ")} is wanted`,
    "with hostNetwork, set POD_NAME from the pod's metadata.name",
  );
  return first?.hostname;
}

/** The pod's possible names: with hostNetwork, HOSTNAME is the node's. */
export function ownNames({ env, hostname }: Inputs): string[] {
  return [env["HOSTNAME"], env["POD_NAME"], hostname]
    .filter((name): name is string => name !== undefined && name !== "")
    .map((name) => name.split(".")[0] ?? name);
}

/** The addresses that a finished configuration names. */
export function masterEndpoints(toml: TomlTable): Endpoint[] {
  const client = toml["client"];
  const addresses = isTomlTable(client) ? client["master_addrs"] : undefined;
  return (Array.isArray(addresses) ? addresses : []).filter(isTomlTable).map((one) => ({
    hostname: String(one["hostname"] ?? ""),
    port: Number(one["port"] ?? 0),
  }));
}
