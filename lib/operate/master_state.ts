import type { HttpAnswer, HttpRequest } from "../system/http_get.ts";

/** What a master's own word for its state means to a probe. */
export interface MasterHealth {
  /** Whether a restart would do more good than harm. */
  readonly alive: boolean;
  readonly ready: boolean;
  /** What is wrong, or strange; absent where all is well. */
  readonly remark?: string;
}

const WELL: MasterHealth = { alive: true, ready: true };

/**
 * Curvine: curvine-server, `/api/overview`. `Exit` is also what a master says before its Raft has
 * begun, but its RPC port is closed then: one that listens and says so has lost its Raft for good.
 */
const STATES: ReadonlyMap<string, MasterHealth> = new Map([
  ["active", WELL],
  ["standby", WELL],
  ["safemode", {
    alive: true,
    ready: false,
    remark: "the master is in SafeMode; Active or Standby is wanted",
  }],
  ["exit", {
    alive: false,
    ready: false,
    remark: "the master is in Exit: its Raft has ended, and only a restart brings it back",
  }],
]);

/**
 * Asks a master's web server for its state. A port that takes connections says less: it stays open
 * in a master that has left its group.
 *
 * @returns well when the web server does not answer or does not tell, for that alone makes no
 * master ill; well with a remark for a state that we do not know, for a newer Curvine must not be
 * killed by its probe
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const body = '{"master_state":"SafeMode"}';
 * const get = () => Promise.resolve({ status: 200, body });
 * const health = await masterHealth("localhost", 9000, 500, get);
 * assert(health.alive && !health.ready);
 * ```
 */
export async function masterHealth(
  hostname: string,
  webPort: number,
  limitMs: number,
  get: (url: string, request: HttpRequest) => Promise<HttpAnswer>,
): Promise<MasterHealth> {
  let answer: HttpAnswer;
  try {
    answer = await get(`http://${hostname}:${webPort}/api/overview`, { limitMs });
  } catch {
    return WELL;
  }
  const state = answer.status === 200 ? stateOf(answer.body) : undefined;
  if (state === undefined) return WELL;
  return STATES.get(state.toLowerCase()) ?? {
    ...WELL,
    remark:
      `the master's state is ${JSON.stringify(state.slice(0, 40))}, which is not known here; ` +
      "it counts as well",
  };
}

function stateOf(body: string): string | undefined {
  try {
    const state: unknown = JSON.parse(body)?.master_state;
    return typeof state === "string" && state !== "" ? state : undefined;
  } catch {
    return undefined;
  }
}
