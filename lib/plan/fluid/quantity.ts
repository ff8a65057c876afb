/** The power of ten or of two that a Kubernetes suffix stands for. */
const SUFFIXES: Readonly<Record<string, readonly [base: 2n | 10n, power: number]>> = {
  "": [10n, 0],
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};

const FORM =
  /^([+-]?)(\d{0,100})(?:\.(\d{0,100}))?(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

/**
 * Parses a Kubernetes quantity into whole bytes, exactly. A fraction of a byte is rounded up, as
 * Kubernetes' own `Value()` does.
 *
 * @throws {SyntaxError} for text that is no quantity
 * @throws {RangeError} below 0, or beyond the 2^63 − 1 that Kubernetes can hold
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(parseQuantity("1.5Gi"), 1_610_612_736n);
 * assert.equal(parseQuantity("10G"), 10_000_000_000n);
 * assert.equal(parseQuantity("1e3"), 1000n);
 * ```
 */
export function parseQuantity(text: string): bigint {
  const match = FORM.exec(text);
  const [, sign = "", whole = "", fraction = "", suffix = "", exponent = "0"] = match ?? [];
  if (match === null || (whole === "" && fraction === "")) {
    throw new SyntaxError(
      `Cannot parse quantity ${JSON.stringify(text.slice(0, 40))}: ` +
        "wanted a Kubernetes quantity such as 10Gi, 512Mi, 100G or 1e9",
    );
  }
  const [base, power] = SUFFIXES[suffix] ?? [10n, 0];
  const tens = (base === 10n ? power : 0) + Number(exponent) - fraction.length;
  let numerator = BigInt(whole + fraction);
  let denominator = 1n;
  if (base === 2n) numerator *= 2n ** BigInt(power);
  if (tens >= 0) numerator *= 10n ** BigInt(tens);
  else denominator = 10n ** BigInt(-tens);
  if (sign === "-" && numerator > 0n) {
    throw new RangeError(`Cannot use quantity ${JSON.stringify(text)}: it is below 0`);
  }
  const bytes = (numerator + denominator - 1n) / denominator;
  if (bytes > 9_223_372_036_854_775_807n) {
    throw new RangeError(`Cannot use quantity ${JSON.stringify(text)}: it is beyond 2^63 - 1`);
  }
  return bytes;
}

const CURVINE_UNITS = ["KB", "MB", "GB", "TB", "PB"] as const;

/**
 * Writes bytes as a size that Curvine reads inside `[TYPE:SIZE]`: a whole number (a decimal point
 * would make the whole entry a literal path) of the largest binary unit that divides it. What is
 * left below 1 KB is cut off, so that a quota is never exceeded.
 *
 * @returns `undefined` for less than 1 KB
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(toCurvineSize(1_610_612_736n), "1536MB");
 * assert.equal(toCurvineSize(10_000_000_000n), "9765625KB");
 * ```
 */
export function toCurvineSize(bytes: bigint): string | undefined {
  let count = bytes / 1024n;
  if (count === 0n) return undefined;
  let unit = 0;
  while (count % 1024n === 0n && unit < CURVINE_UNITS.length - 1) {
    count /= 1024n;
    unit++;
  }
  return `${count}${CURVINE_UNITS[unit]}`;
}
