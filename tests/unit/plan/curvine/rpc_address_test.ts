import assert from "node:assert/strict";
import { rpcAddress } from "../../../../lib/plan/curvine/rpc_address.ts";

Deno.test("a server listens where its section says, by default on its own port of localhost", () => {
  const toml = { worker: { hostname: "w", rpc_port: 18_997 }, master: { hostname: "" } };
  assert.deepEqual(rpcAddress(toml, "worker"), { hostname: "w", port: 18_997 });
  assert.deepEqual(rpcAddress(toml, "master"), { hostname: "localhost", port: 8995 });
  assert.deepEqual(rpcAddress(toml, "transfer"), { hostname: "localhost", port: 9010 });
  assert.deepEqual(rpcAddress(undefined, "worker"), { hostname: "localhost", port: 8997 });
  assert.deepEqual(rpcAddress({ worker: { hostname: 7 } }, "worker").hostname, "localhost");
});
