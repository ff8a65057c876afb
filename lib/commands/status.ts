import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../cli/command_error.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { type Status, statusText } from "../observe/status.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import type { Host } from "../system/host.ts";
import { controlClientFor } from "./control_client_for.ts";

const DEADLINE_MS = 5000;

/** Shows what the supervisor of this container does. */
export async function command({ flags }: Invocation, host: Host): Promise<number> {
  const answer = await askSupervisor("GET", "/status", controlClientFor(host, DEADLINE_MS));
  if (answer?.status !== 200) {
    throw new CommandError(
      "Cannot show the status: no supervisor answers in this container (only a FUSE client, or a " +
        "server with CURVINE_FLUID_SUPERVISE=true, has one; is CURVINE_FLUID_RUN_DIR the same?)",
      ExitCode.No,
    );
  }
  host.stdout(flags.has("json") ? answer.body : statusText(JSON.parse(answer.body) as Status));
  return ExitCode.Done;
}
