import type { Endpoint } from "../../../plan/generate/endpoints.ts";
import type { Lookup } from "../../../system/resolve_host.ts";
import { LIMITS } from "../time_limits.ts";
import { type ClusterSeen, readClusterSeen } from "./answers.ts";
import { callRpc, type RpcOutcome } from "./call_rpc.ts";
import { callWeb, type WebAnswer, type WebWorld } from "./call_web.ts";
import { type Attempt, connect, type FailedAttempt } from "./connect.ts";
import { NOT_LEADER, QUESTIONS } from "./rpc_message.ts";

/** What asking a master takes of the world. */
export interface MasterWorld extends WebWorld {
  lookup(name: string, limit: number): Promise<Lookup>;
}

/** All that a master said, or did not. Times are milliseconds. */
export interface MasterReport {
  readonly endpoint: Endpoint;
  readonly lookup: Lookup & { readonly ms: number };
  /** Of its RPC port; absent where its name does not resolve. */
  readonly rpc: RpcSeen | undefined;
  readonly web: WebAnswer | undefined;
}

/** How a master's RPC port behaves. */
export type RpcSeen =
  | FailedAttempt
  /** It leads, and tells of the cluster. */
  | (Answered & { readonly kind: "leader"; readonly cluster: ClusterSeen })
  | (Answered & { readonly kind: "follower" })
  /** It speaks Curvine's language, but refuses. */
  | (Answered & { readonly kind: "error"; readonly text: string })
  /** It takes connections and does not answer as a master does. */
  | (Answered & { readonly kind: "strange"; readonly how: Strange });

/** What was wrong with an answer. */
export type Strange = "closed" | "mute" | "garbage" | "http";

interface Answered {
  readonly address: string;
  /** To connect, and to be answered. */
  readonly ms: number;
  readonly answerMs: number;
}

/**
 * Asks one master: its name, its RPC port, and its web server for what only that tells. The RPC is
 * what clients use, so what it says counts: only the leader answers the question, with its workers,
 * and a follower says that it is none. No cv is needed for it, and none waits here for 120 s.
 *
 * Source: Curvine, RPC messages; State of a master.
 *
 * @param webPorts where its web server may be
 */
export async function askMaster(
  endpoint: Endpoint,
  webPorts: readonly number[],
  world: MasterWorld,
): Promise<MasterReport> {
  const begun = world.now();
  const found = await world.lookup(endpoint.hostname, LIMITS.resolve);
  const lookup = { ...found, ms: world.now() - begun };
  const [address] = found.addresses;
  if (address === undefined) return { endpoint, lookup, rpc: undefined, web: undefined };
  const [rpc, ...webs] = await Promise.all([
    askRpc(found.addresses, endpoint.port, world),
    ...webPorts.map((port) => callWeb(address, port, LIMITS.web, world)),
  ]);
  return { endpoint, lookup, rpc, web: webs.find((web) => web !== undefined) };
}

async function askRpc(
  addresses: readonly string[],
  port: number,
  world: MasterWorld,
): Promise<RpcSeen> {
  const attempt: Attempt = await connect(addresses, port, LIMITS.connect, world);
  if (attempt.kind !== "open") return attempt;
  const { connection, address, ms } = attempt;
  const asked = world.now();
  const outcome = await callRpc(connection, QUESTIONS.filesystemInfo, LIMITS.answer);
  return { address, ms, answerMs: world.now() - asked, ...meaningOf(outcome) };
}

type Meaning =
  | { readonly kind: "leader"; readonly cluster: ClusterSeen }
  | { readonly kind: "follower" }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "strange"; readonly how: Strange };

function meaningOf(outcome: RpcOutcome): Meaning {
  switch (outcome.kind) {
    case "success":
      try {
        return { kind: "leader", cluster: readClusterSeen(outcome.message) };
      } catch {
        return { kind: "strange", how: "garbage" };
      }
    case "error":
      if (outcome.code === NOT_LEADER) return { kind: "follower" };
      return { kind: "error", text: outcome.text };
    case "garbage":
      return { kind: "strange", how: outcome.isHttp ? "http" : "garbage" };
    case "closed":
      return { kind: "strange", how: "closed" };
    case "silent":
      return { kind: "strange", how: "mute" };
  }
}
