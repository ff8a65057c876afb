/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** What is looked at of a zod schema; see zod's `$ZodTypeDef`. */
interface ZodDefinition {
  readonly type: string;
  readonly innerType?: ZodLike;
  readonly element?: ZodLike;
  readonly valueType?: ZodLike;
  readonly options?: readonly ZodLike[];
  readonly shape?: Readonly<Record<string, ZodLike>>;
  readonly format?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: ZodCheck } }[];
}

interface ZodCheck {
  readonly check: string;
  readonly value?: unknown;
}

interface ZodLike {
  readonly _zod: { readonly def: object };
}

/**
 * A zod schema as JSON Schema, for the few kinds that our schemas use. zod has a converter of its
 * own, which is 20 KB in the executable for what these lines do.
 *
 * @throws {TypeError} for a kind that it does not know, rather than to accept too much or too little
 */
export function schemaOf(schema: ZodLike): JsonSchema {
  const def = schema._zod.def as ZodDefinition;
  switch (def.type) {
    case "optional":
      return schemaOf(part(def.innerType, def));
    case "nullable":
      return { anyOf: [schemaOf(part(def.innerType, def)), { type: "null" }] };
    case "union":
      return { anyOf: (def.options ?? []).map(schemaOf) };
    case "array":
      return { type: "array", items: schemaOf(part(def.element, def)) };
    case "record":
      return { type: "object", additionalProperties: schemaOf(part(def.valueType, def)) };
    case "object":
      return objectSchema(def.shape ?? {});
    case "string":
    case "boolean":
      return { type: def.type };
    case "number":
      return { type: def.format === undefined ? "number" : "integer", ...limits(def) };
    default:
      throw new TypeError(`Cannot write the schema: the kind "${def.type}" is not known here`);
  }
}

function objectSchema(shape: Readonly<Record<string, ZodLike>>): JsonSchema {
  const fields = Object.entries(shape);
  const required = fields
    .filter(([, inner]) => (inner._zod.def as ZodDefinition).type !== "optional")
    .map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(([name, inner]) => [name, schemaOf(inner)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function limits({ checks = [] }: ZodDefinition): JsonSchema {
  return Object.fromEntries(checks.flatMap(({ _zod: { def } }) => {
    switch (def.check) {
      case "greater_than":
        return [["minimum", def.value]];
      case "less_than":
        return [["maximum", def.value]];
      case "number_format":
        return [];
      default:
        throw new TypeError(`Cannot write the schema: the check "${def.check}" is not known here`);
    }
  }));
}

function part(inner: ZodLike | undefined, { type }: ZodDefinition): ZodLike {
  if (inner === undefined) throw new TypeError(`Cannot write the schema: "${type}" has no inside`);
  return inner;
}
