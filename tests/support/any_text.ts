import fc from "./fast_check.ts";

/**
 * Any text: control characters, every plane of Unicode, halves of surrogate pairs. What
 * `fc.string({ unit: "binary" })` makes too, but that looks through all of Unicode first: seconds
 * for each file of tests.
 *
 * @param maxLength in code points
 */
export function anyText(maxLength = 20): fc.Arbitrary<string> {
  const point = fc.oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xffff }),
    fc.integer({ min: 0x10000, max: 0x10ffff }),
  );
  return fc.array(point, { maxLength }).map((points) => String.fromCodePoint(...points));
}
