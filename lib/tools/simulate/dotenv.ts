/** A variable as it stands in an env file, before `$NAME` is replaced. */
interface Entry {
  readonly name: string;
  readonly text: string;
  readonly quote: string;
}

/**
 * Reads env files as `deno --env-file` does: comments, `export`, three kinds of quotes, values over
 * several lines, and `$NAME` and `${NAME}` without quotes or in double ones.
 *
 * The last file is read first, and a name keeps the value that it got first: a later file is
 * stronger, and an earlier one's values may be made of it.
 *
 * @param texts the files' contents, the weakest first
 * @param outer what `$NAME` finds beside the files' own names
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const text = "export A='x y' # why\nB=\"${A}\\n$HOME\"";
 * assert.deepEqual(readEnvFiles([text], { HOME: "/h" }), { A: "x y", B: "x y\n/h" });
 * ```
 */
export function readEnvFiles(
  texts: readonly string[],
  outer: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = Object.create(null);
  for (const text of texts.toReversed()) {
    const own: Record<string, string> = Object.create(null);
    const latest: Record<string, string> = Object.create(null);
    for (const { name, text: raw, quote } of entries(text.replaceAll("\r\n", "\n"))) {
      const plain = quote === '"' ? raw.replaceAll("\\n", "\n") : raw;
      latest[name] = quote === "'" || quote === "`"
        ? raw
        : expand(plain, (wanted) => env[wanted] ?? latest[wanted] ?? outer[wanted] ?? "");
      own[name] ??= latest[name];
    }
    for (const [name, value] of Object.entries(own)) env[name] ??= value;
  }
  return { ...env };
}

/**
 * Lines that set nothing and are no comment: who wrote them meant something.
 *
 * @param text an env file's content
 * @returns their numbers, from 1 on
 */
export function lostLines(text: string): number[] {
  const lost: number[] = [];
  const whole = text.replaceAll("\r\n", "\n");
  entries(whole, (at) => {
    const line = restOfLine(whole, at).trim();
    if (line === "" || line.startsWith("#")) return;
    lost.push(whole.slice(0, at).split("\n").length);
  });
  return lost;
}

/** @param lost told where lines begin that are no entry */
function entries(text: string, lost: (at: number) => void = () => {}): Entry[] {
  const found: Entry[] = [];
  const line = /^[^\S\n]*(?:export[^\S\n]+)?([^\s=#][^=\n]*?)[^\S\n]*=[^\S\n]*/my;
  let at = 0;
  while (at < text.length) {
    line.lastIndex = at;
    const match = line.exec(text);
    if (match === null) {
      lost(at);
      at = afterLine(text, at);
      continue;
    }
    const { entry, end } = value(match[1] ?? "", text, line.lastIndex);
    found.push(entry);
    at = afterLine(text, end);
  }
  return found;
}

/** The value that begins at an offset, and where it ends. */
function value(name: string, text: string, from: number): { entry: Entry; end: number } {
  const lineEnd = endOfLine(text, from);
  const quote = text[from] ?? "";
  const plain = (): { entry: Entry; end: number } => {
    const content = text.slice(from, lineEnd).replace(/#.*$/, "").trim();
    return { entry: { name, text: content, quote: "" }, end: lineEnd };
  };
  if (!["'", '"', "`"].includes(quote)) return plain();
  const inQuotes = (end: number): { entry: Entry; end: number } => ({
    entry: { name, text: text.slice(from + 1, end), quote },
    end,
  });
  // The usual form: nothing but a comment follows; a quote may be escaped.
  const close = closingQuote(text, from, quote);
  if (close !== undefined && /^[^\S\n]*(#.*)?$/.test(restOfLine(text, close + 1))) {
    return inQuotes(close);
  }
  // Quotes inside quotes: the outer ones count.
  const trimmed = text.slice(from, lineEnd).trimEnd();
  if (trimmed.length > 1 && trimmed.endsWith(quote)) return inQuotes(from + trimmed.length - 1);
  const next = text.indexOf(quote, from + 1);
  if (next >= 0) return inQuotes(next);
  // A quote that nothing closes makes the line what it is.
  return { entry: { name, text: trimmed, quote: "'" }, end: lineEnd };
}

/** The first quote that no backslash stands before. */
function closingQuote(text: string, from: number, quote: string): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\" && text[at + 1] === quote) at++;
    else if (text[at] === quote) return at;
  }
  return undefined;
}

/** Puts values in the place of `$NAME` and `${NAME}`; `\$` is a dollar sign. */
function expand(text: string, valueOf: (name: string) => string): string {
  return text.replace(
    /\\\$|\$\{([^}]*)(?:\}|$)|\$([A-Za-z0-9_]*)/g,
    (whole, braced: string | undefined, bare: string | undefined) =>
      whole === "\\$" ? "$" : valueOf(braced ?? bare ?? ""),
  );
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function afterLine(text: string, from: number): number {
  return endOfLine(text, from) + 1;
}

function restOfLine(text: string, from: number): string {
  return text.slice(from, endOfLine(text, from));
}
