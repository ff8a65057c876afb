import { unmountPath } from "../operate/unmount_path.ts";
import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { isFuse, parseMountinfo } from "../mount/mountinfo.ts";
import { layersAt, tidyPath } from "../mount/mount_path.ts";
import { numberedBelow } from "../mount/topmost_layer.ts";
import { resolveTarget } from "../mount/resolve_target.ts";
import type { Status } from "../observe/status.ts";
import { askSupervisor, requestStop } from "../supervise/control_client.ts";
import { readSettings } from "../plan/settings.ts";
import { readLink } from "../system/read_link.ts";
import type { Host } from "../ports/host.ts";
import { controlClientFor } from "./control_client_for.ts";
import { generateFor } from "./generate_for.ts";

const STATUS_MS = 2000;

/** A supervisor that waits without a limit is not waited for longer than this. */
const LONGEST_STOP_MS = 60_000;

/** What the supervisor needs beyond its budget. */
const STOP_SLACK_MS = 2000;

/**
 * The preStop: asks the supervisor to stop in order, which unmounts; where none answers, unmounts
 * by itself. The target comes from the command line, the supervisor, or the configuration.
 */
export async function command({ operands }: Invocation, host: Host): Promise<number> {
  const [named] = operands;
  const status = await supervisorStatus(host);
  const supervised = status?.target ?? undefined;
  const target = named ?? supervised ?? configuredTarget(host);
  const isOurs = supervised !== undefined && tidyPath(supervised) === tidyPath(target);
  if (!isMounted(target, host)) {
    const why = isOurs && status?.reason ? ` (${status.reason})` : "";
    host.stderr(`curvine-fluid: ${target}: not mounted${why}\n`);
  }
  if (isOurs) {
    const { stopTimeout } = readSettings(host.env);
    const deadline = Math.min(stopTimeout + STOP_SLACK_MS, LONGEST_STOP_MS);
    // What is mounted after that is another client's.
    if (await requestStop({ ...controlClientFor(host, deadline), hold: true })) {
      return ExitCode.Done;
    }
  }
  // The supervisor is no more, or hangs: what is left is up to us.
  if (!isMounted(target, host)) return ExitCode.Done;
  const result = await unmountPath(target, { lazy: false, announce: true }, host);
  if (result.kind === "failed") throw new CommandError(result.message, ExitCode.OsError);
  return ExitCode.Done;
}

async function supervisorStatus(host: Host): Promise<Status | undefined> {
  const answer = await askSupervisor("GET", "/status", controlClientFor(host, STATUS_MS));
  return answer?.status === 200 ? JSON.parse(answer.body) as Status : undefined;
}

function configuredTarget(host: Host): string {
  const { plan } = generateFor("unmount", [], host);
  if (plan.mount !== null) return plan.mount.target;
  throw new CommandError(
    `Cannot unmount: a ${plan.component} mounts nothing; usage: unmount [TARGET]`,
    ExitCode.Usage,
  );
}

function isMounted(target: string, host: Host): boolean {
  const bytes = host.readFile("/proc/self/mountinfo");
  const table = parseMountinfo(new TextDecoder().decode(bytes));
  const path = resolveTarget(target, table, readLink);
  return layersAt(table, path).some(isFuse) || numberedBelow(table, path).length > 0;
}
