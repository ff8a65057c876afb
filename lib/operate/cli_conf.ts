import { isTomlTable, type TomlTable, tomlTable } from "../plan/curvine/toml_value.ts";
import { type Endpoint, endpointTable } from "../plan/generate/endpoints.ts";

/** How long Curvine's client goes on trying, in milliseconds. */
export interface ClientLimits {
  /** Trying to connect and to be answered, over and over. */
  readonly retryMs: number;
  /** Waiting for one answer; left as it is where absent. */
  readonly answerMs?: number;
}

/**
 * For a question that is asked again and again until a master leads: short, for cv's own pauses
 * between its tries grow to many seconds, and a master that hangs must not keep it from the next.
 */
export const ASK_LIMITS: ClientLimits = { retryMs: 2_000, answerMs: 5_000 };

/** Curvine: Keys, `client`; the default is 120 s. */
const RETRY_KEYS = ["rpc_retry_max_duration_ms", "conn_retry_max_duration_ms"];
const ANSWER_KEYS = ["rpc_timeout_ms", "conn_timeout_ms"];

/**
 * A configuration for one call of Curvine's cli: as the container's, but with a client that gives
 * up in time to say what is wrong.
 *
 * @param toml of the container's plan; it is not changed
 *
 * @example
 * ```ts
 *
 * import { tomlTable } from "../plan/curvine/toml_value.ts";
 * import assert from "node:assert/strict";
 *
 * const client = tomlTable([["rpc_timeout_ms", 120_000]]);
 * const conf = cliConf(tomlTable([["client", client]]), { retryMs: 5_000 });
 * assert.equal((conf["client"] as typeof client)["rpc_retry_max_duration_ms"], 5_000);
 * assert.equal(client["rpc_retry_max_duration_ms"], undefined);
 * ```
 */
export function cliConf(toml: TomlTable, limits: ClientLimits): TomlTable {
  const found = toml["client"];
  const client = tomlTable(Object.entries(isTomlTable(found) ? found : {}));
  for (const key of RETRY_KEYS) lower(client, key, limits.retryMs);
  for (const key of limits.answerMs === undefined ? [] : ANSWER_KEYS) {
    lower(client, key, limits.answerMs ?? 0);
  }
  return tomlTable([...Object.entries(toml), ["client", client]]);
}

/** A configuration that knows nothing but the masters. Curvine: Formatting. */
export function mastersConf(masters: readonly Endpoint[]): TomlTable {
  return tomlTable([
    ["format_master", false],
    ["format_worker", false],
    ["client", tomlTable([["master_addrs", masters.map(endpointTable)]])],
  ]);
}

/** The configuration with so many copies of what is loaded. Curvine: Keys, `client`. */
export function withReplicas(toml: TomlTable, replicas: number): TomlTable {
  if (replicas === 1) return toml;
  const found = toml["client"];
  const client = tomlTable(Object.entries(isTomlTable(found) ? found : {}));
  client["replicas"] = replicas;
  return tomlTable([...Object.entries(toml), ["client", client]]);
}

function lower(client: TomlTable, key: string, limit: number): void {
  const found = client[key];
  client[key] = typeof found === "number" && found <= limit
    ? found
    : Math.max(1, Math.round(limit));
}
