/**
 * One script of all that a container's start needs, and V8's code of what such a start calls: most
 * of a cold start is parsing and compiling. `record_start.ts` makes the code, `start_main.ts` is the
 * `main.js` that asks `open_start.ts` for it.
 */

/** Where the script ends: what these files load when it is wanted stays in the chunks, */
const BORDER = ["applets/applet.ts", "dispatch/dispatch.ts", "dispatch/load_command.ts"];
/** except for this, with all that it loads itself. */
const WITHIN = "../commands/run.ts";
/** What `start_main.ts` loads where the script cannot be opened. */
export const PROGRAM = "../../lib/dispatch/start.ts";

/** What is to be left out of the script. @param read gives the text of a file of `lib` */
export function outside(read: (path: string) => string): string[] {
  const texts = BORDER.map(read).join("\n");
  const names = [...texts.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  if (!names.includes(WITHIN)) throw new Error(`Nothing loads ${WITHIN} any more`);
  return names.filter((name) => name !== WITHIN);
}

/** Makes a script of the bundle: one function of its `module`. */
export function wrap(bundle: string): string {
  return `(function(module){${bundle}\n})`;
}

/** Has `main.js` load the program's chunk, whose name is the bundler's, or ours. */
export function nameProgram(main: string, chunks: readonly string[]): string {
  const [before, after, more] = main.split(JSON.stringify(PROGRAM));
  const [chunk, other] = chunks.filter((name) => /^start-\w+\.js$/.test(name));
  if (after === undefined || chunk === undefined || (more ?? other) !== undefined) {
    throw new Error("Cannot find the one chunk of the program, and where main.js loads it");
  }
  return `${before}"./${chunk}"${after}`;
}
