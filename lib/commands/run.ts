import { CommandError } from "../ports/command_error.ts";
import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { VERSION } from "../cli/version.ts";
import type { Plan } from "../plan/plan.ts";
import { type Generated, NoMountYet } from "../plan/generate/generate_plan.ts";
import { readSettings, type SupervisorSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { awaitMount } from "./await_mount.ts";
import { generateFor } from "./generate_for.ts";
import { prepare } from "./prepare.ts";
import { withFlags } from "../cli/setting_flags.ts";
import { startProcess } from "./start_process.ts";
import { supervisePlan } from "./supervise_plan.ts";

/** Generates the configuration and starts the component. */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const action = operands[1] ?? "start";
  if (action === "stop" || action === "restart") {
    throw new CommandError(
      `Cannot ${action} "${operands[0]}": it is this container's own process; ` +
        "let Kubernetes do it (kubectl delete pod)",
      ExitCode.Usage,
    );
  }
  if (action === "health-check") {
    const health = await import("./health.ts");
    return await health.command(
      { operands: operands.slice(0, 1), flags: new Map() },
      withFlags(host, flags),
    );
  }
  // Every setting that cannot be read is told before anything is written or started.
  const settings = readSettings(host.env, flags);
  const generate = (): Generated => generateFor("run", operands, host, { settings, here: true });
  const generated = await generateOrWait(generate, settings, host);
  if (generated === undefined) return ExitCode.Done;
  const { plan } = generated;
  announce(plan, host);
  prepare(plan, settings, host);
  if (plan.process.policy === "supervise") {
    return await supervisePlan(generated, settings, operands, host);
  }
  const advice = " (is CURVINE_HOME right, and is this an image with Curvine in it?)";
  return await startProcess({ ...plan.process, allFiles: plan.mount !== null }, host, advice);
}

/** @returns `undefined` where the Dataset had no mount, and somebody asked for the end meanwhile */
async function generateOrWait(
  generate: () => Generated,
  settings: SupervisorSettings,
  host: Host,
): Promise<Generated | undefined> {
  try {
    return generate();
  } catch (error) {
    if (!(error instanceof NoMountYet) || settings.supervise === false) throw error;
    return await awaitMount(error, settings, generate, host);
  }
}

function announce(plan: Plan, host: Host): void {
  const lines = [
    `version ${VERSION}; ${plan.reasons.join("; ")}`,
    ...plan.warnings.map(({ code, message }) => `warning (${code}): ${message}`),
    `configuration ${plan.config.path}; ${plan.process.policy} ${plan.process.argv[0]}`,
  ];
  host.stderr(lines.map((line) => `curvine-fluid: ${line}\n`).join(""));
}
