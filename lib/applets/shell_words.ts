/** A word of a command, quotes taken off. */
export interface ShellWord {
  readonly text: string;
  /** Whether `*`, `?` or `[` stood in it unquoted: bash may have put file names there. */
  readonly pattern: boolean;
}

/** One command of a pipeline. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** The file that its output was to be appended to with `>> FILE`. */
  readonly appendTo: string | undefined;
}

/**
 * Splits a string into a pipeline's commands and their words, as bash would: what is plain to bash
 * is plain here, whatever its alphabet. There is no shell in here, so nothing is ever expanded.
 *
 * @returns `undefined` for anything that only a shell could do: variables, substitutions, lists,
 * redirections but an appending one, braces that expand, a comment, a home folder
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const [ls, wc] = splitPipeline("ls -lR 数据/v1{x}/a#b |wc -l ") ?? [];
 * assert.deepEqual(ls?.words.map(({ text }) => text), ["ls", "-lR", "数据/v1{x}/a#b"]);
 * assert.deepEqual(wc?.words.map(({ text }) => text), ["wc", "-l"]);
 * assert.equal(splitPipeline("ls $HOME"), undefined);
 * ```
 */
export function splitPipeline(text: string): ShellCommand[] | undefined {
  const commands: { words: ShellWord[]; appendTo: string | undefined }[] = [];
  let command = { words: [] as ShellWord[], appendTo: undefined as string | undefined };
  let appending = false;
  let rest = text;
  for (;;) {
    rest = rest.replace(/^[ \t]+/, "");
    if (rest.startsWith("\n")) {
      // What follows a command on another line is another command.
      if (command.words.length > 0 && /[^ \t\n]/.test(rest)) return undefined;
      rest = rest.slice(1);
      continue;
    }
    const ends = rest === "" || /^\|(?![|&])/.test(rest);
    if (ends) {
      if (command.words.length === 0 || appending) return undefined;
      commands.push(command);
      if (rest === "") return commands;
      command = { words: [], appendTo: undefined };
      rest = rest.slice(1);
      continue;
    }
    if (rest.startsWith(">>") && !appending && command.appendTo === undefined) {
      appending = true;
      rest = rest.slice(2);
      continue;
    }
    const found = readWord(rest);
    if (found === undefined) return undefined;
    rest = rest.slice(found.length);
    if (appending) {
      command.appendTo = found.word.text;
      appending = false;
    } // A redirection stands at the end in all that Fluid ever wrote.
    else if (command.appendTo !== undefined) return undefined;
    else command.words.push(found.word);
  }
}

interface Found {
  readonly word: ShellWord;
  readonly length: number;
}

/** Bash's metacharacters end a word; the others here mean something inside of it. */
// deno-lint-ignore no-control-regex
const PLAIN = /^[^\x00-\x20\x7f|&;()<>'"\\$`]+/;

function readWord(text: string): Found | undefined {
  // A comment, or somebody's home.
  if (/^[#~]/.test(text)) return undefined;
  let value = "";
  let unquoted = "";
  let rest = text;
  while (rest !== "" && !/^[ \t\n|]/.test(rest)) {
    const piece = readPiece(rest);
    if (piece === undefined) {
      // `>>` after a word, without a space.
      if (rest.startsWith(">>") && rest !== text) break;
      return undefined;
    }
    value += piece.text;
    // A quoted piece is nothing to brackets and braces, but keeps them apart.
    unquoted += piece.plain ? piece.text : "\0";
    rest = rest.slice(piece.length);
  }
  // `||` and `|&` are no words.
  if (rest === text || expands(unquoted)) return undefined;
  const word = { text: value, pattern: /[*?[]/.test(unquoted) };
  return { word, length: text.length - rest.length };
}

/** Whether bash makes several words of one: `{a,b}`, `{1..3}`. `{x}` it leaves as it is. */
function expands(word: string): boolean {
  for (let open = word.indexOf("{"); open >= 0; open = word.indexOf("{", open + 1)) {
    let depth = 0;
    let comma = false;
    for (let at = open; at < word.length; at++) {
      if (word[at] === "{") depth++;
      else if (word[at] === "," && depth === 1) comma = true;
      else if (word[at] === "}" && --depth === 0) {
        if (comma || SEQUENCE.test(word.slice(open + 1, at))) return true;
        break;
      }
    }
  }
  return false;
}

const SEQUENCE = /^(?:-?\d+\.\.-?\d+|[A-Za-z]\.\.[A-Za-z])(?:\.\.-?\d+)?$/;

interface Piece {
  readonly text: string;
  readonly length: number;
  readonly plain: boolean;
}

/** Fluid quotes paths in `$'…'` where they hold anything unusual. */
function readPiece(text: string): Piece | undefined {
  const plain = PLAIN.exec(text)?.[0];
  if (plain !== undefined) return { text: plain, length: plain.length, plain: true };
  // What begins no variable, substitution or quote is a dollar.
  if (/^\$(?![A-Za-z0-9_{(['"!@#$*?-])/.test(text)) return { text: "$", length: 1, plain: true };
  const escaped = /^\\([^\n])/u.exec(text);
  if (escaped !== null) return quoted(escaped[1] ?? "", escaped[0]);
  const single = /^'([^']*)'/.exec(text);
  if (single !== null) return quoted(single[1] ?? "", single[0]);
  const double = /^"([^"$`\\!]*)"/.exec(text);
  if (double !== null) return quoted(double[1] ?? "", double[0]);
  const dollar = /^\$'((?:[^'\\]|\\.)*)'/s.exec(text);
  const value = dollar === null ? undefined : unescapeDollar(dollar[1] ?? "");
  return dollar === null || value === undefined ? undefined : quoted(value, dollar[0]);
}

function quoted(text: string, source: string): Piece {
  return { text, length: source.length, plain: false };
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  "?": "?",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function unescapeDollar(text: string): string | undefined {
  let known = true;
  const value = text.replace(
    /\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))/gs,
    (_, hex?: string, unicode?: string, octal?: string, letter?: string) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      const found = ESCAPES[letter ?? ""];
      if (found === undefined) known = false;
      return found ?? "";
    },
  );
  return known ? value : undefined;
}
