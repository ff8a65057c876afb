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
  const mend = `Give each volume to user ${userId()}: an init container that runs ` +
    `chown -R ${userId()} on it, or runAsUser of the user that it belongs to (fsGroup does ` +
    "nothing for hostPath); a path on a read-only root file system needs a volume";
  const lines = faults.map(({ message }) => message);
  const isOfRights = faults.some(({ inTheWay }) => inTheWay !== true);
  throw new CommandError([...lines, ...(isOfRights ? [mend] : [])].join("\n"), ExitCode.OsError);
}

interface FolderFault {
  readonly message: string;
  /** Whether something else lies there: no right to write would help. */
  readonly inTheWay?: true;
}

function faultOf(folder: ServerFolder, host: Host): FolderFault | undefined {
  const { path, holds } = folder;
  const what = `Cannot use "${path}" for ${holds} as user ${userId()}`;
  const kind = host.kindOf(path);
  const isLink = kind === "absent" && host.isLink(path);
  if (isLink || kind === "file" || kind === "other") {
    const it = isLink ? "it is a link that leads to no folder" : "it is no folder";
    return { message: `${what}: ${it}; remove it, or name another`, inTheWay: true };
  }
  const reason = unwritable(folder, kind === "directory", host);
  return reason === undefined ? undefined : { message: `${what}: ${reason}` };
}

function unwritable(
  { path, ofCurvine }: ServerFolder,
  isThere: boolean,
  host: Host,
): string | undefined {
  const made = isThere || !ofCurvine ? path : parentOf(path);
  try {
    if (!isThere) host.makeFolder(made);
  } catch (error) {
    return `it cannot be made: ${reasonOf(error)}`;
  }
  const reason = host.mayWrite(made);
  return reason === undefined || made === path ? reason : `"${made}" above it: ${reason}`;
}

function parentOf(path: string): string {
  return path.replace(/\/+[^/]*\/*$/, "") || "/";
}
