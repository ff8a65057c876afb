import { Ajv, type AnySchemaObject, type ValidateFunction } from "ajv";

/** Strict: a keyword that is not known is an error, so that no schema accepts by a slip. */
const ajv = new Ajv({ strict: true, strictTypes: false, inlineRefs: false });

const compiled = new WeakMap<AnySchemaObject, ValidateFunction>();

/**
 * Holds a value against a JSON Schema (draft 7).
 *
 * @returns why the value is refused, or `undefined`
 */
export function refusal(schema: AnySchemaObject, value: unknown): string | undefined {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: "$" });
}
