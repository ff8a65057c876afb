/** What stands in the place of a secret. */
export const REDACTED = "******";

/** Parts of a name that say secret, wherever they stand. */
const SECRET_PARTS = ["secret", "token", "password", "passwd", "passphrase", "credential"];

/**
 * Words of a name that say secret. Only as whole words: `auth` is not `author`, `sk` not `disk`;
 * a number behind them is nothing but a second one.
 */
const SECRET_WORD =
  /^(?:ak|sk|access|pwd|pass|creds?|sas|sig|signature|auth|authorization|bearer|jwt|cookie|otp|dsn)\d*$/i;

/** `key` counts only as a word or a word's end: Fluid's own tests set `key1`. */
const KEY_WORD = /keys?$/i;

/**
 * Whether a value of this name must never be shown: its name says secret, token, password, key or
 * one of the short words that object stores have for them. The last word decides of `access`:
 * `access-mode` is none.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert(isSecretName("s3.credentials.access"));
 * assert(isSecretName("access-key"));
 * assert(isSecretName("oss.ak"));
 * assert(!isSecretName("key1"));
 * ```
 */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  if (SECRET_PARTS.some((part) => lower.includes(part))) return true;
  const words = name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return words.some((word, index) =>
    KEY_WORD.test(word) ||
    SECRET_WORD.test(word) && (word.toLowerCase() !== "access" || index === words.length - 1)
  );
}

/**
 * `user:password@`, with or without a scheme in front; the password may itself hold `/`, `:` and
 * `@`. Not the port of `h:80/x@y`.
 */
const ADDRESS =
  /(^|[\s"'`=,;(]|:\/\/)([^\s/:@"'`=,;(]*):(?!\/\/|\d{1,5}(?:[/,;?#\s]|$))([^\s"'`]{1,512})@/g;
/** `name=value` as URLs, libpq and ADO have it, and `"name": "value"` as JSON has it. */
const PAIR = new RegExp(
  // The name, perhaps in quotes.
  `(?<![\\w.-])(["']?)([A-Za-z][\\w.-]*)\\1(\\s*=\\s*|(?<=["'])\\s*:\\s*)` +
    // The value in quotes, or up to what ends it: a comma does so only before another pair.
    `("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|` +
    "(?:[^\\s&;,\"'`)\\]}]|[,)\\]}](?!\\s|$|[\\w.-]+=))+)",
  "g",
);
/** What an HTTP header says of who asks. */
const HEADER = /\b(Bearer|Basic)(\s+)[\w.~+/=-]{6,}/gi;
/** A JSON Web Token: two objects and a signature, each in base64. */
const JWT = /\beyJ[\w-]{5,4096}\.eyJ[\w-]{0,8192}\.[\w-]*/g;

/**
 * Text without what is secret whatever it is called: the passwords of the addresses in it, values
 * with a secret's name, and what shows by its form that it is one. `mysql://user:pass@host` and
 * `host=db password=pass` are usual forms of `transfer.store_url`, whose name says nothing.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(withoutPasswords("mysql://root:pw@db/x"), "mysql://root:******@db/x");
 * assert.equal(withoutPasswords("host=db password=pw"), "host=db password=******");
 * ```
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(ADDRESS, (_, before: string, user: string) => `${before}${user}:${REDACTED}@`)
    .replace(
      PAIR,
      (pair: string, quote: string, name: string, between: string, value: string) =>
        isSecretName(name) ? `${quote}${name}${quote}${between}${hidden(value)}` : pair,
    )
    .replace(HEADER, `$1$2${REDACTED}`)
    .replace(JWT, REDACTED);
}

/** What was in quotes stays in quotes, so that what is made of it can still be read. */
function hidden(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? "";
  return `${quote}${REDACTED}${quote}`;
}

/** A value as a message may quote it: in double quotes, shortened, and not at all if secret. */
export function quoteValue(name: string, value: unknown): string {
  if (isSecretName(name)) return `"${REDACTED}"`;
  const plain = typeof value === "string" ? withoutPasswords(value) : value;
  const text = JSON.stringify(plain) ?? String(plain);
  return text.length <= 120 ? text : `${text.slice(0, 116)}…"`;
}
