/** A file's content: its text, or its bytes where it is not yet known whether they are text. */
export type Content = string | Uint8Array;

/**
 * The text of a file, without a byte order mark at its beginning.
 *
 * @throws {TypeError} for bytes that are not UTF-8
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(strictText(new TextEncoder().encode("\ufeffä")), "ä");
 * assert.equal(strictText("\ufeffä"), "ä");
 * assert.throws(() => strictText(new Uint8Array([0xff])), TypeError);
 * ```
 */
export function strictText(content: Content): string {
  if (typeof content !== "string") return new TextDecoder("utf-8", { fatal: true }).decode(content);
  return content.startsWith("\ufeff") ? content.slice(1) : content;
}
