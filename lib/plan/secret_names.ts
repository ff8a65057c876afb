/** What stands in the place of a secret. */
export const REDACTED = "******";

/** Parts of a name that say secret, wherever they stand. */
const SECRET_PARTS = ["secret", "token", "password", "passwd", "passphrase", "credential"];

/**
 * Words of a name that say secret. Only as whole words: `auth` is not `author`, `sk` not `disk`;
 * a number behind them is nothing but a second one.
 */
const SECRET_WORD = new RegExp(
  "^(?:(?:s3|oss|obs|cos|tos|gcs|bos)?[as]k|access(?:id)?|pwd?|psw|pin|passcode|creds?|sas|sig|" +
    "signature|hmac|o?auth[nz]?|authorization|bearer|jwt|cookie|otp|dsn|pem|private)\\d*$",
  "i",
);

/** What a word may end with that says secret: `dbpass`, but neither `bypass` nor `compass`. */
const SECRET_END = /(?:(?<!by|com)pass|[a-z]pw)\d*$/i;

/** `key` counts only as a word or a word's end: Fluid's own tests set `key1`. */
const KEY_WORD = /key(?:s|id)?$/i;

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
    KEY_WORD.test(word) || SECRET_END.test(word) ||
    SECRET_WORD.test(word) && (word.toLowerCase() !== "access" || isLast(words, index))
  );
}

/** Whether no word but `id` follows: `access` alone says secret in `access-id`, not in a mode. */
function isLast(words: readonly string[], index: number): boolean {
  return words.slice(index + 1).every((word) => word.toLowerCase() === "id");
}

/**
 * All of a value that is one address of a database's, up to its last `@`: a password may hold
 * anything, and what looks like a port there may be its beginning.
 */
const STORE_ADDRESS =
  /^(\s*(?:jdbc:)?(?:mysql|mariadb|postgres|postgresql|redis|rediss|mongodb|amqp)(?:\+\w+)?:\/\/)([^:]*):(?!\d{1,5}(?:[,/?][^@]*)?$)(?!.*:\/\/)(.*)@/is;

/**
 * `user:password@`, with or without a scheme in front; the password may itself hold `/`, `:` and
 * `@`. Not the port of `h:80/x@y`.
 */
const ADDRESS =
  /(^|[\s"'`=,;(]|\/\/)([^\s/:@"'`=,;(]*):(?!\/\/|\d{1,5}(?:[/,;?#\s]|$))([^\s"'`]{1,512})@/g;
/**
 * A name, perhaps in quotes, and what stands between it and its value: `name=value` as URLs, libpq
 * and ADO have it, `"name": "value"` as JSON has it, also within a string, and `name: value` as
 * YAML, headers and Rust's own notation do.
 */
const NAME = /(?<![\w.-])(\\?["']|)([A-Za-z_-][\w.-]{0,200})\1(\s*=\s*|\s*:\s*(?!\/\/))/g;
/** The value: in quotes or braces, or up to what ends it; a comma does so only before a pair. */
const VALUE = new RegExp(
  `\\\\"(?:(?!\\\\").)*\\\\"|"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\\{[^{}]*\\}|` +
    `(?:Some\\()?"(?:[^"\\\\]|\\\\.)*"\\)?|` +
    "(?:[^\\s&;,\"'`)\\]}]|[,)\\]}](?!\\s|$|[\\w.-]+=))+",
  "y",
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
  const addresses = text
    .replace(STORE_ADDRESS, `$1$2:${REDACTED}@`)
    .replace(ADDRESS, (_, before: string, user: string) => `${before}${user}:${REDACTED}@`)
    .replace(HEADER, `$1$2${REDACTED}`)
    .replace(JWT, REDACTED);
  return withoutNamed(addresses);
}

/** Text without the values of names that say secret. What is none may hold others: `a: {sk: x}`. */
function withoutNamed(text: string): string {
  let done = 0;
  let shown = "";
  for (const { index, 0: head, 1: quote = "", 2: name = "" } of text.matchAll(NAME)) {
    if (index < done || !isSecretName(name)) continue;
    VALUE.lastIndex = index + head.length;
    const value = VALUE.exec(text)?.[0];
    if (value === undefined) continue;
    if (quote === "" && !head.includes("=") && !saysSecret(name, value)) continue;
    shown += `${text.slice(done, index)}${head}${hidden(value)}`;
    done = index + head.length + value.length;
  }
  return shown + text.slice(done);
}

/** How a sentence about a name goes on: `secret-key: is missing`. */
const SENTENCE =
  /^(?:is|are|was|has|have|holds|sets|names|must|may|cannot|can|does|the|a|an|no|not|of|[Bb]earer|[Bb]asic)$/;

/** Whether `name: value` is a secret and its name, not a sentence such as `no such key: x`. */
function saysSecret(name: string, value: string): boolean {
  if (SENTENCE.test(value)) return false;
  const lower = name.toLowerCase();
  return /^(?:Some\(|["'\\])/.test(value) && !/^keys?$/.test(lower) ||
    SECRET_PARTS.some((part) => lower.includes(part)) ||
    /^(?:pwd?|psw|authorization)$|[a-z][_-]?key$/.test(lower);
}

/** What was in quotes stays in quotes, so that what is made of it can still be read. */
function hidden(value: string): string {
  const quote = /^\\?["']/.exec(value)?.[0] ?? "";
  return `${quote}${REDACTED}${quote}`;
}

/** A value as a message may quote it: in double quotes, shortened, and not at all if secret. */
export function quoteValue(name: string, value: unknown): string {
  if (isSecretName(name)) return `"${REDACTED}"`;
  const plain = typeof value === "string" ? withoutPasswords(value) : value;
  const text = JSON.stringify(plain) ?? String(plain);
  return text.length <= 120 ? text : `${text.slice(0, 116)}…"`;
}
