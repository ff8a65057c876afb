import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Invocation } from "../cli/command.ts";
import { PROBE_EXIT } from "../system/probe_child.ts";
import { askFileSystem } from "../system/ask_file_system.ts";

/**
 * Hidden: `probe PATH` asks the file system at a path for its size (FUSE never answers that from a
 * cache) and tells by its exit code what came. The supervisor runs it as a child that it can
 * afford to lose: whoever asks a hung mount cannot even be killed.
 */
export function command(invocation: Invocation): number {
  const [path] = invocation.operands;
  if (path === undefined) {
    throw new CommandError("Cannot probe: no path given; usage: probe PATH", ExitCode.Usage);
  }
  return PROBE_EXIT[askFileSystem(path)];
}
