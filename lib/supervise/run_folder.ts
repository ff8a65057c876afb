import type { Log } from "../observe/log.ts";
import type { ControlServer } from "./control_server.ts";
import { CONTROL_SOCKET, runFolders } from "./run_folders.ts";
import type { SupervisorSettings } from "./settings.ts";
import type { World } from "./world.ts";

/**
 * The first run folder that can be used, or `undefined` on a machine where nothing can be written:
 * the mount is worth more than its socket.
 */
export function chooseRunFolder(
  world: World,
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

/**
 * Opens the control socket, and the TCP port when one is set. Failures are only logged.
 *
 * @returns whether the socket in the folder is ours
 */
export async function openControl(
  server: ControlServer,
  folder: string | undefined,
  world: World,
  settings: SupervisorSettings,
  log: Log,
): Promise<boolean> {
  const { httpAddr } = settings;
  if (httpAddr !== undefined) {
    const { host, port } = httpAddr;
    attempt(`listen on ${host}:${port}`, log, () => {
      server.serve(world.sockets.listenTcp(host, port));
    });
  }
  if (folder === undefined) return false;
  const path = `${folder}/${CONTROL_SOCKET}`;
  if (await isAnswered(path, world)) {
    log("warn", "no-control-socket", `Another supervisor answers at ${JSON.stringify(path)}`);
    return false;
  }
  // What is left of an earlier container would keep us from binding.
  world.files.remove(path);
  return attempt(`listen on ${JSON.stringify(path)}`, log, () => {
    server.serve(world.sockets.listenUnix(path));
  });
}

async function isAnswered(path: string, { sockets }: World): Promise<boolean> {
  try {
    (await sockets.connectUnix(path)).close();
    return true;
  } catch {
    return false;
  }
}

function attempt(what: string, log: Log, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    log("warn", "no-control-socket", `Cannot ${what}: ${describe(error)}`);
    return false;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
