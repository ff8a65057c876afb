/**
 * One script of all that a container's start needs, and V8's code of what such a start calls: most
 * of a cold start is parsing and compiling. `record_start.ts` makes the code, `main.ts` opens it.
 */

/**
 * What a start loads only where its command line is not plain, which is left to the modules. There is
 * nothing else that it loads later: a bundler wraps that in functions, and all that it imports too.
 */
export const LATER = ["../cli/help_text.ts", "../cli/command_table.ts", "./health.ts"];

/** Makes a script of the bundle: one function of its `module`. */
export function wrap(bundle: string): string {
  return `(function(module){${bundle}\n})`;
}

/**
 * Puts parts one behind the other. V8 copies code that does not begin where a number of 64 bits may.
 *
 * @returns the whole, and where each part begins and how long it is
 */
export function joined(
  parts: readonly Uint8Array[],
): { bytes: Uint8Array; places: [at: number, length: number][] } {
  const places: [number, number][] = [];
  let end = 0;
  for (const { length } of parts) {
    places.push([end, length]);
    end = Math.ceil((end + length) / 8) * 8;
  }
  const bytes = new Uint8Array(end);
  for (const [index, [at]] of places.entries()) bytes.set(parts[index] ?? [], at);
  return { bytes, places };
}
