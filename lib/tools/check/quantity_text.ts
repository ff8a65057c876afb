/** A quantity as Kubernetes hands it on. */
export interface QuantityText {
  /** Mostly the canonical spelling: `0.5Gi` becomes `512Mi`, `01Gi` stays. */
  readonly text: string;
  readonly zero: boolean;
}

/** Everything counts in 10^-9, the least that Kubernetes keeps. */
const NANO = 10n ** 9n;
/** A binary quantity beyond this is cut down to it. */
const MOST = 2n ** 63n - 1n;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const FORM = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[+-]?\d*)$/;
const MAX_EXPONENT = 400;

/**
 * A quantity as it stands in what Kubernetes' Go code writes: read by `ParseQuantity`, written by
 * `String`. It keeps a text that it takes for canonical (a sign and zeros in front included), and
 * spells out every other. From 10^21 on there is no suffix, and none is written: `1e21` as
 * `1000000000000000000000` becomes `1`.
 *
 * Fluid: What kubectl and Kubernetes make of a manifest.
 *
 * @returns `undefined` for what is no quantity
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(quantityText("0.5Gi")?.text, "512Mi");
 * assert.equal(quantityText("1024Ki")?.text, "1Mi");
 * assert.equal(quantityText("01Gi")?.text, "01Gi");
 * assert.equal(quantityText("10 GB"), undefined);
 * ```
 */
export function quantityText(given: string): QuantityText | undefined {
  const text = given.trim();
  if (text === "0") return { text, zero: true };
  if (text === "" || text.length > 400) return undefined;
  // Zeros in front are dropped first, so that a sign or nothing alone counts as 0.
  if (/^[+-]?0*$/.test(text)) return { text: "0", zero: true };
  const [match, sign = "", digits = "", fraction = "", suffix = ""] = FORM.exec(text) ?? [];
  if (match === undefined) return undefined;
  const unit = unitOf(suffix);
  if (unit === undefined) return undefined;
  const number = digits.replace(/^0+/, "") || "0";
  const value = BigInt(number + fraction);
  const isFast = fastPath(number, fraction, unit);
  if (isFast && keepsText(number + fraction, value, fraction.length, unit)) {
    return { text, zero: false };
  }
  const nanos = inNanos(value, fraction.length, unit);
  if (nanos === 0n) return { text: "0", zero: true };
  return { text: `${sign === "-" ? "-" : ""}${canonical(nanos, unit)}`, zero: false };
}

interface Unit {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: "binary" | "decimal" | "exponent";
}

function unitOf(suffix: string): Unit | undefined {
  const decimal = DECIMAL.indexOf(suffix);
  if (decimal >= 0) return { base: 10, exponent: (decimal - 3) * 3, format: "decimal" };
  const binary = BINARY.indexOf(suffix);
  if (binary >= 0) return { base: 2, exponent: binary * 10, format: "binary" };
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  if (exponent === undefined || Math.abs(Number(exponent)) > MAX_EXPONENT) return undefined;
  return { base: 10, exponent: Number(exponent), format: "exponent" };
}

/** Whether Go keeps the number in 64 bits. */
function fastPath(number: string, fraction: string, { format, exponent }: Unit): boolean {
  if (format === "binary") {
    const precision = 15 - number.length - Math.trunc(exponent * 3 / 10) - 1;
    return fraction === "" && precision >= 0;
  }
  return 18 - number.length - fraction.length >= 0 && exponent - fraction.length >= -9;
}

/** Whether Go takes the text for canonical; it is not too strict about that. */
function keepsText(digits: string, value: bigint, places: number, unit: Unit): boolean {
  return unit.format === "binary"
    ? (value & 7n) !== 0n
    : (unit.exponent - places) % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
}

function inNanos(value: bigint, places: number, unit: Unit): bigint {
  const tens = (unit.base === 10 ? unit.exponent : 0) - places + 9;
  let nanos = value * (unit.base === 2 ? 2n ** BigInt(unit.exponent) : 1n);
  if (tens >= 0) nanos *= 10n ** BigInt(tens);
  else {
    const divisor = 10n ** BigInt(-tens);
    // Too little is rounded up: who asks for some shall have some.
    nanos = (nanos + divisor - 1n) / divisor;
  }
  return unit.format === "binary" && nanos > MOST * NANO ? MOST * NANO : nanos;
}

function canonical(nanos: bigint, { format }: Unit): string {
  const isBinary = format === "binary" && nanos >= 1024n * NANO && nanos % NANO === 0n;
  if (isBinary) {
    const [amount, times] = withoutFactors(nanos / NANO, 1024n);
    return `${amount}${BINARY[times] ?? ""}`;
  }
  const [amount, times] = withoutFactors(nanos, 10n);
  const exponent = Math.floor((times - 9) / 3) * 3;
  const number = amount * 10n ** BigInt(times - 9 - exponent);
  if (format !== "exponent") return `${number}${DECIMAL[exponent / 3 + 3] ?? ""}`;
  return exponent === 0 ? String(number) : `${number}e${exponent}`;
}

function withoutFactors(value: bigint, factor: bigint): [bigint, number] {
  let times = 0;
  for (; value % factor === 0n; value /= factor) times++;
  return [value, times];
}
