import type { Inputs } from "../plan/inputs.ts";
import { NOTHING_SET, type PlanSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";

/**
 * What generating needs of the host. Kubernetes sets HOSTNAME; the system's name is the same.
 *
 * @param settings none where the plan is made for what it says, not to be started
 */
export function inputsOf(
  host: Host,
  words: readonly string[],
  settings: PlanSettings = NOTHING_SET,
): Inputs {
  return {
    words,
    env: host.env,
    hostname: host.env["HOSTNAME"] || host.hostname(),
    settings,
    readFile: host.readText,
    isFile: (path) => host.kindOf(path) === "file",
  };
}
