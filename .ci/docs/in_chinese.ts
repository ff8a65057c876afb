import { displayWidth, markdownTable } from "../../lib/text/markdown_table.ts";
import { markdownBlocks } from "./markdown_blocks.ts";

/** Chinese texts by the English text that they stand for. */
export type Texts = Readonly<Record<string, string>>;

/** A generated document in Chinese, and the English texts that have no Chinese one. */
export interface InChinese {
  readonly markdown: string;
  readonly missing: readonly string[];
  /** English texts whose Chinese one was taken. */
  readonly used: readonly string[];
}

/** What reads the same in both languages: code, numbers, components, types of metrics. */
const SAME = /^(`[^`]*`|\d[\d.]*|master|worker|client|thin|info|stateset|gauge|counter|[,;\s])*$/;

/**
 * A generated English document in Chinese, text by text: headings, paragraphs, and the cells of
 * tables. A text without a Chinese one stays, and is named.
 */
export function inChinese(markdown: string, texts: Texts): InChinese {
  const missing = new Set<string>();
  const used = new Set<string>();
  const say = (text: string): string => {
    if (SAME.test(text)) return text;
    const chinese = Object.hasOwn(texts, text) ? texts[text] : undefined;
    (chinese === undefined ? missing : used).add(text);
    return chinese ?? text;
  };
  const parts = markdownBlocks(markdown).map((block) => {
    switch (block.kind) {
      case "heading":
        return `${"#".repeat(block.level)} ${say(block.text)}`;
      case "paragraph":
        return wrapped(say(block.text));
      case "table": {
        const [head = [], ...rows] = block.rows.map((row) =>
          row.map((cell) => say(cell.replaceAll("\\|", "|")))
        );
        return markdownTable(head, rows).trimEnd();
      }
      default:
        throw new Error(`line ${block.line}: no generated document has such a block yet`);
    }
  });
  return { markdown: `${parts.join("\n\n")}\n`, missing: [...missing], used: [...used] };
}

/** Lines of at most 100 columns, broken at blanks alone, as `deno fmt` has them. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > 100) {
      lines.push(line);
      line = word;
    } else line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}
