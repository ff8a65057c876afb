import { CommandError } from "./command_error.ts";
import { ExitCode } from "./exit_code.ts";
import type { Host } from "./host.ts";

/**
 * A file that a person named on the command line.
 *
 * @param tried what was tried, such as `read the env file`
 * @throws {CommandError} with 66 where it is absent, a folder, or cannot be read
 */
export function readNamedFile(
  file: string,
  tried: string,
  host: Pick<Host, "kindOf" | "readFile">,
): Uint8Array {
  const cannot = (why: string): CommandError =>
    new CommandError(`Cannot ${tried} ${JSON.stringify(file)}: ${why}`, ExitCode.NoInput);
  if (host.kindOf(file) === "directory") throw cannot("it is a folder; name the files in it");
  let bytes: Uint8Array | undefined;
  try {
    bytes = host.readFile(file);
  } catch (error) {
    throw cannot(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (bytes === undefined) throw cannot("there is no such file");
  return bytes;
}
