import type { Invocation } from "../cli/command.ts";
import { COMMANDS } from "../cli/command_table.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { completionScript, type Shell, SHELLS } from "../cli/completion_scripts.ts";
import type { Host } from "../ports/host.ts";

/** Prints a shell's completion script. */
export function command({ operands }: Invocation, host: Host): number {
  const [shell = "", ...more] = operands;
  if (more.length > 0 || !isShell(shell)) {
    throw usageError("completions", [
      `"${operands.join(" ")}" is no shell that we know; one of ${SHELLS.join(", ")} is wanted`,
    ]);
  }
  host.stdout(completionScript(shell, COMMANDS));
  return ExitCode.Done;
}

function isShell(word: string): word is Shell {
  return (SHELLS as readonly string[]).includes(word);
}
