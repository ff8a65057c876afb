import type { Invocation } from "../cli/command.ts";
import { COMMANDS } from "../cli/command_table.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { completionScript, type Shell, SHELLS } from "../explain/completion_scripts.ts";
import type { Host } from "../system/host.ts";

/** Prints a shell's completion script. */
export async function command({ operands }: Invocation, host: Host): Promise<number> {
  const [shell = "", ...more] = operands;
  if (more.length > 0 || !isShell(shell)) {
    throw usageError("completions", [
      `"${operands.join(" ")}" is no shell that we know; one of ${SHELLS.join(", ")} is wanted`,
    ]);
  }
  const commands = await Promise.all(COMMANDS.map(async (spec) => {
    const { flags = spec.flags } = await spec.load();
    return { ...spec, flags };
  }));
  host.stdout(completionScript(shell, commands));
  return ExitCode.Done;
}

function isShell(word: string): word is Shell {
  return (SHELLS as readonly string[]).includes(word);
}
