import * as health from "../commands/health.ts";
import type { Host } from "../ports/host.ts";
import type { Signals } from "../ports/signals.ts";
import { host } from "../system/host.ts";
import { runCommand } from "./run_command.ts";
import { type Course, untilEnd } from "./until_end.ts";

/** A probe and nothing else, for a plain command line (`plainCommand`): one file of the build. */
export async function start(signals: Signals): Promise<never> {
  return await untilEnd(host(signals), performProbe);
}

/** As {@link dispatch} performs a plain probe. */
export async function performProbe(host: Host, course: Course): Promise<number> {
  return await runCommand("health", health, host.args.slice(1), host, course);
}
