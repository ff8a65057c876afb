import assert from "node:assert/strict";
import { settingFlags, withFlags } from "../../../lib/cli/setting_flags.ts";
import { fakeHost } from "../../support/fake_host.ts";

Deno.test("every setting has a flag whose summary names its variable and its default", () => {
  const flags = settingFlags();
  assert(flags.length > 10);
  const stop = flags.find(({ name }) => name === "stop-timeout");
  assert.match(stop?.summary ?? "", /\(CURVINE_FLUID_STOP_TIMEOUT, default 25s\)$/);
  const http = flags.find(({ name }) => name === "http-addr");
  assert.match(http?.summary ?? "", /\(CURVINE_FLUID_HTTP_ADDR\)$/);
});

Deno.test("a flag is stronger than its variable, the last of several counts, others stay", () => {
  const host = fakeHost({ env: { CURVINE_FLUID_STOP_TIMEOUT: "1s", OTHER: "x" } });
  assert.deepEqual(withFlags(host, new Map([["stop-timeout", ["2s", "3s"]]])).env, {
    CURVINE_FLUID_STOP_TIMEOUT: "3s",
    OTHER: "x",
  });
  assert.equal(withFlags(host, new Map()), host, "without flags the host is as it was");
  assert.equal(withFlags(host, new Map([["help", [""]]])), host);
});
