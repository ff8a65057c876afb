/** Where text stops being JSON, and what could have stood there. */
export interface JsonFault {
  /** UTF-16 units from the start; the text's length where it ends too early. */
  readonly offset: number;
  readonly wanted: string;
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Finds the first place where text is not JSON. The engine's parser knows it too, but tells it in
 * words that quote the text. Only called for text that is known to be bad and not deep.
 */
export function findJsonFault(text: string): JsonFault {
  let offset = 0;
  let fault: JsonFault | undefined;

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match !== null) offset += match[0].length;
    return match !== null;
  };
  const string = (): boolean => {
    const end = text[offset] === '"' ? endOfString(text, offset) : offset;
    const bad = badInString(text, offset, end);
    if (bad !== undefined) {
      fault ??= bad;
      return false;
    }
    if (end > offset) offset = end + 1;
    return end + 1 === offset;
  };
  const takeCharacter = (character: string): boolean => {
    take(SPACE);
    if (text[offset] !== character) return false;
    offset++;
    return true;
  };
  const expect = (done: boolean, wanted: string): boolean => {
    if (!done) fault ??= { offset, wanted };
    return done;
  };
  const list = (close: string, item: () => boolean): boolean => {
    if (takeCharacter(close)) return true;
    do {
      if (!item()) return false;
    } while (takeCharacter(","));
    return expect(takeCharacter(close), `"," or "${close}"`);
  };
  const key = (): boolean => {
    take(SPACE);
    return expect(string(), "a name in double quotes") &&
      expect(takeCharacter(":"), '":"') && value();
  };
  const value = (): boolean => {
    if (takeCharacter("{")) return list("}", key);
    if (takeCharacter("[")) return list("]", value);
    return expect(string() || take(SCALAR), "a value");
  };

  if (value()) {
    take(SPACE);
    fault = { offset, wanted: "the end" };
  }
  return fault ?? { offset, wanted: "JSON" };
}

/**
 * Where the string that opens at `offset` closes: its last quote, or the text's end. A loop, for a
 * pattern that repeats an alternative runs out of stack on a string of megabytes.
 */
export function endOfString(text: string, offset: number): number {
  for (let at = offset + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** What is wrong inside a string: a control character, an unknown escape, no end. */
function badInString(text: string, start: number, end: number): JsonFault | undefined {
  for (let at = start + 1; at < end; at++) {
    if (text.charCodeAt(at) < 0x20) return { offset: at, wanted: "an escape or a closing quote" };
    if (text[at] !== "\\") continue;
    const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[0];
    if (escape === undefined) return { offset: at, wanted: "one of JSON's escapes" };
    at += escape.length;
  }
  return end >= text.length && end > start
    ? { offset: text.length, wanted: "a closing quote" }
    : undefined;
}
