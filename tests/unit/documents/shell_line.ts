/** One program that a shell line runs, as far as documents need a shell. */
export interface ShellCommand {
  /** Quotes taken away; a pattern or an expansion stays as it is written. */
  readonly words: readonly string[];
  /** Variables set in front of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where `>` sends its output. */
  readonly into?: string;
  /** In the text, counted from 0. */
  readonly line: number;
}

/**
 * The programs that a document's shell block runs: lines, `\` at their ends, comments, quotes, `|`, `>`
 * and `<(…)`.
 *
 * @throws {Error} for whatever else a shell knows: what is not understood is not held to anything
 */
export function shellCommands(text: string): ShellCommand[] {
  const found: ShellCommand[] = [];
  let at = 0;
  const line = (): number => text.slice(0, at).split("\n").length - 1;

  /** Reads one program up to what ends it. */
  const program = (inside: boolean): void => {
    const words: string[] = [];
    const env: Record<string, string> = {};
    let into: string | undefined;
    let word: string | undefined;
    let redirected = false;
    const begin = line();
    const close = (): void => {
      if (word === undefined) return;
      const assignment = /^([A-Z_]+)=(.*)$/s.exec(word);
      if (redirected) into = word;
      else if (words.length === 0 && assignment !== null) {
        env[assignment[1] ?? ""] = assignment[2] ?? "";
      } else words.push(word);
      word = undefined;
      redirected = false;
    };
    for (; at < text.length; at++) {
      const letter = text[at] ?? "";
      if (letter === "\n" || letter === "|" || (inside && letter === ")")) break;
      if (letter === "#" && word === undefined) {
        const end = text.indexOf("\n", at);
        at = (end < 0 ? text.length : end) - 1;
      } else if (letter === "\\" && text[at + 1] === "\n") {
        close();
        at++;
      } else if (letter === " ") close();
      else if (letter === ">") {
        close();
        redirected = true;
      } else if (letter === "<" && text[at + 1] === "(") {
        at += 2;
        program(true);
        word = "/dev/fd/63";
      } else if (letter === "'" || letter === '"') {
        const end = text.indexOf(letter, at + 1);
        if (end < 0) throw new Error(`Cannot read ${JSON.stringify(text)}: a quote is open`);
        word = (word ?? "") + text.slice(at + 1, end);
        at = end;
      } else if (";&`<()$\\".includes(letter)) {
        throw new Error(
          `Cannot read ${JSON.stringify(text)}: ${letter} is more than a document needs`,
        );
      } else word = (word ?? "") + letter;
    }
    close();
    if (words.length > 0) {
      found.push({ words, env, line: begin, ...(into === undefined ? {} : { into }) });
    }
  };

  for (; at < text.length; at++) program(false);
  return found;
}
