import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { TomlTable } from "../plan/curvine/toml_value.ts";
import { generatePlan } from "../plan/generate/generate_plan.ts";
import { masterEndpoints } from "../plan/generate/masters.ts";
import { Secrets } from "../plan/secrets.ts";
import { mastersConf, withReplicas } from "../operate/cli_conf.ts";
import { dataLoad } from "../operate/data_load.ts";
import { loadPaths, nativePaths } from "../plan/fluid/load_paths.ts";
import { type MountRow, MountTableError, readMountTable } from "../operate/mount_table.ts";
import { interruptible, withCurvineCli } from "./run_cli.ts";
import type { Host } from "../ports/host.ts";
import { type HostLookup, resolveHost } from "../system/resolve_host.ts";
import { inputsOfJob } from "./inputs_of_job.ts";
import { mastersOfJob } from "./masters_of_job.ts";

/** Curvine itself tries for 120 s to reach a master, or 150 s where packets are dropped. */
const TABLE_MS = 180_000;
const LOOKUP_MS = 5_000;
/** A name service under load says "later" rather than "no". */
const LOOKUPS = 3;

/** `data-load`: Fluid's DataLoad job. */
export async function command(invocation: Invocation, host: Host): Promise<number> {
  const interruption = interruptible(host);
  const say = (message: string): void => host.stderr(`${message}\n`);
  const { env } = host;
  const { paths, warnings } = loadPaths(
    invocation.operands.length > 0
      ? invocation.operands.join(":")
      : env["FLUID_DATALOAD_DATA_PATH"] ?? "",
    env["FLUID_DATALOAD_PATH_REPLICAS"] ?? "",
  );
  warnings.forEach(say);
  const atOnce = loadsAtOnce(env);
  const resync = invocation.flags.has("resync") || resyncWanted(env);
  const target = await findTarget(invocation, host, say);
  const { signal } = interruption;
  const rows = await withCurvineCli(host, target.conf, target.secrets, signal, (cli) => table(cli));
  if (rows.ok) {
    const failed = await dataLoad(
      {
        paths,
        metadata: env["FLUID_DATALOAD_METADATA"] === "true",
        resync,
        atOnce,
        rows: rows.rows,
        ...target,
      },
      {
        withCli: (replicas, use) =>
          withCurvineCli(host, withReplicas(target.conf, replicas), target.secrets, undefined, use),
        say,
        report: (line) => host.stdout(`${line}\n`),
        signal,
      },
    );
    return interruption.exitCode() ?? (failed > 0 ? ExitCode.No : ExitCode.Done);
  }
  const ended = interruption.exitCode();
  if (ended !== undefined) return ended;
  throw new CommandError(`Cannot load: ${rows.reason}`, ExitCode.Unavailable);
}

/**
 * More than a few gain little: a worker has a hundred tasks at once for one load already, and each
 * file that is under way takes a whole block of the cache.
 */
const LOADS_AT_ONCE = 4;

/** @throws {CommandError} for a text that is no count */
function loadsAtOnce(env: Readonly<Record<string, string>>): number {
  const text = env["CURVINE_FLUID_DATA_LOAD_PARALLEL"] || String(LOADS_AT_ONCE);
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new CommandError(
    `Cannot take "${text}" for CURVINE_FLUID_DATA_LOAD_PARALLEL: a number from 1 to 99 is wanted`,
    ExitCode.Usage,
  );
}

/** @throws {CommandError} for a text that is neither true nor false */
function resyncWanted(env: Readonly<Record<string, string>>): boolean {
  const text = env["CURVINE_FLUID_DATA_LOAD_RESYNC"] ?? "";
  if (/^(false)?$/i.test(text)) return false;
  if (/^true$/i.test(text)) return true;
  throw new CommandError(
    `Cannot take "${text}" for CURVINE_FLUID_DATA_LOAD_RESYNC: true or false is wanted`,
    ExitCode.Usage,
  );
}

type Table = { readonly ok: true; readonly rows: MountRow[] } | {
  readonly ok: false;
  readonly reason: string;
};

async function table(
  cli: Parameters<Parameters<typeof withCurvineCli>[4]>[0],
): Promise<Table> {
  const result = await cli.run(["mount"], { limitMs: TABLE_MS });
  if (!result.ok) {
    return { ok: false, reason: `Curvine's mount table cannot be read: ${result.reason}` };
  }
  try {
    return { ok: true, rows: readMountTable(result.stdout) };
  } catch (error) {
    if (!(error instanceof MountTableError)) throw error;
    return { ok: false, reason: error.message };
  }
}

interface Target {
  readonly conf: TomlTable;
  /** Paths of the dataset's `curvine://` mounts; none where there is no runtime config. */
  readonly native: readonly string[];
  readonly secrets: Secrets;
}

/** Fluid: DataLoad. The job's pod often has no runtime config, though the variable names one. */
async function findTarget(
  { flags }: Invocation,
  host: Host,
  say: (message: string) => void,
): Promise<Target> {
  const masters = flags.get("master") ?? [];
  const dataset = flags.get("dataset")?.at(-1);
  const { file, inputs } = inputsOfJob(host);
  if (masters.length === 0 && dataset === undefined && inputs !== undefined) {
    const { plan, config, secrets } = generatePlan(inputs);
    const { toml } = plan.config;
    say(`Masters from "${file}": ${describe(masterEndpoints(toml))}`);
    return { conf: toml, native: nativePaths(config), secrets };
  }
  const namespace = flags.get("namespace")?.at(-1);
  const found = await mastersOfJob({ masters, dataset, namespace, resolve, say }, host);
  if (!found.ok) {
    const tried = file === undefined ? [] : [`the runtime config "${file}" does not exist`];
    throw new CommandError(
      `Cannot find Curvine's masters:\n${
        [...tried, ...found.tried].map((one) => `  ${one}`).join("\n")
      }\nSet CURVINE_DATALOAD_DATASET to the dataset's name, or CURVINE_DATALOAD_MASTER_ADDRS to ` +
        "host:port,host:port in the class's dataOperationSpecs",
      ExitCode.Unavailable,
    );
  }
  say(`Masters: ${describe(found.endpoints)} (${found.how})`);
  return { conf: mastersConf(found.endpoints), native: [], secrets: new Secrets() };
}

async function resolve(name: string): Promise<HostLookup> {
  for (let left = LOOKUPS; left > 0; left--) {
    const lookup = await resolveHost(name, LOOKUP_MS);
    if (lookup !== "unknown") return lookup;
    await new Promise((done) => setTimeout(done, 500));
  }
  return "unknown";
}

function describe(endpoints: readonly { hostname: string; port: number }[]): string {
  return endpoints.map(({ hostname, port }) => `${hostname}:${port}`).join(", ");
}
