import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { isTomlTable, type TomlTable } from "../plan/curvine/toml_value.ts";
import type { Plan } from "../plan/plan.ts";
import type { Host } from "../ports/host.ts";
import { userId } from "../system/user_id.ts";
import { reasonOf } from "../text/describe_error.ts";

/** A folder that a server writes into. */
interface ServerFolder {
  readonly path: string;
  /** What lies there, for messages. */
  readonly holds: string;
  /** Whether Curvine makes the last level itself, as it wants it. */
  readonly ofCurvine: boolean;
}

/**
 * Makes the folders that a server needs, and sees whether it may write into them: Curvine ends with
 * `Permission denied (os error 13)` there, and names none.
 *
 * @throws {CommandError} with every folder that cannot be used, whose user we are, and what mends it
 * (71)
 */
export function prepareServerFolders(plan: Plan, host: Host): void {
  const faults = foldersOf(plan).flatMap((folder) => faultOf(folder, host) ?? []);
  if (faults.length === 0) return;
  throw new CommandError(
    `${faults.join("\n")}\nGive each volume to user ${userId()}: an init container that runs ` +
      `chown -R ${userId()} on it, or runAsUser of the user that it belongs to (fsGroup does ` +
      "nothing for hostPath); a path on a read-only root file system needs a volume",
    ExitCode.OsError,
  );
}

function foldersOf({ component, config: { toml }, process: { cwd } }: Plan): ServerFolder[] {
  const folders = [...dataFolders(component, toml), ...logFolder(component, toml)];
  return folders.map((folder) => ({ ...folder, path: below(cwd, folder.path) }));
}

function dataFolders(component: Plan["component"], toml: TomlTable): ServerFolder[] {
  switch (component) {
    case "master":
      return [
        ...folder(toml["master"], "meta_dir", "the metadata"),
        ...(isTomlTable(toml["journal"]) && toml["journal"]["enable"] === false
          ? []
          : folder(toml["journal"], "journal_dir", "the journal")),
      ];
    case "worker":
      return cacheFolders(toml["worker"]);
    default:
      return [];
  }
}

function folder(section: unknown, key: string, holds: string): ServerFolder[] {
  const path = isTomlTable(section) ? section[key] : undefined;
  return typeof path === "string" && path !== "" ? [{ path, holds, ofCurvine: true }] : [];
}

/** Curvine: Values. An entry is `[TYPE:SIZE]/path`. */
function cacheFolders(worker: unknown): ServerFolder[] {
  const entries = isTomlTable(worker) ? worker["data_dir"] : undefined;
  return (Array.isArray(entries) ? entries : []).map((entry) => ({
    path: String(entry).replace(/^\[[^\]]*\]/, ""),
    holds: "the cache",
    ofCurvine: false,
  }));
}

/** Where an option sends the log; by default it goes to stdout. */
function logFolder(component: Plan["component"], toml: TomlTable): ServerFolder[] {
  const section = toml[component];
  const log = isTomlTable(section) ? section["log"] : undefined;
  const path = isTomlTable(log) ? log["log_dir"] : undefined;
  if (typeof path !== "string" || ["", "stdout", "stderr"].includes(path)) return [];
  return [{ path, holds: "the log", ofCurvine: false }];
}

/** Curvine takes a relative path from its working directory. */
function below(cwd: string, path: string): string {
  return path.startsWith("/") ? path : `${cwd}/${path}`;
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
