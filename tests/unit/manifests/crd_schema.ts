import { readManifest, type YamlObject } from "./kustomize.ts";

/** The part of an OpenAPI v3 schema that CRDs use. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

/** The schema of each kind, read from a folder of CRDs. */
export async function readCrds(folder: string): Promise<Map<string, Schema>> {
  const schemas = new Map<string, Schema>();
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.name.endsWith(".yaml")) continue;
    for (const crd of await readManifest(`${folder}/${entry.name}`)) {
      const spec = crd["spec"] as {
        names: { kind: string };
        versions: { schema: { openAPIV3Schema: Schema } }[];
      };
      const schema = spec.versions[0]?.schema.openAPIV3Schema;
      if (schema !== undefined) schemas.set(spec.names.kind, schema);
    }
  }
  return schemas;
}

/** Fields of any object that the API server knows without being told. */
const METADATA: Schema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", pattern: "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$" },
    namespace: { type: "string" },
    labels: { type: "object", additionalProperties: { type: "string" } },
    annotations: { type: "object", additionalProperties: { type: "string" } },
  },
};

/**
 * What the API server would say to an object, and also what it would not say but drop: a field that
 * the schema does not know is pruned without a word.
 */
export function problemsOf(object: YamlObject, schema: Schema): string[] {
  const whole: Schema = {
    ...schema,
    properties: {
      ...schema.properties,
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: METADATA,
    },
  };
  const problems: string[] = [];
  check(object, whole, "", problems);
  return problems;
}

function check(value: unknown, schema: Schema, path: string, problems: string[]): void {
  const say = (text: string): void => void problems.push(`${path || "/"}: ${text}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) say(`not one of ${schema.enum}`);
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (typeof value !== "string" && !Number.isInteger(value)) say("neither integer nor string");
  } else if (schema.type !== undefined && !isOfType(value, schema.type)) {
    say(`${JSON.stringify(value)} is not of type ${schema.type}`);
    return;
  }
  if (typeof value === "string") checkString(value, schema, say);
  if (typeof value === "number") {
    if (value < (schema.minimum ?? -Infinity)) say(`less than ${schema.minimum}`);
    if (value > (schema.maximum ?? Infinity)) say(`more than ${schema.maximum}`);
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) say(`fewer than ${schema.minItems} items`);
    const keys = schema["x-kubernetes-list-map-keys"];
    if (keys !== undefined) {
      const seen = value.map((item) => keys.map((key) => item[key]).join());
      if (new Set(seen).size < seen.length) say(`two items with the same ${keys}`);
    }
    if (schema.items !== undefined) {
      for (const [i, item] of value.entries()) check(item, schema.items, `${path}/${i}`, problems);
    }
  } else if (typeof value === "object" && value !== null) {
    checkObject(value as YamlObject, schema, path, problems);
  }
}

function checkObject(value: YamlObject, schema: Schema, path: string, problems: string[]): void {
  for (const name of schema.required ?? []) {
    if (!(name in value)) problems.push(`${path}/${name}: missing`);
  }
  for (const [name, item] of Object.entries(value)) {
    const known = schema.properties?.[name] ??
      (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
    if (known !== undefined) {
      check(item, known, `${path}/${name}`, problems);
    } else if (
      schema["x-kubernetes-preserve-unknown-fields"] !== true &&
      schema.additionalProperties !== true
    ) {
      problems.push(`${path}/${name}: unknown, would be pruned`);
    }
  }
}

function checkString(value: string, schema: Schema, say: (text: string) => void): void {
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    say(`${JSON.stringify(value)} does not match ${schema.pattern}`);
  }
  if (value.length < (schema.minLength ?? 0)) say(`shorter than ${schema.minLength}`);
  if (value.length > (schema.maxLength ?? Infinity)) say(`longer than ${schema.maxLength}`);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    default:
      throw new Error(`Cannot check the type ${type}`);
  }
}
