import { markdownBlocks } from "../../../.ci/docs/markdown_blocks.ts";
import { type ShellCommand, shellCommands } from "./shell_line.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** A shell block of a document, and the text that it says one will see. */
export interface ShellBlock {
  readonly path: string;
  readonly line: number;
  readonly commands: readonly ShellCommand[];
  readonly shown?: string;
}

/** The READMEs and the pages of `docs` in both languages; what is deeper has no commands for users. */
export function documentPaths(): string[] {
  const pages = ["docs", "docs/zh"].flatMap((folder) =>
    [...Deno.readDirSync(`${ROOT}${folder}`)].map(({ name }) => `${folder}/${name}`)
  );
  return ["README.md", "README.zh.md", ...pages.filter((path) => path.endsWith(".md")).toSorted()];
}

/** A document, with a path from the root. */
export function readDocument(path: string): string {
  return Deno.readTextFileSync(`${ROOT}${path}`);
}

/** The shell blocks of a document, each with the next `text` block if no other comes between. */
export function shellBlocks(path: string, markdown: string): ShellBlock[] {
  const found: ShellBlock[] = [];
  for (const block of markdownBlocks(markdown)) {
    if (block.kind !== "code") continue;
    if (block.language === "sh") {
      found.push({ path, line: block.line, commands: shellCommands(block.text) });
    }
    const last = found.at(-1);
    if (block.language === "text" && last !== undefined && last.shown === undefined) {
      if (!isFault(block.text)) found[found.length - 1] = { ...last, shown: block.text };
    }
  }
  return found;
}

/** Texts that show what is said of a mistake: what is written wrongly has its own test. */
export function shownFaults(markdown: string): string[] {
  return markdownBlocks(markdown).flatMap((block) =>
    block.kind === "code" && block.language === "text" && isFault(block.text) ? [block.text] : []
  );
}

function isFault(text: string): boolean {
  return text.startsWith("Cannot ");
}

/** A command line within a sentence or a table. */
export interface Span {
  readonly line: number;
  readonly text: string;
}

/** Code spans that begin with a program that documents run. */
export function commandSpans(markdown: string): Span[] {
  const programs = /^(curvine-fluid|kubectl|helm|docker|npx|deno task)(?= [^ ])/;
  return markdownBlocks(markdown).flatMap((block) => {
    const text = block.kind === "table"
      ? block.rows.flat().join("\n")
      : block.kind === "paragraph" || block.kind === "item"
      ? block.text
      : "";
    return [...text.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => ({
      line: block.line,
      text: span,
    }))
      .filter((span) => programs.test(span.text));
  });
}

/**
 * Whether a text is what a document shows of it: `…` alone in a line stands for any lines, within one
 * for anything; how many blanks there are between words is no matter.
 */
export function isShown(shown: string, actual: string): boolean {
  const flat = (text: string): string[] =>
    text.trim().split("\n").map((line) => line.replaceAll(/\s+/g, " ").trim());
  const pattern = flat(shown).map((line) =>
    line === "…" ? "(?:.*\n)*?" : `${line.split("…").map(RegExp.escape).join(".*")}\n`
  );
  return new RegExp(`^${pattern.join("")}$`).test(`${flat(actual).join("\n")}\n`);
}
