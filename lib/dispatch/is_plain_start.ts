import { OLD_NAMES, RUN_WORDS } from "../cli/words.ts";

/**
 * Whether a command line starts a container's component, with nothing that needs more code than
 * such a start: no flag, no other command, no name of another program.
 *
 * @param path by which we were called
 */
export function isPlainStart(
  path: string,
  [first = "run", ...rest]: readonly string[],
): boolean {
  return isOurs(path.slice(path.lastIndexOf("/") + 1)) &&
    (first === "run" || RUN_WORDS.includes(first)) &&
    rest.every((word) => word === "start" || RUN_WORDS.includes(word));
}

function isOurs(name: string): boolean {
  return name.startsWith("curvine-fluid") ||
    (Object.hasOwn(OLD_NAMES, name) && OLD_NAMES[name]?.join() === "run");
}
