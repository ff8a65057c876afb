import { leaveWords, TERMINATION_LOG, terminationMessage } from "../observe/last_words.ts";
import type { Host } from "../ports/host.ts";

/**
 * Leaves the reason for an end where Kubernetes shows it: nobody can look into a container that is
 * restarted again and again.
 *
 * @param cause for people; may have several lines
 */
export function leaveLastWords(cause: string, host: Host): void {
  const problem = leaveWords(pathFor(host), terminationMessage(cause.trimEnd()), {
    read: (path) => host.kindOf(path) === "absent" ? undefined : "",
    write: host.overwrite,
  });
  if (problem !== undefined) host.stderr(`curvine-fluid: ${problem}\n`);
}

/** Read from the words as they are: what is wrong may be one of them. */
function pathFor({ args, env }: Host): string {
  const flag = "--termination-log";
  const at = args.lastIndexOf(flag);
  const given = [
    args.findLast((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1),
    at < 0 ? undefined : args[at + 1],
    env["CURVINE_FLUID_TERMINATION_LOG"],
  ];
  return given.find((path) => path?.startsWith("/")) ?? TERMINATION_LOG;
}
