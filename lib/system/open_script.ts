import { Script } from "node:vm";

/**
 * Opens a script of the executable's, a function of its `module`, by the code that V8 made of it.
 *
 * @param at the script's path without `.cjs`; V8's code lies beside it as `.code`
 * @returns what it exports; `undefined` where V8 refuses the code (of another version, of other
 *   flags) or there is none: without it, loading the script takes longer than loading modules
 */
export function openScript<Exports>(at: string): Exports | undefined {
  try {
    const cachedData = Deno.readFileSync(`${at}.code`);
    const text = Deno.readTextFileSync(`${at}.cjs`);
    const script = new Script(text, { filename: "start.cjs", cachedData });
    if (script.cachedDataRejected !== false) return undefined;
    const module = { exports: {} };
    script.runInThisContext()(module);
    return module.exports as Exports;
  } catch {
    return undefined;
  }
}
