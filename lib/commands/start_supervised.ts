import type { Generated } from "../plan/generate/generate_plan.ts";
import { firstStart } from "../supervise/first_start.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { StartedProcess } from "../ports/world.ts";
import { firstWorld } from "../system/first_world.ts";
import type { Host } from "../ports/host.ts";

/**
 * Starts a plan's daemon, then loads the supervisor that keeps it alive until the end.
 *
 * @param operands `run`'s, for generating again when the configuration changes
 */
export async function startSupervised(
  generated: Generated,
  settings: SupervisorSettings,
  operands: readonly string[],
  host: Host,
): Promise<number> {
  // Whoever has told us to stop by now wants nothing started.
  const first = host.signals.waiting()
    ? undefined
    : firstStart(generated.plan, firstWorld(), settings, host.env);
  try {
    const { supervisePlan } = await import("./supervise_plan.ts");
    return await supervisePlan(generated, settings, operands, host, first);
  } catch (error) {
    // Nobody else knows of it.
    if (first?.daemon !== undefined) end(first.daemon.process);
    throw error;
  }
}

function end(daemon: StartedProcess): void {
  try {
    daemon.kill("SIGTERM");
  } catch {
    // It has ended.
  }
}
