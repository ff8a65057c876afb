import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { detectMode } from "../plan/detect_mode.ts";
import type { Host } from "../ports/host.ts";
import { inputsOf } from "./inputs_of.ts";
import { startProcess } from "./start_process.ts";

/**
 * Executes an unknown command as it is, as the entrypoint of a plain image does. Inside Fluid
 * nobody asks for that: there it is a misspelt word.
 *
 * @param near the known command or word that it may have meant
 */
export async function passThrough(
  args: readonly string[],
  near: string | undefined,
  host: Host,
): Promise<never> {
  const [word = ""] = args;
  const advice = near === undefined ? "" : `; did you mean "${near}"?`;
  const { mode, reasons } = detectMode(inputsOf(host, args));
  if (mode !== "standalone") {
    throw new CommandError(
      `Cannot run "${word}": there is no such command or component${advice}\n` +
        `Other commands are executed only outside Fluid, but this is ${reasons[0]}.\n` +
        "See: curvine-fluid --help",
      ExitCode.Usage,
    );
  }
  return await startProcess({ argv: args, env: {} }, host, near === undefined ? "" : advice);
}
