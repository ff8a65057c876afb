import { type JSONVisitor, printParseErrorCode, visit } from "jsonc-parser";

/** Where text stops being JSON, and what could have stood there. */
export interface JsonFault {
  /** UTF-16 units from the start; the text's length where it ends too early. */
  readonly offset: number;
  readonly wanted: string;
}

/** What the parser's errors mean. */
const WANTED: Readonly<Record<string, string>> = {
  PropertyNameExpected: "a name in double quotes",
  ValueExpected: "a value",
  ColonExpected: '":"',
  CloseBraceExpected: '"," or "}"',
  CloseBracketExpected: '"," or "]"',
  EndOfFileExpected: "the end",
  UnexpectedEndOfString: "a closing quote",
  InvalidUnicode: "text with none but JSON's escapes",
  InvalidEscapeCharacter: "text with none but JSON's escapes",
  InvalidCharacter: "text without control characters",
  UnexpectedEndOfNumber: "a whole number",
  InvalidCommentToken: "no comment",
  UnexpectedEndOfComment: "no comment",
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
      const name = printParseErrorCode(code);
      // A text that does not end lacks its quote at its end, not where it begins.
      const at = name === "UnexpectedEndOfString" ? offset + length : offset;
      const wanted = name === "CommaExpected" ? `"," or "${open.at(-1)}"` : WANTED[name];
      fault ??= { offset: at, wanted: complete ? "the end" : wanted ?? WANTED_ELSE };
    },
  };
  visit(text, visitor, { disallowComments: true });
  return fault ?? { offset: 0, wanted: "JSON" };
}
