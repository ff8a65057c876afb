import { VERSION } from "../cli/version.ts";
import { ConfigError } from "../plan/config_error.ts";
import { type Generated, NoMountYet } from "../plan/generate/generate_plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { type Another, waitForMount } from "../supervise/wait_for_mount.ts";
import { supervisorWorld } from "../system/supervisor_world.ts";

const NO_MOUNT = "the Dataset has none yet";

/**
 * Waits for a Dataset's first mount.
 *
 * @param generate makes the plan of the files as they are then
 * @returns `undefined` when somebody asked for the end before there was one
 */
export async function awaitMount(
  nothing: NoMountYet,
  settings: SupervisorSettings,
  generate: () => Generated,
  host: Host,
): Promise<Generated | undefined> {
  const world = supervisorWorld();
  const again = (): Another<Generated> => {
    try {
      return { ready: generate() };
    } catch (error) {
      if (error instanceof NoMountYet) return { reason: NO_MOUNT };
      // What is wrong may be put right by the same hand that will add the mount.
      if (error instanceof ConfigError) return { reason: error.message };
      throw error;
    }
  };
  try {
    return await waitForMount({
      world,
      signals: host.signals,
      settings,
      env: host.env,
      version: VERSION,
      file: nothing.file,
      target: nothing.target,
      reason: NO_MOUNT,
      again,
    });
  } finally {
    await world.close();
  }
}
