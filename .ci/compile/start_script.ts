/**
 * One script of all that a container's start needs, and V8's code of it: most of a cold start is
 * parsing and compiling. V8 compiles every function without running any, so that the code is the
 * same wherever it is made. `open_start.ts` opens it.
 */

/** Where the script ends: what these files load when it is wanted stays in the chunks. */
const BORDER = [
  "lib/applets/applet.ts",
  "lib/commands/run.ts",
  "lib/dispatch/dispatch.ts",
  "lib/dispatch/load_command.ts",
];
/** Except for these. */
const WITHIN = ["../commands/run.ts", "./await_mount.ts", "./supervise_plan.ts"];

/** What `main.js` says to load the program; the name's hash is the bundler's, or ours. */
const LOADS_START = /\bimport\("(\.\/start-\w+\.js)"\)/g;

/** Runs in the base runtime: what V8 makes of a script, written to a file. */
export const RECORDER = `import { Script } from "node:vm";
const [from, to] = Deno.args;
const script = new Script(Deno.readTextFileSync(from), { filename: "start.cjs" });
Deno.writeFileSync(to, script.createCachedData());
`;

/** V8's flag for all functions at once, the ones that nobody has called included. */
export const EAGER = "--no-lazy";

/** Where V8 notes in the code which flags it was made with, and how much that is, in bytes. */
const FLAGS = { at: 12, bytes: 4 };

/**
 * What the bundler is to leave out of the script.
 *
 * @param read gives a source file's text
 * @throws {Error} where a file has lost what the script shall have
 */
export function outside(read: (path: string) => string): string[] {
  const imports = BORDER.flatMap((path) =>
    [...read(path).matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name)
  );
  const lost = WITHIN.filter((name) => !imports.includes(name));
  if (lost.length > 0) throw new Error(`Nothing loads ${lost.join(", ")} any more`);
  return [...new Set(imports)].filter((name) => !WITHIN.includes(name));
}

/** Makes a script of the bundle: one function of its `module`. */
export function wrap(bundle: string): string {
  return `(function(module){${bundle}\n})`;
}

/**
 * The code of all functions, which says of itself that it was made without {@link EAGER}: V8 takes
 * code only with the flags that it was made with.
 *
 * @param eager made with it
 * @param lazy of the same script, made with the executable's own flags
 */
export function joinCode(eager: Uint8Array, lazy: Uint8Array): Uint8Array {
  const code = eager.slice();
  code.set(lazy.subarray(FLAGS.at, FLAGS.at + FLAGS.bytes), FLAGS.at);
  return code;
}

/**
 * Has `main.js` ask for the script first.
 *
 * @throws {Error} where it does not load the program in one place
 */
export function askFirst(main: string): string {
  const [place, ...more] = main.matchAll(LOADS_START);
  if (place === undefined || more.length > 0) {
    throw new Error("Cannot find the one place where main.js loads the program");
  }
  return `import{openStart}from"./open_start.js";` +
    main.replace(LOADS_START, (load) => `(await openStart()??${load})`);
}
