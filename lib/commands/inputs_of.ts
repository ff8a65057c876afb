import type { Inputs } from "../plan/inputs.ts";
import type { Host } from "../ports/host.ts";

/** What generating needs of the host. Kubernetes sets HOSTNAME; the system's name is the same. */
export function inputsOf(host: Host, words: readonly string[]): Inputs {
  return {
    words,
    env: host.env,
    hostname: host.env["HOSTNAME"] || host.hostname(),
    readFile: host.readText,
    isFile: (path) => host.kindOf(path) === "file",
  };
}
