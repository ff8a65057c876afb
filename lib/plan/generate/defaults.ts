import { defaultPort } from "../curvine/key_table.ts";
import { isTomlTable } from "../curvine/toml_value.ts";
import type { Generation } from "./generation.ts";

/** What we write where neither the base nor an option says something else. */
export const DEFAULTS = {
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
export function fillServerDefaults(generation: Generation): void {
  const { toml, paths } = generation;
  toml["testing"] ??= false;
  const master = generation.section("master");
  const journal = generation.section("journal");
  const worker = generation.section("worker");
  generation.section("client");
  generation.section("fuse");
  generation.setDefault("master", "rpc_port", defaultPort("master"));
  generation.setDefault("master", "web_port", DEFAULTS.masterWebPort);
  generation.setDefault("journal", "rpc_port", defaultPort("journal"));
  generation.setDefault("worker", "rpc_port", defaultPort("worker"));
  generation.setDefault("worker", "web_port", DEFAULTS.workerWebPort);
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

/**
 * Sends the daemons' logs to stdout, where `kubectl logs` shows them, unless an option says
 * otherwise: an image's own configuration often names a file.
 */
export function logToStdout({ toml, asked }: Generation): void {
  for (const name of ["master", "worker", "fuse", "transfer"]) {
    const table = toml[name];
    const log = isTomlTable(table) ? table["log"] : undefined;
    if (isTomlTable(log) && "log_dir" in log && !asked.has(`${name}.log.log_dir`)) {
      log["log_dir"] = "stdout";
    }
  }
}
