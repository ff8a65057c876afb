import assert from "node:assert/strict";
import { cliConf, mastersConf, withReplicas } from "../../../lib/operate/cli_conf.ts";
import { type TomlTable, tomlTable } from "../../../lib/plan/curvine/toml_value.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function client(toml: TomlTable): unknown {
  return plain(toml["client"]);
}

Deno.test("the cli's client gives up in time, and never later than it would have", () => {
  const toml = tomlTable([[
    "client",
    tomlTable([
      ["rpc_retry_max_duration_ms", 1_000],
      ["conn_retry_max_duration_ms", 120_000],
      ["rpc_timeout_ms", 5_000],
      ["conn_timeout_ms", 5_001],
    ]),
  ]]);
  assert.deepEqual(client(cliConf(toml, { retryMs: 2_000 })), {
    rpc_retry_max_duration_ms: 1_000,
    conn_retry_max_duration_ms: 2_000,
    rpc_timeout_ms: 5_000,
    conn_timeout_ms: 5_001,
  });
  assert.deepEqual(client(cliConf(toml, { retryMs: 0.4, answerMs: 5_000 })), {
    rpc_retry_max_duration_ms: 1,
    conn_retry_max_duration_ms: 1,
    rpc_timeout_ms: 5_000,
    conn_timeout_ms: 5_000,
  });
  assert.deepEqual(client(cliConf(tomlTable([]), { retryMs: 7, answerMs: 8 })), {
    rpc_retry_max_duration_ms: 7,
    conn_retry_max_duration_ms: 7,
    rpc_timeout_ms: 8,
    conn_timeout_ms: 8,
  });
});

Deno.test("a configuration that knows only masters formats nothing", () => {
  assert.deepEqual(plain(mastersConf([{ hostname: "m-0", port: 8995 }])), {
    format_master: false,
    format_worker: false,
    client: { master_addrs: [{ hostname: "m-0", port: 8995 }] },
  });
});

Deno.test("copies are asked for where there is to be more than one", () => {
  const toml = tomlTable([["client", tomlTable([["rpc_timeout_ms", 9]])]]);
  assert.equal(withReplicas(toml, 1), toml);
  assert.deepEqual(client(withReplicas(toml, 2)), { rpc_timeout_ms: 9, replicas: 2 });
  assert.deepEqual(client(withReplicas(tomlTable([]), 3)), { replicas: 3 });
  assert.deepEqual(client(toml), { rpc_timeout_ms: 9 });
});
