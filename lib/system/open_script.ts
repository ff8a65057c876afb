import { Script } from "node:vm";

/**
 * Opens a script of the executable's, a function of its `module`, by the code that V8 made of it.
 *
 * @param path the script's
 * @param code the path of V8's code of it
 * @returns what it exports; `undefined` where V8 refuses the code (of another version, of other
 *   flags) or there is none: without it, loading the script takes longer than loading modules
 */
export function openScript<Exports>(path: string, code: string): Exports | undefined {
  try {
    const cachedData = Deno.readFileSync(code);
    const text = Deno.readTextFileSync(path);
    const script = new Script(text, { filename: "start.cjs", cachedData });
    if (script.cachedDataRejected !== false) return undefined;
    const module = { exports: {} };
    script.runInThisContext()(module);
    return module.exports as Exports;
  } catch {
    return undefined;
  }
}
