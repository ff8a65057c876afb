import type { Invocation } from "../cli/command.ts";
import { COMMANDS, findCommand } from "../cli/command_table.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { commandHelp, programHelp } from "../cli/help_text.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { nearestName } from "../curvine/nearest_name.ts";
import type { Host } from "../system/host.ts";

/** Shows the help of all commands or of one. */
export async function command({ operands }: Invocation, host: Host): Promise<number> {
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
  const { flags } = await spec.load();
  host.stdout(commandHelp(spec, flags));
  return ExitCode.Done;
}
