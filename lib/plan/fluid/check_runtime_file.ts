import { type Problem, withoutSecrets } from "../config_error.ts";
import { nearestName } from "../../text/nearest_name.ts";
import type { Warning } from "../plan.ts";
import { quoteValue, withoutPasswords } from "../secret_text.ts";
import { type RuntimeFile, runtimeSchema } from "./runtime_schema.ts";

/** What the schema says of a file. */
export interface CheckedFile {
  /** The file's data; `undefined` where a field has a wrong type. */
  readonly file: RuntimeFile | undefined;
  /** The fields that have a wrong type. */
  readonly problems: readonly Problem[];
  /** Where each of {@link problems} lies, and what its field wants, for whoever mends them. */
  readonly faults: readonly { readonly path: readonly PropertyKey[]; readonly wanted: unknown }[];
  /**
   * Fields that Fluid does not write. They are no error, for a newer Fluid may write more, but in a
   * file written by hand they are most likely misspelt.
   */
  readonly warnings: readonly Warning[];
}

/** Holds the JSON object of a runtime config file against the schema. */
export function checkRuntimeFile(value: Readonly<Record<string, unknown>>): CheckedFile {
  const parsed = runtimeSchema.safeParse(value);
  const issues: readonly Issue[] = parsed.success ? [] : parsed.error.issues;
  const wrong = issues.filter(({ code }) => code !== UNKNOWN);
  return {
    // The schema converts nothing: what it has no fault to find with is the data.
    file: wrong.length === 0 ? value as RuntimeFile : undefined,
    problems: wrong.map((issue) => withoutSecrets(toProblem(issue, value))),
    faults: wrong.map(({ path, expected }) => ({ path, wanted: expected })),
    warnings: issues.flatMap(({ keys = [], path }) => keys.map((key) => unknownField(key, path))),
  };
}

/** zod's code for fields that a strict object does not have. */
const UNKNOWN = "unrecognized_keys";

/** What the schema says of one fault. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly expected?: unknown;
  readonly keys?: readonly string[];
}

function unknownField(key: string, path: readonly PropertyKey[]): Warning {
  const at = withoutPasswords(pathText([...path, key]));
  const near = nearestName(key, knownFields(path));
  const advice = near === undefined ? "" : `; did you mean "${near}"?`;
  return {
    code: "unknown-field",
    message: `${at} is no field that Fluid writes${advice}`,
    path: at,
  };
}

/** What is looked at of a zod schema; see zod's `$ZodTypeDef`. */
interface Schema {
  readonly _zod: {
    readonly def: {
      readonly innerType?: Schema;
      readonly getter?: () => Schema;
      readonly element?: Schema;
      readonly shape?: Readonly<Record<string, Schema>>;
    };
  };
}

/** The names of the fields that the schema has at a place. */
function knownFields(path: readonly PropertyKey[]): string[] {
  let at: Schema | undefined = within(runtimeSchema as unknown as Schema);
  for (const key of path) {
    const { element, shape } = at?._zod.def ?? {};
    at = within(typeof key === "number" ? element : shape?.[String(key)]);
  }
  return Object.keys(at?._zod.def.shape ?? {});
}

/** A schema without its wrappers: that it may be absent, that it is made when it is needed. */
function within(schema: Schema | undefined): Schema | undefined {
  const { innerType, getter } = schema?._zod.def ?? {};
  const inner = innerType ?? getter?.();
  return inner === undefined ? schema : within(inner);
}

/** A schema's fault in the words of a person, the value shown where it is no secret. */
function toProblem(issue: Issue, root: unknown): Problem {
  const found = valueAt(root, issue.path);
  const wanted = wantedBy(issue);
  const name = String(issue.path.at(-1) ?? "");
  const shown = typeof found === "string" && !isHarmless(name, found)
    ? "text"
    : quoteFound(name, found);
  const message = found === undefined
    ? `is missing; ${wanted} is wanted`
    : `is ${shown}; ${wanted} is wanted`;
  return { path: pathText(issue.path), message };
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (at, key) =>
      typeof key === "number"
        ? `${at}[${key}]`
        : `${at}${at === "" ? "" : "."}${String(key).replaceAll("\0", "\\0")}`,
    "",
  );
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let found = root;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key];
  return found;
}

/**
 * Whether text may be shown that stands where something else is wanted. It may be a whole object
 * that was encoded once too often, with secrets in it.
 */
function isHarmless(name: string, text: string): boolean {
  return !/options$/i.test(name) && /^[\w .:/-]{0,60}$/.test(text);
}

function quoteFound(name: string, found: unknown): string {
  if (Array.isArray(found)) return "an array";
  if (typeof found === "object") return found === null ? "null" : "an object";
  return quoteValue(name, found);
}

function wantedBy({ code, expected, path }: Issue): string {
  if (code === "invalid_format") return "text without a NUL character";
  if (code === "invalid_key") return "a name without a NUL character";
  if (code === "too_small" || code === "too_big") return "a number from 0 to 10000";
  if (code === "invalid_union") {
    return path.at(-1) === "encryptOptions"
      ? "a map from option to file, or a list of {name, valueFrom.secretKeyRef}"
      : "text";
  }
  switch (expected) {
    case "string":
      return "text";
    case "array":
      return "an array";
    case "object":
    case "record":
      return "an object";
    case "boolean":
      return "true or false";
    default:
      return "a whole number";
  }
}
