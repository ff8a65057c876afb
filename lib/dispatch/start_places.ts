import type { ScriptPlaces } from "../system/open_script.ts";

/** What stands here in the source; the build writes numbers in the place of it. */
export const PLACES_UNKNOWN = "places-unknown";

/**
 * Where the script of a start lies in the executable, and V8's code of it.
 *
 * @param kind a server needs less code than whatever may start
 * @param written where each part begins and how many bytes it has: the script, a server's code, all
 *   code
 * @returns `undefined` where there is none: in the source, and where the build could not make it
 */
export function startPlaces(
  kind: "server" | "start",
  written: string = PLACES_UNKNOWN,
): ScriptPlaces | undefined {
  const [script, length, ...codes] = written.split(",").map(Number);
  const [at, bytes] = kind === "server" ? codes : codes.slice(2);
  if (script === undefined || length === undefined || at === undefined || bytes === undefined) {
    return undefined;
  }
  return { script: { at: script, bytes: length }, code: { at, bytes } };
}
