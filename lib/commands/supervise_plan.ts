import { VERSION } from "../cli/version.ts";
import type { Generated } from "../plan/generate/generate_plan.ts";
import type { Secrets } from "../plan/secrets.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { supervise } from "../supervise/supervisor.ts";
import { supervisorWorld } from "../system/supervisor_world.ts";
import { generateFor } from "./generate_for.ts";
import { writeConfig } from "./prepare.ts";

/** Of so many configurations the secrets are remembered. */
const MOST_SECRETS = 8;

/**
 * Starts a plan's daemon and keeps it alive until the end.
 *
 * @param operands `run`'s, for generating again when the configuration changes
 */
export async function supervisePlan(
  { plan, secrets: first, configPath, text }: Generated,
  settings: SupervisorSettings,
  operands: readonly string[],
  host: Host,
): Promise<number> {
  // Whoever has told us to stop by now wants nothing started.
  await host.signals.delivered();
  const world = supervisorWorld();
  // What an earlier configuration hid stays hidden: its daemon's lines may still be told.
  let secrets: readonly Secrets[] = [first];
  try {
    return await supervise(plan, {
      world,
      signals: host.signals,
      settings,
      env: host.env,
      version: VERSION,
      redact: (text) => secrets.reduce((shown, one) => one.redact(shown), text),
      source: {
        ...(configPath === undefined ? {} : { file: { path: configPath, text } }),
        generate: () => {
          const made = generateFor("run", operands, host, { settings, here: true });
          secrets = [...secrets.slice(-MOST_SECRETS), made.secrets];
          return made.plan;
        },
        write: (changed) => writeConfig(changed, host),
      },
    });
  } finally {
    await world.close();
  }
}
