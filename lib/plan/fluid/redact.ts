/** What stands in the place of a secret. */
export const REDACTED = "******";

/** Where Fluid mounts the secrets that a Dataset names. Fluid: CacheRuntime, encryptOptions. */
export const SECRETS_FOLDER = "/etc/fluid/secrets/";

const SECRET_WORDS = ["secret", "token", "password", "passwd", "passphrase", "credential"];

/**
 * Whether a value of this name must never be shown: its name says secret, token, password or key.
 * `key` counts only as a whole word or a word's end, for Fluid's own tests set `key1`.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert(isSecretName("s3.credentials.access"));
 * assert(isSecretName("access-key"));
 * assert(!isSecretName("key1"));
 * ```
 */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  if (SECRET_WORDS.some((word) => lower.includes(word))) return true;
  return lower.includes("key") &&
    name.split(/[._-]|(?<=[a-z0-9])(?=[A-Z])/).some((word) => /keys?$/i.test(word));
}

/**
 * Text without the passwords of the addresses in it: `mysql://user:pass@host` is a usual form of
 * `transfer.store_url`, whose name says nothing of a secret.
 */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(:\/\/[^\s/:@]*:)[^\s/]+@/g, `$1${REDACTED}@`);
}

/** A value as a message may quote it: in double quotes, shortened, and not at all if secret. */
export function quoteValue(name: string, value: unknown): string {
  if (isSecretName(name)) return `"${REDACTED}"`;
  const text = withoutPasswords(JSON.stringify(value) ?? String(value));
  return text.length <= 120 ? text : `${text.slice(0, 116)}…"`;
}
