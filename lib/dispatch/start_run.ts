import * as run from "../commands/run.ts";
import type { Host } from "../ports/host.ts";
import type { Signals } from "../ports/signals.ts";
import { host } from "../system/host.ts";
import { runCommand } from "./run_command.ts";
import { type Course, untilEnd } from "./until_end.ts";

/**
 * A container's start and nothing else, for a plain command line (`plainCommand`). The build makes
 * one script of it, with V8's code beside it.
 */
export async function start(signals: Signals): Promise<never> {
  return await untilEnd(host(signals), performRun);
}

/** As {@link dispatch} performs a plain start. */
export async function performRun(host: Host, course: Course): Promise<number> {
  const [first, ...rest] = host.args;
  return await runCommand("run", run, first === "run" ? rest : host.args, host, course);
}
