import { CommandError } from "../cli/command_error.ts";
import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { VERSION } from "../cli/version.ts";
import type { Plan } from "../generate/plan.ts";
import type { Host } from "../system/host.ts";
import { generateFor } from "./generate_for.ts";
import { prepare } from "./prepare.ts";
import { startProcess } from "./start_process.ts";

/** Generates the configuration and starts the component. */
export async function command({ operands }: Invocation, host: Host): Promise<number> {
  const action = operands[1] ?? "start";
  if (action === "stop" || action === "restart") {
    throw new CommandError(
      `Cannot ${action} "${operands[0]}": it is this container's own process; ` +
        "let Kubernetes do it (kubectl delete pod)",
      ExitCode.Usage,
    );
  }
  const { plan } = await generateFor("run", operands, host);
  announce(plan, host);
  prepare(plan, host);
  if (plan.process.policy === "supervise") {
    const { forwardChild } = await import("../system/forward_child.ts");
    return await forwardChild(plan.process, host.signals);
  }
  const advice = " (is CURVINE_HOME right, and is this an image with Curvine in it?)";
  return await startProcess(plan.process, host, advice);
}

function announce(plan: Plan, host: Host): void {
  const say = (line: string): void => host.stderr(`curvine-fluid: ${line}\n`);
  say(`version ${VERSION}; ${plan.reasons.join("; ")}`);
  for (const { code, message } of plan.warnings) say(`warning (${code}): ${message}`);
  say(`configuration ${plan.config.path}; ${plan.process.policy} ${plan.process.argv[0]}`);
}
