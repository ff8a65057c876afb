import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { curvinePaths } from "../plan/curvine/paths.ts";
import type { RuntimeConfig } from "../plan/fluid/runtime_config.ts";
import { clusterIdOf, namespaceOf } from "../plan/generate/cluster_names.ts";
import { generatePlan } from "../plan/generate/generate_plan.ts";
import type { Inputs } from "../plan/inputs.ts";
import { ASK_LIMITS, cliConf, type ClientLimits } from "../operate/cli_conf.ts";
import type { CurvineCli } from "../operate/curvine_cli.ts";
import { type MountRecord, readMountRecord, writeMountRecord } from "../operate/mount_record.ts";
import { mountUfs } from "../operate/mount_ufs.ts";
import { readTable } from "../operate/read_table.ts";
import { interruptible, pauseUnless, privateFolders, withCurvineCli } from "./run_cli.ts";
import { countdown, timeLimit } from "../cli/time_limit.ts";
import { wantedMounts } from "../operate/wanted_mounts.ts";
import { type FileLock, lockFile } from "../system/file_lock.ts";
import type { Host } from "../ports/host.ts";
import { inputsOf } from "./inputs_of.ts";

/** Fluid gives up after 20 s and then lets us run on. Fluid: executionEntries. */
const LIMIT_MS = 18_000;

/** `mount-ufs`: brings Curvine's mount table to what the Dataset wants and reports its paths. */
export async function command(invocation: Invocation, host: Host): Promise<number> {
  const limitMs = timeLimit(invocation, host.env, "CURVINE_FLUID_MOUNT_UFS_TIMEOUT", LIMIT_MS);
  const remainingMs = countdown(limitMs);
  const interruption = interruptible(host);
  // Any component's plan names the masters; a worker's asks the least of where it runs.
  const inputs = inputsOf(host, ["worker"]);
  const { plan, config, configPath, secrets } = generatePlan(inputs);
  if (config === undefined) {
    throw new CommandError(
      `Cannot tell the dataset's mounts: ${
        configPath === undefined ? "there is no runtime config" : `"${configPath}" does not exist`
      } (Fluid names the file in FLUID_RUNTIME_CONFIG_PATH)`,
      ExitCode.NoInput,
    );
  }
  const wanted = wantedMounts(config, inputs, secrets);
  const say = (message: string): void => host.stderr(secrets.redact(`${message}\n`));
  wanted.warnings.forEach(say);

  const lock = await takeLock(host, limitMs / 2);
  try {
    const record = recordFile(host, say, inputs, config);
    const { signal } = interruption;
    const withCli = <Result>(
      limits: ClientLimits,
      use: (cli: CurvineCli) => Promise<Result>,
    ): Promise<Result> =>
      withCurvineCli(host, cliConf(plan.config.toml, limits), secrets, signal, use);
    const outcome = await withCli(
      ASK_LIMITS,
      (asking) =>
        withCli({ retryMs: remainingMs() * 0.6 }, (cli) =>
          mountUfs(wanted, {
            cli,
            table: () =>
              readTable({ cli: asking, say, remainingMs, pause: pauseUnless(signal), signal }),
            say,
            remainingMs,
            ...record,
          })),
    );
    const interrupted = interruption.exitCode();
    if (interrupted !== undefined) return interrupted;
    if (outcome.failures.length > 0) return ExitCode.OsError;
    host.stdout(`${JSON.stringify({ mounted: outcome.mounted })}\n`);
    return ExitCode.Done;
  } catch (error) {
    const interrupted = interruption.exitCode();
    if (interrupted !== undefined) return interrupted;
    throw error;
  } finally {
    lock.release();
  }
}

/** Fluid may call again while an earlier call, whose stream it dropped, still runs. */
async function takeLock(host: Host, waitMs: number): Promise<FileLock> {
  const faults: string[] = [];
  for (const folder of privateFolders(host)) {
    const path = `${folder}/mount-ufs.lock`;
    let lock: FileLock | undefined;
    try {
      host.makeFolder(folder);
      lock = await lockFile(path, waitMs);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
      continue;
    }
    if (lock !== undefined) return lock;
    throw new CommandError(
      `Cannot mount now: another mount-ufs has held "${path}" for ${
        Math.round(waitMs / 1000)
      } s; ` +
        "try again",
      ExitCode.TryAgain,
    );
  }
  throw new CommandError(`Cannot make a lock file: ${faults.join("; ")}`, ExitCode.OsError);
}

/** The record lies where Curvine keeps its metadata: both are lost, or kept, together. */
function recordFile(
  host: Host,
  say: (message: string) => void,
  inputs: Inputs,
  config: RuntimeConfig,
): { readonly record: MountRecord; keepRecord(record: MountRecord): void } {
  const path = `${curvinePaths(host.env).dataDir}/fluid-mounts.json`;
  const namespace = namespaceOf(inputs, config, config.targetPath);
  const dataset = `${namespace}/${clusterIdOf(host.env, config)}`;
  let warned = false;
  const warn = (verb: string, error: unknown): void => {
    if (!warned) {
      say(
        `Cannot ${verb} the record of mounts "${path}": ${
          error instanceof Error ? error.message : error
        }; mounts that the dataset drops later will be left alone`,
      );
    }
    warned = true;
  };
  let text: string | undefined;
  try {
    const bytes = host.readFile(path);
    text = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    warn("read", error);
  }
  return {
    record: readMountRecord(text, dataset, crypto.randomUUID()),
    keepRecord(record: MountRecord): void {
      try {
        host.writeFile(path, writeMountRecord(record), 0o600);
      } catch (error) {
        warn("write", error);
      }
    },
  };
}
