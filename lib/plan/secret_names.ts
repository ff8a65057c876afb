/** What stands in the place of a secret. */
export const REDACTED = "******";

/** Parts of a name that say secret, wherever they stand. */
export const SECRET_PARTS = ["secret", "token", "password", "passwd", "passphrase", "credential"];

/**
 * Words of a name that say secret. Only as whole words: `auth` is not `author`, `sk` not `disk`;
 * a number behind them is nothing but a second one. Words and no pattern, here and below: every
 * start asks for some names, and to make a pattern takes longer than all its matching.
 */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ...["", "s3", "oss", "obs", "cos", "tos", "gcs", "bos"].flatMap((of) => [`${of}ak`, `${of}sk`]),
  ...[
    "accessid",
    "pw",
    "pin",
    "passcode",
    "cred",
    "creds",
    "sas",
    "sig",
    "signature",
  ],
  ...["hmac", "auth", "authn", "authz", "oauth", "oauthn", "oauthz", "authorization", "bearer"],
  ...["jwt", "cookie", "otp", "totp", "dsn", "pem", "p12", "pfx", "pkcs12", "private"],
]);

/**
 * Words that say secret where they end a name: a `session` or a `pat` is one, `session_timeout`,
 * `access-mode`, `kms_region` and `pat_file` only tell of one.
 */
const SECRET_LAST: ReadonlySet<string> = new Set(
  ["access", "session", "pat", "sts", "kms", "sid", "keytab"],
);

/** Words behind it that still mean the thing itself. */
const THE_THING: ReadonlySet<string> = new Set(
  ["id", "value", "data", "string", "str", "text", "content", "b64", "base64"],
);

/** A connection string holds the key of its account. */
const CONNECTION_STRING = /conn(?:ection)?[^a-z0-9]*str(?:ing)?\d*$/;

/**
 * What a word may end with that says secret, misspelt too: `dbpass`, `DBPWD`, but neither `bypass`
 * nor `compass`.
 */
const SECRET_END = /(?:(?<!by|com)pass|pass?w(?:or|r)?[dt]|ps?wd|psw|[a-z]pw)\d*$/;

/** `key` counts only as a word or a word's end: Fluid's own tests set `key1`. */
const KEY_ENDS = ["key", "keys", "keyid"];

/**
 * Whether a value of this name must never be shown: its name says secret, token, password, key or
 * one of the short words that object stores and their sign-ins have for them.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert(isSecretName("s3.credentials.access"));
 * assert(isSecretName("access-key"));
 * assert(isSecretName("oss.ak"));
 * assert(!isSecretName("session_timeout"));
 * assert(!isSecretName("key1"));
 * ```
 */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  if (SECRET_PARTS.some((part) => lower.includes(part))) return true;
  if (lower.includes("conn") && CONNECTION_STRING.test(lower)) return true;
  const words = name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => word.toLowerCase());
  return words.some((word, index) =>
    KEY_ENDS.some((end) => word.endsWith(end)) || endsSecret(word) || isOneOf(word, SECRET_WORDS) ||
    isOneOf(word, SECRET_LAST) && words.slice(index + 1).every((next) => isOneOf(next, THE_THING))
  );
}

function endsSecret(word: string): boolean {
  const may = word.includes("pas") || word.includes("pw") || word.includes("psw");
  return may && SECRET_END.test(word);
}

/** Whether a word is one of these, with any number behind it. */
function isOneOf(word: string, words: ReadonlySet<string>): boolean {
  for (let end = word.length; end > 0; end--) {
    if (words.has(word.slice(0, end))) return true;
    const last = word[end - 1] ?? "";
    if (last < "0" || last > "9") return false;
  }
  return false;
}
