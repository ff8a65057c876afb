import type { Log } from "../observe/log.ts";
import { runFolders } from "../plan/run_folders.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { World } from "../ports/world.ts";

/**
 * The first run folder that can be used, or `undefined` on a machine where nothing can be written:
 * the mount is worth more than its socket.
 */
export function chooseRunFolder(
  world: Pick<World, "files" | "user">,
  env: Readonly<Record<string, string>>,
  settings: SupervisorSettings,
  log: Log,
): string | undefined {
  const reasons: string[] = [];
  const isUsable = (folder: string, alone: boolean): boolean => {
    try {
      world.files.makeFolder(folder, alone);
      return true;
    } catch (error) {
      reasons.push(`${JSON.stringify(folder)}: ${describe(error)}`);
      return false;
    }
  };
  if (isUsable(settings.runDir, false)) return settings.runDir;
  const folders = runFolders({ ...env, CURVINE_FLUID_RUN_DIR: settings.runDir }, world.user);
  const folder = folders.slice(1).find((one) => isUsable(one, true));
  if (folder !== undefined) {
    log("warn", "run-folder", `Using ${JSON.stringify(folder)}: ${reasons[0]}`);
    return folder;
  }
  log("warn", "no-run-folder", `Going on without a control socket: ${reasons.join("; ")}`);
  return undefined;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
