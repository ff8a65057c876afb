import { VERSION } from "../cli/version.ts";
import type { Generated } from "../plan/generate/generate_plan.ts";
import type { FirstStart } from "../supervise/first_start.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import { supervise } from "../supervise/supervise.ts";
import type { Host } from "../ports/host.ts";
import { supervisorWorld } from "../system/supervisor_world.ts";
import { generateFor } from "./generate_for.ts";
import { writeConfig } from "./prepare.ts";

/**
 * Keeps a plan's daemon alive until the end.
 *
 * @param operands `run`'s, for generating again when the configuration changes
 * @param first what was done ahead
 */
export async function supervisePlan(
  { plan, configPath }: Generated,
  settings: SupervisorSettings,
  operands: readonly string[],
  host: Host,
  first: FirstStart | undefined,
): Promise<number> {
  const world = supervisorWorld();
  try {
    return await supervise(plan, {
      world,
      signals: host.signals,
      settings,
      env: host.env,
      version: VERSION,
      writeConfig: (changed) => writeConfig(changed, host),
      regenerate: async () => (await generateFor("run", operands, host)).plan,
      ...(configPath === undefined ? {} : { watchedFile: configPath }),
      ...(first === undefined ? {} : { first }),
    });
  } finally {
    await world.close();
  }
}
