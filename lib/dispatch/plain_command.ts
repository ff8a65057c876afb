import { OLD_NAMES, RUN_WORDS } from "../cli/words.ts";

/** The components that are executed in our place. */
const SERVERS: readonly string[] = ["master", "worker", "transfer"];
/** What a probe may be asked. */
const PROBE_WORDS: readonly string[] = ["--ready", "--live", ...RUN_WORDS];

/**
 * Whether a command line starts a container's component or probes it, with nothing that needs more
 * code than that: no other flag, no other command, no name of another program.
 *
 * @param path by which we were called
 * @returns `start` also where it is left to the environment which component starts
 */
export function plainCommand(
  path: string,
  [first = "run", ...rest]: readonly string[],
): "server" | "start" | "probe" | undefined {
  if (!isOurs(path.slice(path.lastIndexOf("/") + 1))) return undefined;
  if (first === "run" || RUN_WORDS.includes(first)) {
    const isStart = rest.every((word) => word === "start" || RUN_WORDS.includes(word));
    return !isStart ? undefined : SERVERS.includes(first) ? "server" : "start";
  }
  const isProbe = first === "health" && rest.every((word) => PROBE_WORDS.includes(word));
  return isProbe ? "probe" : undefined;
}

function isOurs(name: string): boolean {
  return name.startsWith("curvine-fluid") ||
    (Object.hasOwn(OLD_NAMES, name) && OLD_NAMES[name]?.join() === "run");
}
