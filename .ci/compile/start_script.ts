/**
 * One script of all that a container's start needs, and V8's code of what such a start calls: most
 * of a cold start is parsing and compiling. `record_start.ts` makes the code, `main.ts` opens it.
 */

/** Where the script ends: what these files load when it is wanted stays in the chunks. */
const BORDER = ["applets/applet.ts", "dispatch/dispatch.ts", "dispatch/load_command.ts"];

/**
 * What is to be left out of the program for it to have one command only.
 *
 * @param command it stays, with all that it loads itself
 * @param read gives the text of a file of `lib`
 */
export function outside(command: string, read: (path: string) => string): string[] {
  const within = `../commands/${command}.ts`;
  const texts = BORDER.map(read).join("\n");
  const names = [...texts.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  if (!names.includes(within)) throw new Error(`Nothing loads ${within} any more`);
  return names.filter((name) => name !== within);
}

/** Makes a script of the bundle: one function of its `module`. */
export function wrap(bundle: string): string {
  return `(function(module){${bundle}\n})`;
}
