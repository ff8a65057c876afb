import { type Block, markdownBlocks } from "../../.ci/docs/markdown_blocks.ts";
import { headingAnchors } from "./markdown.ts";

/** A page of the documents, as its path from the root and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** All English pages that have a Chinese sister, by path; of both, the texts. */
export type Pages = ReadonlyMap<string, { readonly english: Page; readonly chinese: Page }>;

/** Where the Chinese sister of an English page lies. */
export function sisterPath(english: string): string {
  return english.replace(/^README\.md$/, "README.zh.md").replace(/^docs\/([^/]+)$/, "docs/zh/$1");
}

/**
 * In what a Chinese page is not its English sister's translation any more, as far as that can be
 * seen without reading: blocks (headings, paragraphs, items, tables, code) in number and order; of
 * each its code spans, numbers and links; tables by row, column and cell; code without comments.
 */
export function differences(english: Page, chinese: Page, pages: Pages): string[] {
  const ours = markdownBlocks(english.text);
  const theirs = markdownBlocks(chinese.text);
  const found: string[] = [];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const one = ours[at];
    const other = theirs[at];
    const place = `${english.path}:${one?.line ?? "end"} and ${chinese.path}:${
      other?.line ?? "end"
    }`;
    if (one === undefined || other === undefined || shape(one) !== shape(other)) {
      // All that follows is shifted, and would tell nothing.
      found.push(
        `${place}: ${one ? shape(one) : "nothing"}, but ${other ? shape(other) : "nothing"}`,
      );
      break;
    }
    if (isLinkToSister(one) || isLinkToSister(other)) {
      const wanted = [
        `[中文](${relative(english.path, chinese.path)})`,
        `[English](${relative(chinese.path, english.path)})`,
      ];
      const has = [one, other].map((block) => block.kind === "paragraph" ? block.text : "");
      if (has.join() !== wanted.join()) {
        found.push(`${place}: ${has.join(", ")} is not ${wanted.join(", ")}`);
      }
      continue;
    }
    found.push(...contents(one, other, english, chinese, pages).map((what) => `${place}: ${what}`));
  }
  if (!ours.slice(0, 2).some(isLinkToSister)) {
    found.push(`${english.path} does not begin with a link to ${chinese.path}`);
  }
  return found;
}

/** Kind, place and measures of a block: what has to be the same before its content is looked at. */
function shape(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `a heading of level ${block.level}`;
    case "paragraph":
      return `a paragraph ${block.indent} in`;
    case "item":
      return `${block.ordered ? "a numbered item" : "an item"} ${block.indent} in`;
    case "table":
      return `a table of ${block.rows.length} rows of ${
        block.rows.map((row) => row.length).join(", ")
      } cells`;
    case "code":
      return `code in ${block.language || "no language"}`;
    case "comment":
      return block.text;
  }
}

function contents(one: Block, other: Block, english: Page, chinese: Page, pages: Pages): string[] {
  if (one.kind === "table" && other.kind === "table") {
    return one.rows.flatMap((row, at) =>
      row.flatMap((cell, column) =>
        texts(cell, other.rows[at]?.[column] ?? "", english, chinese, pages)
          .map((what) => `row ${at}, column ${column + 1}: ${what}`)
      )
    );
  }
  if (one.kind === "code" && other.kind === "code") {
    const [ours, theirs] = [one, other].map(({ language, text }) =>
      language === "" ? namesOfPicture(text) : withoutComments(text)
    );
    return ours === theirs ? [] : [`the code differs:\n${ours}\n---\n${theirs}`];
  }
  if (one.kind === "comment" || other.kind === "comment" || !("text" in one && "text" in other)) {
    return [];
  }
  const found = texts(one.text, other.text, english, chinese, pages);
  const prose = /[a-z]{3}/.test(plain(one.text));
  return prose && one.kind !== "heading" && !/\p{Script=Han}/u.test(other.text)
    ? [...found, "there is no Chinese in it"]
    : found;
}

/** What two texts of the same meaning have in common whatever their language. */
function texts(one: string, other: string, english: Page, chinese: Page, pages: Pages): string[] {
  return [
    ...compare("code", codeSpans(one), codeSpans(other)),
    ...compare("numbers", numbers(one), numbers(other)),
    ...compare(
      "links",
      links(one).map((link) => sister(link, english, pages)),
      links(other).map((link) => absolute(link, chinese)),
    ),
  ];
}

function compare(what: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const [a, b] = [ours, theirs].map((all) => [...new Set(all)].toSorted());
  const only = (these: readonly string[] = [], those: readonly string[] = []): string[] =>
    these.filter((one) => !those.includes(one));
  return [
    ...only(a, b).map((one) => `${what}: only the English one has ${one}`),
    ...only(b, a).map((one) => `${what}: only the Chinese one has ${one}`),
  ];
}

function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** A text without its code and the targets of its links. */
function plain(text: string): string {
  return text.replaceAll(/`[^`]+`/g, "").replaceAll(/\]\([^)]*\)/g, "]");
}

function numbers(text: string): string[] {
  return [...plain(text).matchAll(/(?<![\w.])\d+(?:[.,]\d+)*/g)].map(([number]) => number);
}

function links(text: string): string[] {
  return [...text.replaceAll(/`[^`]+`/g, "").matchAll(/\]\(([^)]*)\)/g)].map(([, to = ""]) => to);
}

/** A link's target from the root, with its anchor. */
function absolute(link: string, from: Page): string {
  if (/^https?:/.test(link)) return link;
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? from.path : new URL(path, `file:///${from.path}`).pathname.slice(1);
  return anchor === undefined ? file : `${file}#${anchor}`;
}

/** Pictures that say something in words, and so have a Chinese sister. */
const PICTURES_WITH_WORDS = ["docs/flow.svg"];

/** Where a link of an English page has to lead on the Chinese one: to the same heading's sister. */
function sister(link: string, from: Page, pages: Pages): string {
  const target = absolute(link, from);
  const [file = "", anchor] = target.split("#");
  if (PICTURES_WITH_WORDS.includes(file)) return sisterPath(file);
  const pair = pages.get(file);
  if (pair === undefined) return target;
  if (anchor === undefined) return pair.chinese.path;
  const at = headingAnchors(pair.english.text).indexOf(anchor);
  return `${pair.chinese.path}#${headingAnchors(pair.chinese.text)[at] ?? "no such heading"}`;
}

function withoutComments(code: string): string {
  return code.replaceAll(/(^|\s+)(#|\/\/) .*$/gm, "");
}

/** A picture drawn with letters may be laid out anew: its files, programs and keys are the same. */
function namesOfPicture(text: string): string {
  const names = [...text.matchAll(/[\w-]*[/._-][\w./-]*\w/g)].map(([name]) => name);
  return names.toSorted().join("\n");
}

function isLinkToSister(block: Block): boolean {
  return block.kind === "paragraph" && /^\[(中文|English)\]\([^)]*\)$/.test(block.text);
}

function relative(from: string, to: string): string {
  const up = from.split("/").length - 1;
  const common = from.startsWith("docs/") && to.startsWith("docs/") ? 1 : 0;
  return "../".repeat(up - common) + to.split("/").slice(common).join("/");
}
