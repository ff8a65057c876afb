import * as askMount from "../commands/ask_mount.ts";
import type { Host } from "../ports/host.ts";
import type { Signals } from "../ports/signals.ts";
import { host } from "../system/host.ts";
import { runCommand } from "./run_command.ts";
import { type Course, untilEnd } from "./until_end.ts";

/**
 * A question to a mount and nothing else, for a plain command line (`plainCommand`): one file of the
 * build. In a takeover callers wait for whoever asks.
 */
export async function start(signals: Signals): Promise<never> {
  return await untilEnd(host(signals), performAsk);
}

/** As {@link dispatch} performs a plain question. */
export async function performAsk(host: Host, course: Course): Promise<number> {
  return await runCommand("ask-mount", askMount, host.args.slice(1), host, course);
}
