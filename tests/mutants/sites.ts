/** One small change of a module that its tests should notice. */
export interface Site {
  /** Where it begins in the text, and how long it is. */
  readonly at: number;
  readonly length: number;
  /** What takes its place. */
  readonly instead: string;
}

/** An operator and what takes its place; deno fmt puts blanks around binary ones. */
const SWAPS: readonly (readonly [pattern: RegExp, instead: Readonly<Record<string, string>>])[] = [
  [/(?<=\S )(?:===|!==|<=|>=|<|>)(?=\s)/g, {
    "===": "!==",
    "!==": "===",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
  }],
  [/(?<=\s)(?:&&|\|\|)(?=\s)/g, { "&&": "||", "||": "&&" }],
  [/\b(?:true|false)\b/g, { "true": "false", "false": "true" }],
  [/(?<=\s[+-] )1\b(?!\.)/g, { "1": "2" }],
  [/(?<=[\s(])!(?=[\w(/[])/g, { "!": "" }],
];

/** Lines that say something of types only: changing them changes nothing. */
const OF_TYPES = /^\s*(?:readonly |export type |type |export interface |import |\| )/;

/** Every place of a module's code where a mutant can be made. Comments and texts are left alone. */
export function sitesOf(source: string): Site[] {
  const code = withoutTexts(source);
  const found: Site[] = [];
  for (const [pattern, instead] of SWAPS) {
    for (const match of code.matchAll(pattern)) {
      const line = code.slice(
        code.lastIndexOf("\n", match.index) + 1,
        code.indexOf("\n", match.index),
      );
      if (OF_TYPES.test(line)) continue;
      const [text] = match;
      found.push({ at: match.index, length: text.length, instead: instead[text] ?? "" });
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

/** The module with the change made. */
export function mutate(source: string, { at, length, instead }: Site): string {
  return source.slice(0, at) + instead + source.slice(at + length);
}

/** The same text with blanks in the place of comments, strings and regular expressions. */
export function withoutTexts(source: string): string {
  // What may stand before an expression: there a slash begins a regular expression.
  const pattern =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=(?:[(,=:[!&|?{};]|=>|return)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;
  return withoutTemplates(source.replaceAll(pattern, blank));
}

/** Templates keep what stands in `${…}`: that is code. */
function withoutTemplates(code: string): string {
  let out = "";
  // For each template that we are in, how many braces are open in its expression; -1 in its text.
  const depth: number[] = [];
  for (let at = 0; at < code.length; at++) {
    const character = code[at] ?? "";
    const inText = depth.at(-1) === -1;
    if (inText && character === "\\") {
      out += "  ";
      at++;
    } else if (character === "`") {
      if (inText) depth.pop();
      else depth.push(-1);
      out += " ";
    } else if (inText && character === "$" && code[at + 1] === "{") {
      depth[depth.length - 1] = 0;
      out += "  ";
      at++;
    } else if (inText) out += character === "\n" ? "\n" : " ";
    else {
      const open = depth.at(-1);
      if (open !== undefined && character === "{") depth[depth.length - 1] = open + 1;
      if (open !== undefined && character === "}") depth[depth.length - 1] = open - 1;
      out += character;
    }
  }
  return out;
}

function blank(text: string): string {
  // The marks stay, so that a template's backtick inside of them cannot be taken for one.
  return text.replaceAll(/[^\n]/g, " ");
}
