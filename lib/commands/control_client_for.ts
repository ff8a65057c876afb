import type { ControlClient } from "../supervise/control_client.ts";
import { runFolders } from "../plan/run_folders.ts";
import type { Host } from "../ports/host.ts";
import { systemSockets } from "../system/sockets.ts";
import { userId } from "../system/user_id.ts";

/** How a command asks the supervisor of its container. @param deadline in milliseconds */
export function controlClientFor(host: Host, deadline: number): ControlClient {
  return { sockets: systemSockets, folders: runFolders(host.env, userId()), deadline };
}
