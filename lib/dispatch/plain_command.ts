import { OLD_NAMES, RUN_WORDS } from "../cli/words.ts";

/** The components that are executed in our place. */
const SERVERS: readonly string[] = ["master", "worker", "transfer"];
/** What a probe may be asked. */
const PROBE_WORDS: readonly string[] = ["--ready", "--live", ...RUN_WORDS];

/**
 * Whether a command line starts a container's component, probes it, or asks a mount, with nothing
 * that needs more code than that: no other flag, no other command, no name of another program.
 *
 * @param path by which we were called
 * @returns `start` also where it is left to the environment which component starts
 */
export function plainCommand(
  path: string,
  args: readonly string[],
): "server" | "start" | "probe" | "ask" | undefined {
  const [first = "run", ...rest] = args;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isLink = Object.hasOwn(OLD_NAMES, name) && OLD_NAMES[name]?.join() === "run";
  if (!isLink && !name.startsWith("curvine-fluid")) return undefined;
  // Its name has said "run" already: what follows is a component's, or nobody's.
  if (isLink && args.length > 0 && !RUN_WORDS.includes(first)) return undefined;
  if (first === "run" || RUN_WORDS.includes(first)) {
    const isStart = rest.every((word) => word === "start" || RUN_WORDS.includes(word));
    return !isStart ? undefined : SERVERS.includes(first) ? "server" : "start";
  }
  if (first === "ask-mount") return rest.some((word) => word.startsWith("-")) ? undefined : "ask";
  const isProbe = first === "health" && rest.every((word) => PROBE_WORDS.includes(word));
  return isProbe ? "probe" : undefined;
}
