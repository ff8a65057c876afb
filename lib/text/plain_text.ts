/** ANSI escapes: CSI (colours, clear screen), OSC (titles, links), and the two-byte ones. */
// deno-lint-ignore no-control-regex
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])/g;
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;

/**
 * What a person would read in a terminal: without colour and cursor codes, a line that was
 * overwritten after a carriage return as it stands last.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(plainText("\x1b[2J\x1b[1;1H10%\r\x1b[32m20%\x1b[0m\r\n"), "20%\n");
 * ```
 */
export function plainText(text: string): string {
  return text
    .replace(ANSI, "")
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => (line.split("\r").findLast((part) => part !== "") ?? "").replace(CONTROL, ""))
    .join("\n");
}
