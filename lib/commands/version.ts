import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { VERSION } from "../cli/version.ts";
import type { Host } from "../ports/host.ts";

/** Prints the version. */
export function command(_invocation: Invocation, host: Host): number {
  host.stdout(`curvine-fluid ${VERSION}\n`);
  return ExitCode.Done;
}
