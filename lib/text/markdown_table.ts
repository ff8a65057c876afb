/**
 * A Markdown table. Bars and line ends inside cells are escaped; columns are as wide as they need
 * to be, as `deno fmt` would have them, so that a generated document is also a formatted one.
 */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " "))
  );
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => displayWidth(row[column] ?? "")))
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  return [line(first), rule, ...others.map(line)].join("\n") + "\n";
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Columns that a text takes in a terminal: Chinese and Japanese letters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    width += code >= 0x1100 && (code <= 0x115f || code >= 0x2e80 && code <= 0xa4cf ||
        code >= 0xac00 && code <= 0xd7a3 || code >= 0xf900 && code <= 0xfaff ||
        code >= 0xfe30 && code <= 0xfe6f || code >= 0xff00 && code <= 0xff60 ||
        code >= 0xffe0 && code <= 0xffe6 || code >= 0x20000 && code <= 0x3fffd)
      ? 2
      : 1;
  }
  return width;
}
