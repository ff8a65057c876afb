/**
 * A word as a POSIX shell reads it back. For text that people copy or debug with; nothing of ours
 * is ever handed to a shell.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(shellQuote("/mnt/data"), "/mnt/data");
 * assert.equal(shellQuote("it's $(x)"), `'it'\\''s $(x)'`);
 * ```
 */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
