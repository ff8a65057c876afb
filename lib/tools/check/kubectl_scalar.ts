/**
 * What `kubectl` makes of plain (unquoted) YAML text: `null`, a switch, a number, or text. It reads
 * YAML 1.1, where `yes`, `on` and `y` are switches, `012` and `0o22` are octal and `1_000` has a
 * separator; numbers of base 60 and dates, which YAML 1.1 has too, stay text.
 *
 * Fluid: What kubectl and Kubernetes make of a manifest.
 *
 * @returns NaN and the infinities for `.nan` and `.inf`, which JSON cannot hold
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(kubectlScalar("yes"), true);
 * assert.equal(kubectlScalar("0o22"), 18);
 * assert.equal(kubectlScalar("1_000"), 1000);
 * assert.equal(kubectlScalar("12:30:45"), "12:30:45");
 * ```
 */
export function kubectlScalar(text: string): string | number | bigint | boolean | null {
  if (Object.hasOwn(WORDS, text)) return WORDS[text] ?? null;
  // A letter other than those of the words begins text; so does a quote, a slash and all the rest.
  if (!/^[-+.\d]/.test(text)) return text;
  if (text.startsWith(".")) {
    return FLOAT_OF_DOT.test(text) ? Number(text.replaceAll("_", "")) : text;
  }
  if (DATE.test(text)) return text;
  const plain = text.replaceAll("_", "");
  const integer = goInteger(plain);
  if (integer !== undefined) return integer;
  const float = FLOAT.test(plain) ? Number(plain) : undefined;
  return float !== undefined && Number.isFinite(float) ? float : text;
}

const WORDS: Readonly<Record<string, boolean | number | null>> = {
  ...cases(true, "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"),
  ...cases(false, "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"),
  ...cases(null, "", "~", "null", "Null", "NULL"),
  ...cases(NaN, ".nan", ".NaN", ".NAN"),
  ...cases(Infinity, ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"),
  ...cases(-Infinity, "-.inf", "-.Inf", "-.INF"),
};

const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** Here an underscore counts only between two digits. */
const FLOAT_OF_DOT = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/;
/** A date stays text, though its year and dashes begin like a number. */
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ])/;

function cases<T>(value: T, ...words: string[]): Record<string, T> {
  return Object.fromEntries(words.map((word) => [word, value]));
}

/** An integer as Go reads it with base 0; `undefined` for none, or one beyond 64 bits. */
function goInteger(text: string): number | bigint | undefined {
  const [, sign = "", digits = ""] = /^([-+]?)(\d[\da-zA-Z]*)$/.exec(text) ?? [];
  const literal = /^0[xX][\da-fA-F]+$|^0[oO][0-7]+$|^0[bB][01]+$|^0$|^[1-9]\d*$/.test(digits)
    ? digits
    : /^0[0-7]+$/.test(digits)
    ? `0o${digits.slice(1)}`
    : undefined;
  if (literal === undefined) return undefined;
  const value = sign === "-" ? -BigInt(literal) : BigInt(literal);
  // Without a sign Go tries an unsigned integer too.
  const most = sign === "" ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  if (value > most || value < -(2n ** 63n)) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
