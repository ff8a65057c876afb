import type { ExitCode } from "./exit_code.ts";

/**
 * An error that a person caused or can mend. It is shown as its message alone, without a stack,
 * and ends the program with its exit code; everything else that is thrown counts as a bug of ours.
 */
export class CommandError extends Error {
  override readonly name = "CommandError";

  /**
   * @param message what was tried, the value in quotes, what is wanted
   * @param exitCode what the program exits with
   */
  constructor(message: string, readonly exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
  }
}
