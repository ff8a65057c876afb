import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Status } from "../observe/status.ts";
import { statusView } from "../observe/status_view.ts";
import { styleFor } from "../observe/style.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import type { Host } from "../ports/host.ts";
import { stdoutIsTerminal } from "../system/terminal.ts";
import { controlClientFor } from "./control_client_for.ts";

const DEADLINE_MS = 5000;
const WATCH_MS = 1000;

/** Puts the cursor at the top and clears the screen below it. */
const CLEAR = "\x1b[H\x1b[J";

/** Shows what the supervisor of this container does, once or until somebody has seen enough. */
export async function command({ flags }: Invocation, host: Host): Promise<number> {
  const isTerminal = stdoutIsTerminal();
  const style = styleFor(isTerminal, host.env);
  const json = flags.has("json");
  const watch = flags.has("watch");
  // Leaving a view is no failure.
  if (watch) host.signals.takeOver(() => host.exit(ExitCode.Done));
  for (let first = true;; first = false) {
    const answer = await askSupervisor("GET", "/status", controlClientFor(host, DEADLINE_MS));
    if (answer?.status !== 200) {
      throw new CommandError(
        "Cannot show the status: no supervisor answers in this container (only a FUSE client, or a " +
          "server with CURVINE_FLUID_SUPERVISE=true, has one; is CURVINE_FLUID_RUN_DIR the same?)",
        ExitCode.No,
      );
    }
    const text = json ? answer.body : statusView(JSON.parse(answer.body) as Status, style);
    host.stdout(`${watch && isTerminal ? CLEAR : first || json ? "" : "\n"}${text}`);
    if (!watch) return ExitCode.Done;
    await new Promise((done) => setTimeout(done, WATCH_MS));
  }
}
