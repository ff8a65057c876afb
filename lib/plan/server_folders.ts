import { parseDataDir } from "./curvine/data_dir.ts";
import { isTomlTable, type TomlTable } from "./curvine/toml_value.ts";
import type { Plan } from "./plan.ts";

/** A folder that a server writes into. */
export interface ServerFolder {
  /** Absolute. */
  readonly path: string;
  /** What lies there, for messages. */
  readonly holds: string;
  /** Whether Curvine makes the last level itself, as it wants it. */
  readonly ofCurvine: boolean;
}

/** The folders that a plan's server writes into; none of a client's. */
export function serverFolders(
  { component, config: { toml }, process: { cwd } }: Plan,
): ServerFolder[] {
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

/** Curvine: Values. */
function cacheFolders(worker: unknown): ServerFolder[] {
  const entries = isTomlTable(worker) ? worker["data_dir"] : undefined;
  return (Array.isArray(entries) ? entries : []).map((entry) => ({
    path: parseDataDir(String(entry)).path,
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
