/** What stands in the place of a secret. */
export const REDACTED = "******";

/** Parts of a name that say secret, wherever they stand. */
export const SECRET_PARTS = ["secret", "token", "password", "passwd", "passphrase", "credential"];

/**
 * Words of a name that say secret. Only as whole words: `auth` is not `author`, `sk` not `disk`;
 * a number behind them is nothing but a second one.
 */
const SECRET_WORD = new RegExp(
  "^(?:(?:s3|oss|obs|cos|tos|gcs|bos)?[as]k|accessid|pwd?|psw|pin|passcode|creds?|sas|sig|" +
    "signature|hmac|o?auth[nz]?|authorization|bearer|jwt|cookie|t?otp|dsn|pem|p12|pfx|pkcs12|" +
    "private)\\d*$",
  "i",
);

/**
 * Words that say secret where they end a name: a `session` or a `pat` is one, `session_timeout`,
 * `access-mode`, `kms_region` and `pat_file` only tell of one.
 */
const SECRET_LAST = /^(?:access|session|pat|sts|kms|sid)\d*$/i;

/** Words behind it that still mean the thing itself. */
const THE_THING = /^(?:id|value|data|string|str|text|content|b64|base64)\d*$/i;

/** A connection string holds the key of its account. */
const CONNECTION_STRING = /conn(?:ection)?[^a-z0-9]*str(?:ing)?\d*$/i;

/** What a word may end with that says secret: `dbpass`, but neither `bypass` nor `compass`. */
const SECRET_END = /(?:(?<!by|com)pass|[a-z]pw)\d*$/i;

/** `key` counts only as a word or a word's end: Fluid's own tests set `key1`. */
const KEY_WORD = /key(?:s|id)?$/i;

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
  if (SECRET_PARTS.some((part) => lower.includes(part)) || CONNECTION_STRING.test(name)) {
    return true;
  }
  const words = name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return words.some((word, index) =>
    KEY_WORD.test(word) || SECRET_END.test(word) || SECRET_WORD.test(word) ||
    SECRET_LAST.test(word) && words.slice(index + 1).every((next) => THE_THING.test(next))
  );
}
