import type { CurvinePaths } from "../curvine/paths.ts";
import { isTomlTable, type TomlTable } from "../curvine/toml_value.ts";
import { section, setDefault } from "./base_config.ts";
import type { Findings } from "./findings.ts";

/** What we write where neither the base nor an option says something else. */
export const DEFAULTS = {
  masterRpcPort: 8995,
  journalPort: 8996,
  workerRpcPort: 8997,
  /** Curvine's own defaults are 9001 and 9002; the Fluid integration has always had these. */
  masterWebPort: 9000,
  workerWebPort: 9001,
  /** A ThinRuntime's threads, as its scripts have always set them. */
  thinIoThreads: 32,
  thinWorkerThreads: 56,
  cachePath: "/cache-data",
  fuseTarget: "/curvine-fuse",
} as const;

/**
 * Fills in what a server or client needs whatever the mode: ports, and directories that outlive
 * the container in place of the base's `testing/…` ones.
 */
export function fillServerDefaults(toml: TomlTable, paths: CurvinePaths): void {
  setDefault(toml, "testing", false);
  const master = section(toml, "master");
  const journal = section(toml, "journal");
  const worker = section(toml, "worker");
  section(toml, "client");
  section(toml, "fuse");
  setDefault(master, "rpc_port", DEFAULTS.masterRpcPort);
  setDefault(master, "web_port", DEFAULTS.masterWebPort);
  setDefault(journal, "rpc_port", DEFAULTS.journalPort);
  setDefault(worker, "rpc_port", DEFAULTS.workerRpcPort);
  setDefault(worker, "web_port", DEFAULTS.workerWebPort);
  if (isForTesting(master["meta_dir"])) master["meta_dir"] = `${paths.dataDir}/meta`;
  if (isForTesting(journal["journal_dir"])) journal["journal_dir"] = `${paths.dataDir}/journal`;
  const dirs = worker["data_dir"];
  if (Array.isArray(dirs) && dirs.some((dir) => /^(\[[^\]]*\])?testing\//.test(String(dir)))) {
    delete worker["data_dir"];
  }
}

function isForTesting(directory: unknown): boolean {
  return directory === undefined || String(directory).startsWith("testing/");
}

/** The worker's cache where nothing says where it is. `CURVINE_CACHE_PATH` is the scripts' name. */
export function defaultDataDirs(env: Readonly<Record<string, string>>): string[] {
  return [`[SSD]${env["CURVINE_CACHE_PATH"] || DEFAULTS.cachePath}`];
}

/** A port of the configuration; reports a value that is none. */
export function portOf(
  toml: TomlTable,
  sectionName: string,
  key: string,
  findings: Findings,
): number {
  const table = toml[sectionName];
  const port = isTomlTable(table) ? table[key] : undefined;
  if (typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  const shown = typeof port === "bigint" ? String(port) : JSON.stringify(port);
  findings.problem(`${sectionName}.${key}`, `is ${shown}; a port from 1 to 65535 is wanted`);
  return 0;
}

/**
 * Sends the daemons' logs to stdout, where `kubectl logs` shows them, unless an option says
 * otherwise: an image's own configuration often names a file.
 *
 * @param asked the dotted keys that options have set
 */
export function logToStdout(toml: TomlTable, asked: ReadonlySet<string>): void {
  for (const name of ["master", "worker", "fuse", "transfer"]) {
    const table = toml[name];
    const log = isTomlTable(table) ? table["log"] : undefined;
    if (isTomlTable(log) && "log_dir" in log && !asked.has(`${name}.log.log_dir`)) {
      log["log_dir"] = "stdout";
    }
  }
}
