/** What the build makes in one piece does what the whole program does. */
import assert from "node:assert/strict";
import { dispatch } from "../../../lib/dispatch/dispatch.ts";
import { plainCommand } from "../../../lib/dispatch/plain_command.ts";
import * as askMount from "../../../lib/commands/ask_mount.ts";
import * as health from "../../../lib/commands/health.ts";
import * as runModule from "../../../lib/commands/run.ts";
import { performAlone } from "../../../lib/dispatch/start_alone.ts";
import { untilEnd } from "../../../lib/dispatch/until_end.ts";
import type { Host } from "../../../lib/ports/host.ts";
import { Ended, fakeHost } from "../../support/fake_host.ts";
import { cacheConfig, CONFIG_PATH } from "../../support/generation.ts";

/** What a command line leaves behind, run in one way or the other. */
async function outcome(
  args: readonly string[],
  env: Record<string, string>,
  run: (host: Host) => Promise<number>,
): Promise<unknown> {
  const files = { [CONFIG_PATH]: JSON.stringify(cacheConfig()) };
  const host = fakeHost({ args, env, files });
  await run(host).catch((error) => {
    if (!(error instanceof Ended)) throw error;
  });
  const { out, err, ended, executed } = host;
  // The fake's exec throws, and where that was is told.
  return { out, err: err.replaceAll(/^ {4}at .*\n/gm, ""), ended, executed };
}

const PLAIN: [string[], Record<string, string>][] = [
  [["master", "start"], {}],
  [["run", "worker", "start"], {}],
  [["worker"], { FLUID_RUNTIME_CONFIG_PATH: "/none.json" }],
  [[], { FLUID_RUNTIME_COMPONENT_TYPE: "master" }],
  [[], {}],
  [["master", "worker"], {}],
  [["health"], {}],
  [["health", "--live", "worker"], {}],
  [["ask-mount", "size", "/proc", "/no/such/folder"], {}],
  [["ask-mount", "glob"], {}],
];

for (const [args, env] of PLAIN) {
  Deno.test(`alone as in the whole program: ${JSON.stringify(args)} ${JSON.stringify(env)}`, async () => {
    const kind = plainCommand("/bin/curvine-fluid", args);
    assert.notEqual(kind, undefined);
    const perform = kind === "probe"
      ? performAlone("health", health)
      : kind === "ask"
      ? performAlone("ask-mount", askMount)
      : performAlone("run", runModule);
    const alone = await outcome(args, env, (host) => untilEnd(host, perform));
    assert.deepEqual(alone, await outcome(args, env, dispatch));
  });
}
