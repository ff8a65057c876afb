import { nearestName } from "../../text/nearest_name.ts";
import { parseQuantity } from "../../plan/fluid/quantity.ts";
import { quoteValue } from "../../plan/secret_names.ts";
import type { Place } from "./yaml_documents.ts";

/** What may stand at a place of a manifest, as its CRD has it. */
export type Shape =
  | "any"
  | "text"
  | "texts"
  | "count"
  | "flag"
  | "quantity"
  | "quantities"
  /** Text by text: options. */
  | "map"
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
  /** `unknown`: Kubernetes refuses it or drops it without a word. */
  readonly kind: "wrong" | "unknown";
}

/** Everything about a value that its shape does not allow. */
export function checkShape(value: unknown, shape: Shape, place: Place): ShapeFinding[] {
  if (shape === "any") return [];
  if (typeof shape === "string") return checkSimple(value, shape, place);
  if ("choices" in shape) {
    const { choices } = shape;
    return choices.includes(value as string) ? [] : [wrong(place, value, oneOf(choices))];
  }
  if ("listOf" in shape) {
    if (!Array.isArray(value)) return [wrong(place, value, "a list")];
    if (value.length < (shape.atLeast ?? 0)) {
      const message = `has ${value.length} entries; at least ${shape.atLeast} is wanted`;
      return [{ kind: "wrong", place, message }];
    }
    return value.flatMap((item, index) => checkShape(item, shape.listOf, [...place, index]));
  }
  if (!isObject(value)) return [wrong(place, value, "an object")];
  return checkFields(value, shape.fields, place);
}

function oneOf(choices: readonly string[]): string {
  const named = choices.filter((one) => one !== "");
  return named.length === 1 ? `"${named[0]}"` : `one of ${named.join(", ")}`;
}

function checkFields(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  place: Place,
): ShapeFinding[] {
  const known = new Map(
    Object.entries(fields).map(([name, shape]) => [name.replace(/!$/, ""), shape]),
  );
  const findings = Object.entries(value).flatMap(([name, inner]): ShapeFinding[] => {
    const shape = known.get(name);
    const at = [...place, name];
    if (shape === undefined) {
      const near = nearestName(name, known.keys());
      const message = "is no field that Fluid knows";
      const hint = near === undefined ? {} : { hint: `did you mean "${near}"?` };
      return [{ kind: "unknown", place: at, message, ...hint }];
    }
    // Kubernetes takes null for absent.
    return inner === null || inner === undefined ? [] : checkShape(inner, shape, at);
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
  shape: Extract<Shape, string>,
  place: Place,
): ShapeFinding[] {
  switch (shape) {
    case "text":
      return typeof value === "string" ? [] : [wrong(place, value, "text", quoteHint(value))];
    case "flag":
      return typeof value === "boolean" ? [] : [wrong(place, value, "true or false")];
    case "count":
      return Number.isInteger(value) && Number(value) >= 0
        ? []
        : [wrong(place, value, "a whole number from 0")];
    case "quantity":
      return checkQuantity(value, place);
    case "texts":
      return checkShape(value, { listOf: "text" }, place);
    case "quantities":
      return checkShape(value, { listOf: "quantity" }, place);
    case "map":
      if (!isObject(value)) return [wrong(place, value, "an object")];
      return Object.entries(value).flatMap(([name, inner]) =>
        checkSimple(inner, "text", [...place, name])
      );
    default:
      return [];
  }
}

function checkQuantity(value: unknown, place: Place): ShapeFinding[] {
  const wanted = "a quantity such as 10Gi";
  if (typeof value !== "string" && typeof value !== "number") return [wrong(place, value, wanted)];
  try {
    parseQuantity(String(value));
    return [];
  } catch {
    return [wrong(place, value, wanted)];
  }
}

function wrong(place: Place, value: unknown, wanted: string, hint?: string): ShapeFinding {
  const found = Array.isArray(value)
    ? "a list"
    : isObject(value)
    ? "an object"
    : quoteValue(String(place.at(-1) ?? ""), value);
  const message = `is ${found}; ${wanted} is wanted`;
  return { kind: "wrong", place, message, ...(hint === undefined ? {} : { hint }) };
}

/** YAML takes `true` and `8995` for other things than text. */
function quoteHint(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean"
    ? `put it in quotes: "${value}"`
    : undefined;
}

/** Whether a value is a mapping, as opposed to a list or a scalar. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
