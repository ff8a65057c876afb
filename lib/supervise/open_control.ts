import type { Log } from "../observe/log.ts";
import type { ControlServer } from "./control_server.ts";
import { CONTROL_SOCKET } from "../plan/run_folders.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { World } from "../ports/world.ts";

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
    const reason = error instanceof Error ? error.message : String(error);
    log("warn", "no-control-socket", `Cannot ${what}: ${reason}`);
    return false;
  }
}
