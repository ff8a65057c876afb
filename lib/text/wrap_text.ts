/** What fits on every terminal. */
const WIDTH = 80;

/**
 * Breaks a line at spaces; a word longer than the room stays whole.
 *
 * @param first what the first line begins with
 * @param rest what every further line begins with
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const lines = wrapText("word ".repeat(20), "- ", "  ");
 * assert.deepEqual(lines.map(({ length }) => length), [76, 26]);
 * ```
 */
export function wrapText(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.trimEnd().split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}
