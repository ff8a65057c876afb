import { INNER_SECTIONS, type KeyType } from "../../plan/curvine/key_table.ts";
import { SECRETS_FOLDER } from "../../plan/secrets.ts";
import { runtimeSchema } from "../../plan/fluid/runtime_schema.ts";
import type { OptionScope } from "../../plan/generate/option_target.ts";
import { DATASET_OPTIONS, type SpecialOption, THIN_OPTIONS } from "./dataset_options.ts";
import { type OptionRow, optionRows } from "./option_rows.ts";
import * as z from "zod/mini";

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/**
 * The JSON Schema (draft 7, which editors know best) of `runtime.json` or of a ThinRuntime's
 * `config.json`. Its shape is the loader's own, so it accepts what the loader accepts; options have
 * their types, defaults and meanings, so that an editor completes and explains them.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(runtimeJsonSchema("thin").title, "Fluid's config.json of a ThinRuntime for Curvine");
 * ```
 */
export function runtimeJsonSchema(runtime: "cache" | "thin"): JsonSchema {
  const { $schema, ...shape }: JsonSchema = z.toJSONSchema(runtimeSchema, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      // A newer Fluid may write more, and that every name is text goes without saying.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      delete jsonSchema.propertyNames;
    },
  });
  const rows = optionRows();
  const fields = propertiesOf(shape);
  const definitions: Record<string, JsonSchema> = Object.fromEntries(
    rows.map((row) => [row.option, keySchema(row)]),
  );
  const mount = itemsOf(fields["mounts"]);
  if (runtime === "thin") {
    for (const name of ["master", "worker", "client", "topology"]) delete fields[name];
    definitions["options"] = { properties: { ...special(THIN_OPTIONS), ...names("thin", rows) } };
    describeOptions(mount, "options");
    describe(fields["runtimeOptions"], "options");
  } else {
    delete fields["runtimeOptions"];
    definitions["mount-options"] = { properties: special(DATASET_OPTIONS) };
    describeOptions(mount, "mount-options");
    for (const scope of ["master", "worker", "client"] as const) {
      definitions[`${scope}-options`] = { properties: names(scope, rows) };
      describeOptions(branch(fields[scope]), `${scope}-options`);
    }
  }
  return {
    $schema,
    ...shape,
    title: runtime === "thin"
      ? "Fluid's config.json of a ThinRuntime for Curvine"
      : "Fluid's runtime.json of a CacheRuntime for Curvine",
    description: "Written by curvine-fluid schema. Fields that are not named here are let through.",
    definitions,
  };
}

/** The names that an option may have in a scope, each pointing at its key. */
function names(scope: OptionScope, rows: readonly OptionRow[]): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  for (const row of rows) {
    const reference = { $ref: `#/definitions/${row.option}` };
    const inner = INNER_SECTIONS.includes(row.section);
    const short = inner ? row.option : row.key;
    if (row.bareIn.includes(scope)) {
      found[short] = reference;
      // ThinRuntimes have always been written with dashes.
      if (scope === "thin") found[short.replaceAll("_", "-")] = reference;
    }
    if (row.section !== "" && !inner) found[row.option] = reference;
  }
  return found;
}

function special(options: readonly SpecialOption[]): Record<string, JsonSchema> {
  return Object.fromEntries(
    options.map((
      { name, summary, example },
    ) => [name, { description: summary, examples: [example] }]),
  );
}

function keySchema({ summary, type, default: preset, example, since }: OptionRow): JsonSchema {
  const pattern = PATTERNS[type as KeyType];
  return {
    description: `${summary} (${type}; Curvine ${since})`,
    type: ["string", "number", "boolean", "array"],
    ...(pattern === undefined ? {} : { pattern: `${pattern}|^${SECRETS_FOLDER}` }),
    ...(preset === "" ? {} : { default: preset }),
    examples: [example],
  };
}

/** What text of a type looks like: never less than `parseKeyValue` takes. */
const PATTERNS: Readonly<Partial<Record<KeyType, string>>> = {
  integer: "^\\s*\\d{1,40}\\s*$",
  count: "^\\s*\\d{1,40}\\s*$",
  u16: "^\\s*\\d{1,40}\\s*$",
  port: "^\\s*\\d{1,40}\\s*$",
  boolean: "^\\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\\s*$",
  float: "^\\s*[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?\\s*$",
  octal: "^\\s*(0o)?[0-7]{1,5}\\s*$",
  duration: "^\\s*\\d+(\\.\\d+)?\\s*(ms|s|second|m|minute|h|hour|d|day)?\\s*$",
  size: "^\\s*\\d+(\\.\\d+)?\\s*[KMGTPkmgtp]?[Bb]?\\s*$",
};

function describeOptions(object: JsonSchema, definition: string): void {
  describe(propertiesOf(object)["options"], definition);
}

/** Adds what is known of the options to where the shape has them as a plain map. */
function describe(options: JsonSchema | undefined, definition: string): void {
  const map = branch(options);
  map["allOf"] = [{ $ref: `#/definitions/${definition}` }];
}

/** A nullable schema's other branch. */
function branch(schema: JsonSchema | undefined): JsonSchema {
  const branches = schema?.["anyOf"] as JsonSchema[] | undefined;
  const found = branches?.find((one) => one["type"] !== "null") ?? schema;
  if (found === undefined) {
    throw new TypeError("Cannot describe the runtime config: a part is gone");
  }
  return found;
}

function itemsOf(schema: JsonSchema | undefined): JsonSchema {
  return branch(schema)["items"] as JsonSchema;
}

function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  return schema["properties"] as Record<string, JsonSchema>;
}
