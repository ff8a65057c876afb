import type { CommandModule } from "../cli/command.ts";
import type { Host } from "../ports/host.ts";
import type { Signals } from "../ports/signals.ts";
import { host } from "../system/host.ts";
import type { CommandName } from "./load_command.ts";
import { runCommand } from "./run_command.ts";
import { type Course, untilEnd } from "./until_end.ts";

/** What is behind the listeners for signals where it is known that a plain command line follows. */
export function startAlone(
  name: CommandName,
  module: CommandModule,
): (signals: Signals) => Promise<never> {
  const perform = performAlone(name, module);
  return (signals) => untilEnd(host(signals), perform);
}

/** As {@link dispatch} performs this one command, whose name a command line may leave out. */
export function performAlone(
  name: CommandName,
  module: CommandModule,
): (host: Host, course: Course) => Promise<number> {
  return (host, course) => {
    const [first, ...rest] = host.args;
    return runCommand(name, module, first === name ? rest : host.args, host, course);
  };
}
