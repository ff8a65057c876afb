import { type JSONVisitor, visit } from "jsonc-parser";

/** Where text stops being JSON, and what could have stood there. */
export interface JsonFault {
  /** UTF-16 units from the start; the text's length where it ends too early. */
  readonly offset: number;
  readonly wanted: string;
}

/**
 * The parser's errors, jsonc-parser's `ParseErrorCode`: to import that is to load all of the package,
 * whose tables cost every start half a millisecond (see the build's import map).
 */
const Code = {
  PropertyNameExpected: 3,
  ValueExpected: 4,
  ColonExpected: 5,
  CommaExpected: 6,
  CloseBraceExpected: 7,
  CloseBracketExpected: 8,
  EndOfFileExpected: 9,
  InvalidCommentToken: 10,
  UnexpectedEndOfComment: 11,
  UnexpectedEndOfString: 12,
  UnexpectedEndOfNumber: 13,
  InvalidUnicode: 14,
  InvalidEscapeCharacter: 15,
  InvalidCharacter: 16,
} as const;

/** What they mean. */
const WANTED: Readonly<Record<number, string>> = {
  [Code.PropertyNameExpected]: "a name in double quotes",
  [Code.ValueExpected]: "a value",
  [Code.ColonExpected]: '":"',
  [Code.CloseBraceExpected]: '"," or "}"',
  [Code.CloseBracketExpected]: '"," or "]"',
  [Code.EndOfFileExpected]: "the end",
  [Code.UnexpectedEndOfString]: "a closing quote",
  [Code.InvalidUnicode]: "text with none but JSON's escapes",
  [Code.InvalidEscapeCharacter]: "text with none but JSON's escapes",
  [Code.InvalidCharacter]: "text without control characters",
  [Code.UnexpectedEndOfNumber]: "a whole number",
  [Code.InvalidCommentToken]: "no comment",
  [Code.UnexpectedEndOfComment]: "no comment",
};

const WANTED_ELSE = "a value or a name in double quotes";

/**
 * Finds the first place where text is not JSON. The engine's parser knows it too, but tells it in
 * words that quote the text. Only called for text that is known to be bad and not deep.
 */
export function findJsonFault(text: string): JsonFault {
  let fault: JsonFault | undefined;
  let complete = false;
  const open: string[] = [];
  const close = (): void => {
    open.pop();
    complete = open.length === 0;
  };
  const visitor: JSONVisitor = {
    onObjectBegin: () => {
      open.push("}");
    },
    onArrayBegin: () => {
      open.push("]");
    },
    onObjectEnd: close,
    onArrayEnd: close,
    onLiteralValue: () => {
      complete ||= open.length === 0;
    },
    onError: (code, offset, length) => {
      // A text that does not end lacks its quote at its end, not where it begins.
      const at = code === Code.UnexpectedEndOfString ? offset + length : offset;
      const wanted = code === Code.CommaExpected ? `"," or "${open.at(-1)}"` : WANTED[code];
      fault ??= { offset: at, wanted: complete ? "the end" : wanted ?? WANTED_ELSE };
    },
  };
  visit(text, visitor, { disallowComments: true });
  return fault ?? { offset: 0, wanted: "JSON" };
}
