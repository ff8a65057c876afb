/** Makes text stand out, where that is wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  doubtful(text: string): string;
}

/**
 * The style for a terminal's colours, or none at all.
 *
 * @param isTerminal whether a person looks at it
 * @param env with `NO_COLOR` set to anything, nothing is coloured (no-color.org)
 */
export function styleFor(isTerminal: boolean, env: Readonly<Record<string, string>>): Style {
  const coloured = isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const paint = (code: number) => (text: string): string =>
    coloured && text !== "" ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { bold: paint(1), dim: paint(2), good: paint(32), bad: paint(31), doubtful: paint(33) };
}
