import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { masterWebPort } from "../plan/curvine/master_web_port.ts";
import { generatePlan } from "../plan/generate/generate_plan.ts";
import type { RuntimeConfig } from "../plan/fluid/runtime_config.ts";
import { ASK_LIMITS, cliConf } from "../operate/cli_conf.ts";
import { reportSummary } from "../operate/report_summary.ts";
import { interruptible, pauseUnless, withCurvineCli } from "./run_cli.ts";
import { countdown, timeLimit } from "../cli/time_limit.ts";
import type { Host } from "../ports/host.ts";
import { httpGet } from "../system/http_get.ts";
import { inputsOf } from "./inputs_of.ts";

/** Fluid gives up after 20 s. Fluid: executionEntries. */
const LIMIT_MS = 17_000;

/** `report-summary`: Fluid's summary of the cache, as one JSON object of texts. */
export async function command(invocation: Invocation, host: Host): Promise<number> {
  const limitMs = timeLimit(invocation, host.env, "CURVINE_FLUID_REPORT_TIMEOUT", LIMIT_MS);
  const remainingMs = countdown(limitMs);
  const interruption = interruptible(host);
  const { plan, config, secrets } = generatePlan(inputsOf(host, ["worker"]));
  const { toml } = plan.config;
  // Curvine's own 120 s would leave nothing but our deadline to say.
  const conf = cliConf(toml, ASK_LIMITS);
  const { signal } = interruption;
  const port = masterWebPort(toml);
  try {
    const summary = await withCurvineCli(
      host,
      conf,
      secrets,
      signal,
      (cli) =>
        reportSummary({
          cli,
          awaitWorker: wantsWorkers(config),
          remainingMs,
          say: (message) => host.stderr(`${message}\n`),
          pause: pauseUnless(signal),
          signal,
          metrics: (hostname, wait) => metrics(hostname, port, wait),
        }),
    );
    host.stdout(`${JSON.stringify(summary)}\n`);
    return ExitCode.Done;
  } catch (error) {
    const interrupted = interruption.exitCode();
    if (interrupted !== undefined) return interrupted;
    throw error;
  }
}

/** No file says nothing: then there are workers. Fluid: The runtime config file. */
function wantsWorkers(config: RuntimeConfig | undefined): boolean {
  const worker = config?.worker;
  return config === undefined || (worker?.replicas ?? worker?.pods?.length ?? 0) > 0;
}

/** Worth having, but not worth failing for. */
async function metrics(
  hostname: string,
  port: number,
  limitMs: number,
): Promise<string | undefined> {
  try {
    const answer = await httpGet(`http://${hostname}:${port}/metrics`, { limitMs });
    return answer.status === 200 ? answer.body : undefined;
  } catch {
    return undefined;
  }
}
