/**
 * A validator of the part of JSON Schema (draft 7) that our schemas use. A keyword that it does not
 * know is an error, so that a schema can never seem to accept by being misunderstood.
 *
 * @returns why a value is refused, or `undefined`
 */
export function refusal(
  schema: Schema,
  value: unknown,
  root = schema,
  at = "$",
): string | undefined {
  for (const [keyword, wanted] of Object.entries(schema)) {
    const reason = check(keyword, wanted, schema, value, root, at);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

type Schema = { readonly [keyword: string]: unknown };

const NOTES = ["$schema", "title", "description", "default", "examples", "definitions"];

function check(
  keyword: string,
  wanted: unknown,
  schema: Schema,
  value: unknown,
  root: Schema,
  at: string,
): string | undefined {
  if (NOTES.includes(keyword)) return undefined;
  const first = (of: (string | undefined)[]): string | undefined =>
    of.find((reason) => reason !== undefined);
  const object = typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
  switch (keyword) {
    case "type": {
      const types = [wanted].flat() as string[];
      return types.some((type) => isOf(type, value)) ? undefined : `${at} is no ${types}`;
    }
    case "$ref": {
      const name = String(wanted).replace("#/definitions/", "");
      const target = (root["definitions"] as Record<string, Schema>)[name];
      if (target === undefined) throw new Error(`${wanted} leads nowhere`);
      return refusal(target, value, root, at);
    }
    case "anyOf":
      return (wanted as Schema[]).some((one) => refusal(one, value, root, at) === undefined)
        ? undefined
        : `${at} fits none`;
    case "allOf":
      return first((wanted as Schema[]).map((one) => refusal(one, value, root, at)));
    case "properties":
      return first(
        Object.entries(wanted as Record<string, Schema>).map(([name, one]) =>
          object && Object.hasOwn(object, name)
            ? refusal(one, object[name], root, `${at}.${name}`)
            : undefined
        ),
      );
    case "additionalProperties": {
      const named = Object.keys((schema["properties"] ?? {}) as Schema);
      return first(
        Object.entries(object ?? {}).map(([name, inner]) =>
          named.includes(name) ? undefined : refusal(wanted as Schema, inner, root, `${at}.${name}`)
        ),
      );
    }
    case "propertyNames":
      return first(
        Object.keys(object ?? {}).map((name) => refusal(wanted as Schema, name, root, at)),
      );
    case "required":
      return object === undefined
        ? undefined
        : first((wanted as string[]).map((name) =>
          Object.hasOwn(object, name) ? undefined : `${at}.${name} is missing`
        ));
    case "items":
      return Array.isArray(value)
        ? first(
          value.map((item, index) => refusal(wanted as Schema, item, root, `${at}[${index}]`)),
        )
        : undefined;
    case "pattern":
      return typeof value !== "string" || new RegExp(String(wanted), "u").test(value)
        ? undefined
        : `${at} does not match ${wanted}`;
    case "minimum":
      return typeof value !== "number" || value >= Number(wanted)
        ? undefined
        : `${at} is too small`;
    case "maximum":
      return typeof value !== "number" || value <= Number(wanted) ? undefined : `${at} is too big`;
    default:
      throw new Error(`the keyword ${keyword} is not known here`);
  }
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`the type ${type} is not known here`);
  }
}
