import type { HttpAnswer, HttpRequest } from "../system/http_get.ts";

/** Curvine: curvine-server. The states in which a master answers, whoever leads. */
const SERVING = new Set(["leader", "follower"]);

/**
 * Asks a master's web server for its state. A port that takes connections says less: it stays open
 * in a master that has lost its group.
 *
 * Source: Curvine, curvine-server, `/api/overview`.
 *
 * @returns what is wrong; `undefined` when the master serves, and when the web server does not
 * answer or does not tell, for that alone makes no master ill
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const candidate = '{"master_state":"Candidate"}';
 * const get = () => Promise.resolve({ status: 200, body: candidate });
 * assert.match(await masterProblem("localhost", 9000, 500, get) ?? "", /Candidate/);
 * ```
 */
export async function masterProblem(
  hostname: string,
  webPort: number,
  limitMs: number,
  get: (url: string, request: HttpRequest) => Promise<HttpAnswer>,
): Promise<string | undefined> {
  let answer: HttpAnswer;
  try {
    answer = await get(`http://${hostname}:${webPort}/api/overview`, { limitMs });
  } catch {
    return undefined;
  }
  const state = answer.status === 200 ? stateOf(answer.body) : undefined;
  return state === undefined || SERVING.has(state.toLowerCase())
    ? undefined
    : `the master is ${state}; Leader or Follower is wanted`;
}

function stateOf(body: string): string | undefined {
  try {
    const state: unknown = JSON.parse(body)?.master_state;
    return typeof state === "string" && state !== "" ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Curvine: curvine-cluster.toml, Keys. */
const WEB_PORT = 9001;

/** The port of a master's web server, by its parsed configuration file. */
export function masterWebPort(toml: unknown): number {
  const master = typeof toml === "object" && toml !== null
    ? Reflect.get(toml, "master")
    : undefined;
  const port = typeof master === "object" && master !== null
    ? Reflect.get(master, "web_port")
    : undefined;
  return Number(port ?? WEB_PORT) || WEB_PORT;
}
