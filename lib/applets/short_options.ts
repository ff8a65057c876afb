/** A small tool's command line. */
export type ShortOptions =
  | {
    readonly ok: true;
    /** The letters of all options, as they came. */
    readonly letters: string;
    readonly operands: readonly string[];
  }
  | { readonly ok: false; readonly fault: string };

/**
 * Reads options of one letter, several behind one dash, before, between or after the operands, as
 * the tools of GNU do; after `--` nothing is an option.
 *
 * @param known the letters that there are
 * @param long other names, such as `{ "--lazy": "l" }`
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readShortOptions(["-lR", "/a", "--", "-b"], "lR"), {
 *   ok: true,
 *   letters: "lR",
 *   operands: ["/a", "-b"],
 * });
 * assert.equal(readShortOptions(["-x"], "lR").ok, false);
 * ```
 */
export function readShortOptions(
  args: readonly string[],
  known: string,
  long: Readonly<Record<string, string>> = {},
): ShortOptions {
  let letters = "";
  const operands: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg === "--") {
      return { ok: true, letters, operands: [...operands, ...args.slice(index + 1)] };
    }
    if (!arg.startsWith("-") || arg === "-") {
      operands.push(arg);
      continue;
    }
    const short = arg.slice(1);
    const found = Object.hasOwn(long, arg)
      ? long[arg]
      : [...short].every((letter) => known.includes(letter))
      ? short
      : undefined;
    if (found === undefined) return { ok: false, fault: `cannot read the option "${arg}"` };
    letters += found;
  }
  return { ok: true, letters, operands };
}
