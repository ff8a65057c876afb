/**
 * What the executable's `main.js` asks before it loads the chunks: a container's start is opened as
 * one script, with V8's code beside it. This runs in the executable, not in the build.
 */
import { OLD_NAMES, RUN_WORDS } from "../../lib/cli/words.ts";

/** What the script exports: the same as the chunk of `lib/dispatch/start.ts`. */
type Start = typeof import("../../lib/dispatch/start.ts");

/**
 * @returns `undefined` where the chunks are to be loaded: for every other command, and where V8
 *   refuses the code (of another version, of other flags) or there is none
 */
export async function openStart(): Promise<Start | undefined> {
  try {
    if (!isStart(Deno.args) || !isOurs(calledAs())) return undefined;
    const at = `${import.meta.dirname}/start.`;
    const { Script } = await import("node:vm");
    const script = new Script(Deno.readTextFileSync(`${at}cjs`), {
      filename: "start.cjs",
      cachedData: Deno.readFileSync(`${at}code`),
    });
    if (script.cachedDataRejected) return undefined;
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
