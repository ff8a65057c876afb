import { Script } from "node:vm";
import { OLD_NAMES, RUN_WORDS } from "../../lib/cli/words.ts";

/** What the script exports: the same as the chunk of `lib/dispatch/start.ts`. */
type Start = typeof import("../../lib/dispatch/start.ts");

/**
 * Opens the script of a start. This runs in the executable, not in the build.
 *
 * @param at the script's path without `.cjs`; V8's code lies beside it as `.code`
 * @param name by which we were called; the kernel knows
 * @returns `undefined` where the chunks are to be loaded: for every other command, and where V8
 *   refuses the code (of another version, of other flags) or there is none
 */
export function openStart(at: string, args: readonly string[], name = calledAs): Start | undefined {
  try {
    if (!isStart(args) || !isOurs(name())) return undefined;
    const cachedData = Deno.readFileSync(`${at}.code`);
    const text = Deno.readTextFileSync(`${at}.cjs`);
    const script = new Script(text, { filename: "start.cjs", cachedData });
    if (script.cachedDataRejected !== false) return undefined;
    const module = { exports: {} };
    script.runInThisContext()(module);
    return module.exports as Start;
  } catch {
    return undefined;
  }
}

/** Flags, and all other words, need code that the script has not. */
function isStart([first = "run", ...rest]: readonly string[]): boolean {
  return (first === "run" || RUN_WORDS.includes(first)) &&
    rest.every((word) => word === "start" || RUN_WORDS.includes(word));
}

/** By another name we are another program. */
function isOurs(name: string): boolean {
  return name.startsWith("curvine-fluid") ||
    (Object.hasOwn(OLD_NAMES, name) && OLD_NAMES[name]?.join() === "run");
}

function calledAs(): string {
  const line = Deno.readTextFileSync("/proc/self/cmdline");
  const path = line.slice(0, line.indexOf("\0"));
  return path.slice(path.lastIndexOf("/") + 1);
}
