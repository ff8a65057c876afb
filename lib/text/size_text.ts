const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/**
 * Bytes for people, in the binary unit that fits.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(sizeText(1536 * 2 ** 20), "1.5 GiB");
 * assert.equal(sizeText(512), "512 B");
 * ```
 */
export function sizeText(bytes: number): string {
  let unit = 0;
  let count = bytes;
  while (count >= 1024 && unit < UNITS.length - 1) {
    count /= 1024;
    unit++;
  }
  return `${Math.round(count * 10) / 10} ${UNITS[unit]}`;
}
