/** A string that Fluid gives to `bash -c`, as what it means. Fluid: Every command that Fluid runs. */
export type ShellString =
  | {
    readonly kind: "check-mount";
    readonly folder: string;
    readonly type: string;
    readonly below: string;
    readonly timed: boolean;
  }
  | { readonly kind: "disk-usage"; readonly target: string }
  | { readonly kind: "count-files"; readonly target: string }
  | { readonly kind: "script"; readonly name: string };

/** The scripts of earlier images, which class templates call through a shell. */
const SCRIPTS = new Set(["mountUfs.sh", "reportSummary.sh"]);

/**
 * Recognizes the strings that Fluid passes to a shell, with any spacing. Nothing is interpreted
 * beyond them: there is no shell in here to be tricked.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readShellString("df --block-size=1 |grep /mnt/x"), {
 *   kind: "disk-usage",
 *   target: "/mnt/x",
 * });
 * assert.equal(readShellString("df --block-size=1 |grep /mnt/x; reboot"), undefined);
 * ```
 */
export function readShellString(text: string): ShellString | undefined {
  const commands = splitPipeline(text);
  if (commands === undefined) return undefined;
  const [first = [], second, third, ...more] = commands;
  if (more.length > 0) return undefined;
  if (second === undefined) return readSingle(first);
  if (third === undefined) {
    const [grep, target, ...rest] = second;
    return matches(first, ["df", "--block-size=1"]) && grep === "grep" && target !== undefined &&
        target !== "" && rest.length === 0
      ? { kind: "disk-usage", target }
      : undefined;
  }
  const [ls, options, target, ...rest] = first;
  return ls === "ls" && options === "-lR" && target !== undefined && rest.length === 0 &&
      matches(second, ["grep", "^-"]) && matches(third, ["wc", "-l"])
    ? { kind: "count-files", target }
    : undefined;
}

function readSingle(words: readonly string[]): ShellString | undefined {
  const timed = words[0] === "time";
  const [name = "", ...args] = timed ? words.slice(1) : words;
  if (name === "/check-mount.sh") {
    const [folder, type, below = "", ...rest] = args;
    return folder === undefined || type === undefined || rest.length > 0
      ? undefined
      : { kind: "check-mount", folder, type, below, timed };
  }
  const script = name.slice(name.lastIndexOf("/") + 1);
  return !timed && args.length === 0 && SCRIPTS.has(script)
    ? { kind: "script", name: script }
    : undefined;
}

function matches(words: readonly string[], wanted: readonly string[]): boolean {
  return words.length === wanted.length && words.every((word, index) => word === wanted[index]);
}

/** Words of a pipeline's commands; `undefined` for anything that only a shell could do. */
function splitPipeline(text: string): string[][] | undefined {
  const commands: string[][] = [[]];
  let rest = text;
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  while (rest !== "") {
    const space = /^[ \t\n]+/.exec(rest)?.[0];
    if (space !== undefined) {
      endWord();
      rest = rest.slice(space.length);
      continue;
    }
    if (rest.startsWith("|") && !rest.startsWith("||") && !rest.startsWith("|&")) {
      endWord();
      commands.push([]);
      rest = rest.slice(1);
      continue;
    }
    const piece = readPiece(rest);
    if (piece === undefined) return undefined;
    word = (word ?? "") + piece.text;
    rest = rest.slice(piece.length);
  }
  endWord();
  return commands.some((command) => command.length === 0) ? undefined : commands;
}

interface Piece {
  readonly text: string;
  readonly length: number;
}

/** Fluid quotes paths in `$'…'` where they hold anything unusual. */
function readPiece(text: string): Piece | undefined {
  const plain = /^[A-Za-z0-9_./:=,@%+^~-]+/.exec(text)?.[0];
  if (plain !== undefined) return { text: plain, length: plain.length };
  const single = /^'([^']*)'/.exec(text);
  if (single !== null) return { text: single[1] ?? "", length: single[0].length };
  const double = /^"([^"$`\\!]*)"/.exec(text);
  if (double !== null) return { text: double[1] ?? "", length: double[0].length };
  const dollar = /^\$'((?:[^'\\]|\\.)*)'/s.exec(text);
  if (dollar !== null) {
    const value = unescapeDollar(dollar[1] ?? "");
    return value === undefined ? undefined : { text: value, length: dollar[0].length };
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  "?": "?",
  a: "\x07",
  b: "\b",
  e: "\x1b",
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
