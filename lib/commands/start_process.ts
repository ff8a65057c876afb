import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Executable, Host } from "../ports/host.ts";

/**
 * Becomes a program. Signals keep their meaning until then: one that came in the first
 * milliseconds ends us as it would have ended the program.
 *
 * @throws {CommandError} where there is no such program (127) or it cannot run (126)
 */
export async function startProcess(
  program: Executable,
  host: Host,
  advice: string,
): Promise<never> {
  host.signals.takeOver(() => host.exit(0));
  try {
    return await host.exec(program);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ExecError") throw error;
    const code = "notFound" in error && error.notFound === true
      ? ExitCode.CommandNotFound
      : ExitCode.CannotExecute;
    throw new CommandError(`${error.message}${advice}`, code, { cause: error });
  }
}
