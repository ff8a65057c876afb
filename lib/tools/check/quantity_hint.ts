import { parseQuantity } from "../../plan/fluid/quantity.ts";

const UNITS = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "M", "G", "T", "P", "E"];

/**
 * The quantity that a text most likely means: `10GB` is `10G`, `10gib` and `10 Gi` are `10Gi`.
 *
 * @returns `undefined` where no unit is near
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(quantityHint("10 gib"), 'write "10Gi"');
 * assert.equal(quantityHint("half"), undefined);
 * ```
 */
export function quantityHint(text: string): string | undefined {
  const [, number, given] = /^\s*\+?(\d{1,18}(?:[._]\d{1,9})?)\s*([a-z]{1,5})?\s*$/i.exec(text) ??
    [];
  if (number === undefined) return undefined;
  const bare = given?.replace(/b(?:ytes?)?$/i, "").toLowerCase() ?? "";
  const unit = bare === "" ? "" : UNITS.find((one) => one.toLowerCase() === bare);
  if (unit === undefined) return undefined;
  const proposed = `${number.replaceAll("_", "")}${unit}`;
  try {
    parseQuantity(proposed);
  } catch {
    return undefined;
  }
  return `write "${proposed}"`;
}
