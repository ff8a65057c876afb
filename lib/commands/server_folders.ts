import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Plan } from "../plan/plan.ts";
import { type ServerFolder, serverFolders } from "../plan/server_folders.ts";
import type { Host } from "../ports/host.ts";
import { userId } from "../system/user_id.ts";
import { reasonOf } from "../text/describe_error.ts";

/**
 * Makes the folders that a server needs, and sees whether it may write into them: Curvine ends with
 * `Permission denied (os error 13)` there, and names none.
 *
 * @throws {CommandError} with every folder that cannot be used, whose user we are, and what mends it
 * (71)
 */
export function prepareServerFolders(plan: Plan, host: Host): void {
  const faults = serverFolders(plan).flatMap((folder) => faultOf(folder, host) ?? []);
  if (faults.length === 0) return;
  throw new CommandError(
    `${faults.join("\n")}\nGive each volume to user ${userId()}: an init container that runs ` +
      `chown -R ${userId()} on it, or runAsUser of the user that it belongs to (fsGroup does ` +
      "nothing for hostPath); a path on a read-only root file system needs a volume",
    ExitCode.OsError,
  );
}

function faultOf({ path, holds, ofCurvine }: ServerFolder, host: Host): string | undefined {
  const what = `Cannot use "${path}" for ${holds} as user ${userId()}`;
  const isThere = host.kindOf(path) === "directory";
  const made = isThere || !ofCurvine ? path : parentOf(path);
  try {
    if (!isThere) host.makeFolder(made);
  } catch (error) {
    return `${what}: it cannot be made: ${reasonOf(error)}`;
  }
  const reason = host.mayWrite(made);
  if (reason === undefined) return undefined;
  return made === path ? `${what}: ${reason}` : `${what}: "${made}" above it: ${reason}`;
}

function parentOf(path: string): string {
  return path.replace(/\/+[^/]*\/*$/, "") || "/";
}
