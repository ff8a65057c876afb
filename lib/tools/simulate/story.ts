import { wrapText } from "../../text/wrap_text.ts";
import type { Style } from "../../observe/style.ts";

/** What a simulation tells. `kind` is a stable word for programs. */
export interface Telling {
  readonly kind: string;
  /** A heading or a sentence, for people. */
  readonly text: string;
  /** Further lines below it. */
  readonly lines?: readonly string[];
  /** For programs. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** How it is meant; an outcome is good or bad. */
  readonly mood?: "good" | "bad" | "doubtful";
  /** Not shortened: it tells what the short texts mean. */
  readonly exact?: boolean;
}

/** How the story is told. */
export interface StoryOptions {
  readonly json: boolean;
  /** Long texts and the short ones that people read instead, the longest first. */
  readonly short: readonly (readonly [long: string, short: string])[];
  /** How headings and outcomes stand out. */
  readonly style: Style;
  readonly now: () => number;
  readonly write: (text: string) => void;
}

const INDENT = 2;
/** `  12.34 s  ` */
const TIME_WIDTH = 11;

/** Tells what happens, as text in 80 columns or as one JSON object a line. */
export class Story {
  readonly #options: StoryOptions;
  readonly #begun: number;
  #isFirst = true;

  constructor(options: StoryOptions) {
    this.#options = options;
    this.#begun = options.now();
  }

  /** A part of the story with a heading of its own. */
  section(telling: Telling): void {
    if (this.#asJson(telling)) return;
    const { text, lines = [], exact = false } = telling;
    const short = (line: string): string => exact ? line : this.#short(line);
    this.#write([
      ...(this.#isFirst ? [] : [""]),
      ...wrapText(short(text), "", "").map(this.#options.style.bold),
      ...lines.flatMap((line) => wrapText(short(line), " ".repeat(INDENT), " ".repeat(6))),
    ]);
    this.#isFirst = false;
  }

  /** Something that happens, with the time since the beginning. */
  event(telling: Telling): void {
    if (this.#asJson(telling)) return;
    const seconds = ((this.#options.now() - this.#begun) / 1000).toFixed(2);
    const head = `${seconds.padStart(TIME_WIDTH - 5)} s   `.padEnd(TIME_WIDTH);
    const rest = " ".repeat(TIME_WIDTH);
    const { mood } = telling;
    const { style } = this.#options;
    const paint = mood === undefined ? (line: string): string => line : style[mood];
    this.#write([
      // Colours come last: they take no columns.
      ...wrapText(this.#short(telling.text), head, rest).map((line) =>
        line.slice(0, TIME_WIDTH) + paint(line.slice(TIME_WIDTH))
      ),
      ...(telling.lines ?? []).flatMap((line) => wrapText(this.#short(line), rest, `${rest}    `)),
    ]);
    this.#isFirst = false;
  }

  #asJson({ kind, text, lines, data }: Telling): boolean {
    if (!this.#options.json) return false;
    const ms = Math.round(this.#options.now() - this.#begun);
    const object = { kind, ms, text, ...(lines === undefined ? {} : { lines }), ...data };
    this.#options.write(`${JSON.stringify(object)}\n`);
    return true;
  }

  #short(text: string): string {
    return this.#options.short.reduce((rest, [long, short]) => rest.replaceAll(long, short), text);
  }

  #write(lines: readonly string[]): void {
    this.#options.write(`${lines.join("\n")}\n`);
  }
}
