/** The blocks of a Markdown document as `deno fmt` leaves it, in their order. */
export type Block =
  | {
    readonly kind: "heading";
    readonly level: number;
    readonly text: string;
    readonly line: number;
  }
  | {
    readonly kind: "paragraph";
    readonly indent: number;
    readonly text: string;
    readonly line: number;
  }
  | {
    readonly kind: "item";
    readonly indent: number;
    readonly ordered: boolean;
    readonly text: string;
    readonly line: number;
  }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[]; readonly line: number }
  | {
    readonly kind: "code";
    readonly language: string;
    readonly text: string;
    readonly line: number;
  }
  | { readonly kind: "comment"; readonly text: string; readonly line: number };

/** Where a line begins something that is no continuation of the text above it. */
const BEGINS = /^\s*(```|[-*] |\d+\. |\||<!--|#+ |$)/;

/**
 * Cuts a document into its blocks. Lines of a paragraph and of a list's item are joined by a blank;
 * the rule below a table's head is left out.
 */
export function markdownBlocks(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const found: Block[] = [];
  let at = 0;
  /** Takes lines while they go on. */
  const take = (goesOn: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && goesOn(lines[at] ?? "")) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = at + 1;
    const text = lines[at++] ?? "";
    const indent = text.length - text.trimStart().length;
    const [, hashes, title = ""] = /^(#+) (.*)$/.exec(text) ?? [];
    const [, fence, language = ""] = /^(\s*```)(\w*)$/.exec(text) ?? [];
    const [, mark, first = ""] = /^\s*([-*]|\d+\.) (.*)$/.exec(text) ?? [];
    const joined = (begin: string): string =>
      [begin, ...take((next) => !BEGINS.test(next))].map((part) => part.trim()).join(" ");
    if (text.trim() === "") continue;
    if (hashes !== undefined) {
      found.push({ kind: "heading", level: hashes.length, text: title, line });
    } else if (fence !== undefined) {
      const body = take((next) => next !== fence);
      at++;
      found.push({
        kind: "code",
        language,
        text: body.map((one) => one.slice(indent)).join("\n"),
        line,
      });
    } else if (text.startsWith("|")) {
      const rows = [text, ...take((next) => next.startsWith("|"))].map(cellsOf);
      found.push({ kind: "table", rows: rows.filter((_, row) => row !== 1), line });
    } else if (text.startsWith("<!--")) {
      found.push({ kind: "comment", text: text.trim(), line });
    } else if (mark !== undefined) {
      found.push({ kind: "item", indent, ordered: mark.endsWith("."), text: joined(first), line });
    } else {
      found.push({ kind: "paragraph", indent, text: joined(text), line });
    }
  }
  return found;
}

/** The cells of a table's line; an escaped bar is part of its cell. */
function cellsOf(line: string): string[] {
  return line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim());
}
