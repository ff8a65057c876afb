import fc from "../../../support/fast_check.ts";
import { anyText } from "../../../support/any_text.ts";
import assert from "node:assert/strict";
import { parseQuantity, toCurvineSize } from "../../../../lib/plan/fluid/quantity.ts";

const KNOWN: [text: string, bytes: bigint][] = [
  ["0", 0n],
  ["1", 1n],
  ["+5", 5n],
  ["-0", 0n],
  ["1024", 1024n],
  ["1k", 1000n],
  ["1Ki", 1024n],
  ["1M", 10n ** 6n],
  ["1Mi", 2n ** 20n],
  ["1G", 10n ** 9n],
  ["10Gi", 10n * 2n ** 30n],
  ["1.5Gi", 1_610_612_736n],
  ["0.5Gi", 2n ** 29n],
  [".5Gi", 2n ** 29n],
  ["5.Gi", 5n * 2n ** 30n],
  ["1T", 10n ** 12n],
  ["1Ti", 2n ** 40n],
  ["1P", 10n ** 15n],
  ["1Pi", 2n ** 50n],
  ["1E", 10n ** 18n],
  ["7Ei", 7n * 2n ** 60n],
  ["1e3", 1000n],
  ["1E3", 1000n],
  ["1e+3", 1000n],
  ["12e-1", 2n],
  ["1500m", 2n],
  ["1u", 1n],
  ["1n", 1n],
  ["9223372036854775807", 2n ** 63n - 1n],
  // Doubles would be off by one here.
  ["9007199254740993", 9_007_199_254_740_993n],
  ["1.000000000000000001Ei", 2n ** 60n + 2n],
];
for (const [text, bytes] of KNOWN) {
  Deno.test(`quantity ${text} is ${bytes} bytes`, () => assert.equal(parseQuantity(text), bytes));
}

for (
  const text of [
    "",
    " ",
    ".",
    "Gi",
    "1 Gi",
    " 1Gi",
    "1Gi ",
    "1gi",
    "1GI",
    "1GB",
    "1GiB",
    "1K",
    "0x10",
    "1e",
    "1e3Gi",
    "1,5Gi",
    "--1",
    "1_000",
    "١Gi",
    "1Gi\n",
    "NaN",
    "Infinity",
    "9".repeat(101),
  ]
) {
  Deno.test(`quantity ${JSON.stringify(text.slice(0, 12))} is refused as no quantity`, () => {
    assert.throws(() => parseQuantity(text), {
      name: "SyntaxError",
      message: /Cannot parse quant/,
    });
  });
}

Deno.test("a quantity out of Kubernetes' range is refused", () => {
  for (const text of ["-1", "-1Gi", "8Ei", "9223372036854775808", "1e999", "1e19"]) {
    assert.throws(() => parseQuantity(text), RangeError, text);
  }
});

/** An independent reading: decimal text as an exact fraction, by walking its characters. */
function reference(text: string): bigint {
  const suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "M", "G", "T", "P", "E"];
  const suffix =
    suffixes.filter((one) => text.endsWith(one)).sort((a, b) => b.length - a.length)[0] ?? "";
  let scale = 1n;
  const index = suffixes.indexOf(suffix);
  for (let step = 0; step < (index > 6 ? index - 6 : index); step++) {
    scale *= index > 6 ? 1000n : 1024n;
  }
  let digits = 0n;
  let divisor = 1n;
  let behindPoint = false;
  for (const character of text.slice(0, text.length - suffix.length)) {
    if (character === ".") behindPoint = true;
    else {
      digits = digits * 10n + BigInt(character.charCodeAt(0) - 48);
      if (behindPoint) divisor *= 10n;
    }
  }
  const scaled = digits * scale;
  return scaled / divisor + (scaled % divisor === 0n ? 0n : 1n);
}

Deno.test("property: quantities are read as an independent reference reads them", () => {
  const quantity = fc.tuple(
    fc.bigInt({ min: 0n, max: 10n ** 18n }),
    fc.option(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 25 })),
    fc.constantFrom("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "M", "G", "T", "P", "E"),
  ).map(([whole, fraction, suffix]) =>
    `${whole}${fraction ? `.${fraction.join("")}` : ""}${suffix}`
  );
  fc.assert(
    fc.property(quantity, (text) => {
      const wanted = reference(text);
      if (wanted > 2n ** 63n - 1n) assert.throws(() => parseQuantity(text), RangeError);
      else assert.equal(parseQuantity(text), wanted);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("property: any text is a quantity or an error of its own, however long", () => {
  const text = fc.oneof(anyText(), fc.stringMatching(/^[0-9.eEKMi+-]{0,60}$/));
  fc.assert(fc.property(text, (one) => {
    try {
      assert(parseQuantity(one) >= 0n);
    } catch (error) {
      assert(error instanceof SyntaxError || error instanceof RangeError);
      assert.match(error.message, /^Cannot (parse|use) quantity "/);
    }
  }));
  // A slower way would never end.
  assert.throws(() => parseQuantity("1".repeat(1_000_000)));
});

Deno.test("sizes are whole numbers of the largest unit that divides them", () => {
  const sizes: [bigint, string | undefined][] = [
    [0n, undefined],
    [1023n, undefined],
    [1024n, "1KB"],
    [2047n, "1KB"],
    [2n ** 20n, "1MB"],
    [3n * 2n ** 29n, "1536MB"],
    [10n ** 10n, "9765625KB"],
    [2n ** 50n, "1PB"],
    [2n ** 60n, "1024PB"],
  ];
  for (const [bytes, size] of sizes) assert.equal(toCurvineSize(bytes), size);
});

Deno.test("property: a size never exceeds its bytes and loses less than 1 KB", () => {
  fc.assert(fc.property(fc.bigInt({ min: 1024n, max: 2n ** 63n - 1n }), (bytes) => {
    const match = /^(\d+)([KMGTP])B$/.exec(toCurvineSize(bytes) ?? "");
    const back = BigInt(match?.[1] ?? -1) * 1024n ** BigInt(1 + "KMGTP".indexOf(match?.[2] ?? ""));
    assert(back <= bytes && bytes - back < 1024n);
  }));
});
