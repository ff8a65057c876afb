import { parseQuantity } from "../../plan/fluid/quantity.ts";
import { quoteValue } from "../../plan/secret_text.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { type OptionsOf, optionTextHint } from "./option_text_hint.ts";
import { quantityHint } from "./quantity_hint.ts";
import type { Place } from "./yaml_documents.ts";

/** What may stand at a place of a manifest, as its CRD has it. */
export type Shape =
  | "any"
  | "text"
  | "texts"
  | "integer"
  | "count"
  | "flag"
  | "quantity"
  /** Text by text. */
  | "map"
  | { readonly options: OptionsOf }
  | { readonly mapOf: Shape }
  | { readonly choices: readonly string[] }
  | { readonly listOf: Shape; readonly atLeast?: number }
  | { readonly fields: Fields };

/** Fields by name; a name with `!` at its end has to be there. */
export type Fields = Readonly<Record<string, Shape>>;

/** Something at a place that the CRD does not allow, or would drop. */
export interface ShapeFinding {
  readonly place: Place;
  readonly message: string;
  readonly hint?: string;
  /**
   * `unknown`: Kubernetes refuses it or drops it without a word. `doubtful`: allowed, and most
   * likely not what is wanted.
   */
  readonly kind: "wrong" | "unknown" | "doubtful";
  /** What a doubtful one is called, for machines. */
  readonly code?: string;
}

/** How a plain scalar was written: `0o22` where the value is 18. */
export type PlainText = (place: Place) => string | undefined;

/** Everything about a value that its shape does not allow. */
export function checkShape(
  value: unknown,
  shape: Shape,
  place: Place,
  plainText: PlainText = () => undefined,
): ShapeFinding[] {
  const inside = (inner: unknown, of: Shape, step: string | number): ShapeFinding[] =>
    checkShape(inner, of, [...place, step], plainText);
  if (shape === "any") return [];
  if (shape === "texts") return checkShape(value, { listOf: "text" }, place, plainText);
  if (shape === "map") return checkShape(value, { mapOf: "text" }, place, plainText);
  if (typeof shape === "string") return checkSimple(value, shape, place, plainText);
  if ("choices" in shape) return checkChoice(value, shape.choices, place);
  if ("listOf" in shape) {
    if (!Array.isArray(value)) return [wrong(place, value, "a list")];
    if (value.length < (shape.atLeast ?? 0)) {
      const message = `has ${value.length} entries; at least ${shape.atLeast} is wanted`;
      return [{ kind: "wrong", place, message }];
    }
    return value.flatMap((item, index) => inside(item, shape.listOf, index));
  }
  if (!isObject(value)) return [wrong(place, value, "an object")];
  if ("mapOf" in shape) {
    return Object.entries(value).flatMap(([name, inner]) => inside(inner, shape.mapOf, name));
  }
  if ("options" in shape) {
    return Object.entries(value).flatMap(([name, inner]) => {
      if (typeof inner === "string") return [];
      const at = [...place, name];
      const hint = optionTextHint(shape.options, name, inner, plainText(at));
      return [wrong(at, inner, "text", hint)];
    });
  }
  return checkFields(value, shape.fields, place, plainText);
}

function checkChoice(value: unknown, choices: readonly string[], place: Place): ShapeFinding[] {
  if (choices.includes(value as string)) return [];
  const named = choices.filter((one) => one !== "");
  const wanted = named.length === 1 ? `"${named[0]}"` : `one of ${named.join(", ")}`;
  const near = typeof value === "string" ? nearestChoice(value, named) : undefined;
  return [wrong(place, value, wanted, near === undefined ? undefined : `write "${near}"`)];
}

/** What is spelt in other letters' case is meant before what is merely near. */
export function nearestChoice(text: string, choices: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  return choices.find((one) => one.toLowerCase() === lower) ?? nearestName(text, choices);
}

function checkFields(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  place: Place,
  plainText: PlainText,
): ShapeFinding[] {
  const known = new Map(
    Object.entries(fields).map(([name, shape]) => [name.replace(/!$/, ""), shape]),
  );
  const findings = Object.entries(value).flatMap(([name, inner]): ShapeFinding[] => {
    const shape = known.get(name);
    const at = [...place, name];
    if (shape === undefined) {
      const near = nearestChoice(name, [...known.keys()]);
      const message = "is no field that Fluid knows";
      const hint = near === undefined ? {} : { hint: `did you mean "${near}"?` };
      return [{ kind: "unknown", place: at, message, ...hint }];
    }
    // Kubernetes takes null for absent.
    return inner === null || inner === undefined ? [] : checkShape(inner, shape, at, plainText);
  });
  for (const name of Object.keys(fields).filter((one) => one.endsWith("!"))) {
    const plain = name.slice(0, -1);
    if (value[plain] === undefined || value[plain] === null) {
      findings.push({ kind: "wrong", place: [...place, plain], message: "is missing" });
    }
  }
  return findings;
}

function checkSimple(
  value: unknown,
  shape: "text" | "integer" | "count" | "flag" | "quantity",
  place: Place,
  plainText: PlainText,
): ShapeFinding[] {
  switch (shape) {
    case "text":
      return typeof value === "string"
        ? []
        : [wrong(place, value, "text", quoteHint(value, plainText(place)))];
    case "flag":
      return typeof value === "boolean"
        ? []
        : [wrong(place, value, "true or false", flagHint(value))];
    case "integer":
    case "count":
      return isInt32(value, shape === "count" ? 0 : -(2 ** 31))
        ? []
        : [wrong(place, value, `a whole number from ${shape === "count" ? 0 : -(2 ** 31)}`)];
    case "quantity":
      return checkQuantity(value, place);
  }
}

function isInt32(value: unknown, least: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) < 2 ** 31;
}

/** The CRD takes whole numbers and text: `1.5` without quotes is neither. */
function checkQuantity(value: unknown, place: Place): ShapeFinding[] {
  const wanted = "a quantity such as 10Gi";
  if (typeof value === "number" && !Number.isInteger(value)) {
    // Half a CPU is something; a part of a byte is no quota.
    const hint = place.some((step) => step === "quota" || step === "quotas")
      ? undefined
      : `put it in quotes: "${value}"`;
    return [wrong(place, value, "text or a whole number", hint)];
  }
  if (typeof value !== "string" && typeof value !== "number") return [wrong(place, value, wanted)];
  try {
    parseQuantity(String(value));
    return [];
  } catch {
    return [wrong(place, value, wanted, quantityHint(String(value)))];
  }
}

/** A finding that quotes the value and says what is wanted. */
export function wrong(place: Place, value: unknown, wanted: string, hint?: string): ShapeFinding {
  const found = Array.isArray(value)
    ? "a list"
    : isObject(value)
    ? "an object"
    : quoteValue(String(place.at(-1) ?? ""), typeof value === "bigint" ? String(value) : value);
  const message = `is ${found}; ${wanted} is wanted`;
  return { kind: "wrong", place, message, ...(hint === undefined ? {} : { hint }) };
}

/** kubectl takes `true`, `8995` and `1_000` for other things than text. */
function quoteHint(value: unknown, plain: string | undefined): string | undefined {
  return typeof value === "object" ? undefined : `put it in quotes: "${plain ?? String(value)}"`;
}

function flagHint(value: unknown): string | undefined {
  const text = String(value).toLowerCase();
  if (/^(true|yes|on|y|1)$/.test(text)) return "write true";
  return /^(false|no|off|n|0)$/.test(text) ? "write false" : undefined;
}

/** Whether a value is a mapping, as opposed to a list or a scalar. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
