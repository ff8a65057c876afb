import { REDACTED } from "../plan/fluid/redact.ts";

/** Shorter parts of a secret are too common in ordinary text to be taken out. */
const MIN_LINE = 6;

/**
 * Takes known secrets out of text that others wrote: Curvine's cli prints the whole configuration
 * of a mount, values included, and quotes a pair that it cannot read.
 *
 * @param secrets the values; the shapes that a URL, JSON or a quoted string gives them are also
 * taken out
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const redact = redactor(["hush/hush"]);
 * assert.equal(redact("-c s3.secret=hush/hush"), "-c s3.secret=******");
 * assert.equal(redact("?secret=hush%2Fhush"), "?secret=******");
 * ```
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const shapes = new Set<string>();
  for (const secret of secrets) {
    const lines = secret.split("\n").map((line) => line.trim());
    for (const part of [secret, ...lines.filter((line) => line.length >= MIN_LINE)]) {
      for (const shape of shapesOf(part)) if (shape.trim() !== "") shapes.add(shape);
    }
  }
  // The longest first: a secret may be a part of another.
  const sorted = [...shapes].sort((a, b) => b.length - a.length);
  return (text) => sorted.reduce((rest, shape) => takeOut(rest, shape), text);
}

function* shapesOf(secret: string): Generator<string> {
  yield secret;
  yield secret.trim();
  if (!secret.isWellFormed()) return;
  yield encodeURIComponent(secret);
  yield JSON.stringify(secret).slice(1, -1);
}

function takeOut(text: string, secret: string): string {
  if (secret.length >= MIN_LINE) return text.replaceAll(secret, REDACTED);
  // A short one ("a", "true") stands in many words; it is taken out where it stands alone.
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return text.replace(new RegExp(`(?<![\\w])${escaped}(?![\\w])`, "g"), REDACTED);
}
