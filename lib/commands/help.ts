import type { Invocation } from "../cli/command.ts";
import { COMMANDS, findCommand } from "../cli/command_table.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { commandHelp, programHelp } from "../cli/help_text.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { nearestName } from "../text/nearest_name.ts";
import type { Host } from "../ports/host.ts";

/** Shows the help of all commands or of one. */
export function command({ operands }: Invocation, host: Host): number {
  const [name] = operands;
  if (name === undefined) {
    host.stdout(programHelp());
    return ExitCode.Done;
  }
  const spec = findCommand(name);
  if (spec === undefined) {
    const near = nearestName(name, COMMANDS.map((known) => known.name));
    const advice = near === undefined ? "" : `; did you mean "${near}"?`;
    throw usageError("help", [`there is no command "${name}"${advice}`]);
  }
  host.stdout(commandHelp(spec));
  return ExitCode.Done;
}
