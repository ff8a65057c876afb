/** A stage of a pipeline: takes lines, gives lines, and ends with an exit code. */
export type LineFilter =
  | {
    readonly kind: "grep";
    readonly expression: RegExp;
    /** Lines that do not match. */
    readonly inverted: boolean;
    readonly count: boolean;
    readonly quiet: boolean;
  }
  | { readonly kind: "count-lines" };

/**
 * Reads `grep [-vciqEFx] PATTERN` or `wc -l`, all that Fluid lets stand behind a pipe.
 *
 * Source: Fluid, Every command that Fluid runs.
 *
 * @returns `undefined` for anything else
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readFilter(["wc", "-l"]), { kind: "count-lines" });
 * assert.equal(readFilter(["tail", "-n1"]), undefined);
 * ```
 */
export function readFilter(words: readonly string[]): LineFilter | undefined {
  const [name, ...args] = words;
  if (name === "wc") {
    return args.length === 1 && args[0] === "-l" ? { kind: "count-lines" } : undefined;
  }
  if (name !== "grep") return undefined;
  const options = args.filter((arg) => /^-./.test(arg));
  const [pattern, ...more] = args.filter((arg) => !options.includes(arg));
  const letters = options.map((option) => option.slice(1)).join("");
  if (!/^[vciqEFx]*$/.test(letters) || pattern === undefined || more.length > 0) return undefined;
  const expression = toExpression(pattern, letters);
  return expression === undefined ? undefined : {
    kind: "grep",
    expression,
    inverted: letters.includes("v"),
    count: letters.includes("c"),
    quiet: letters.includes("q"),
  };
}

function toExpression(pattern: string, letters: string): RegExp | undefined {
  const source = letters.includes("F")
    ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    : letters.includes("E")
    ? pattern
    : basicToExtended(pattern);
  try {
    return new RegExp(
      letters.includes("x") ? `^(?:${source})$` : source,
      letters.includes("i") ? "iu" : "u",
    );
  } catch {
    return undefined;
  }
}

/** GNU grep's basic expressions: `+?(){}|` are letters unless a backslash stands before them. */
function basicToExtended(pattern: string): string {
  return pattern.replace(/\\(.)|\[\^?\]?[^\]]*\]|[+?(){}|]|^\*/gs, (found, escaped?: string) => {
    if (escaped !== undefined) return /[+?(){}|]/.test(escaped) ? escaped : found;
    return found.startsWith("[") ? found : `\\${found}`;
  });
}

/** Runs lines through filters. */
export class FilterChain {
  readonly #counts: number[];
  #rest = "";

  constructor(
    private readonly filters: readonly LineFilter[],
    private readonly print: (line: string) => void,
  ) {
    this.#counts = filters.map(() => 0);
  }

  /** Takes text as it comes; only a line that has not ended is kept. */
  write(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#pass(line, 0);
  }

  /** Nothing more comes. @returns the last filter's exit code */
  end(): number {
    if (this.#rest !== "") this.#pass(this.#rest, 0);
    this.filters.forEach((filter, index) => {
      const counts = filter.kind === "count-lines" || filter.count;
      if (counts && !(filter.kind === "grep" && filter.quiet)) {
        this.#pass(String(this.#counts[index]), index + 1);
      }
    });
    const last = this.filters.at(-1);
    return last?.kind === "grep" && this.#counts.at(-1) === 0 ? 1 : 0;
  }

  #pass(line: string, index: number): void {
    const filter = this.filters[index];
    if (filter === undefined) return this.print(line);
    if (filter.kind === "grep" && filter.expression.test(line) === filter.inverted) return;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    if (filter.kind === "grep" && !filter.count && !filter.quiet) this.#pass(line, index + 1);
  }
}
