import { isTomlTable, type TomlTable, tomlTable, type TomlValue } from "../curvine/toml_value.ts";
import { isSecretName, REDACTED } from "../fluid/redact.ts";
import type { Plan } from "./plan.ts";

/**
 * A plan that may be shown: what options called secret, what came out of secret files and what
 * Curvine's own names call secret is `******`.
 *
 * @param secretPaths where in the TOML the generation knows of secrets
 */
export function redactPlan(plan: Plan, secretPaths: readonly (readonly string[])[]): Plan {
  const known = new Set(secretPaths.map((path) => path.join("\0")));
  return {
    ...plan,
    config: { ...plan.config, toml: redactTable(plan.config.toml, [], known) },
  };
}

function redactTable(
  table: TomlTable,
  path: readonly string[],
  known: ReadonlySet<string>,
): TomlTable {
  return tomlTable(
    Object.entries(table).map(([key, value]) => [key, redact(value, [...path, key], known)]),
  );
}

function redact(value: TomlValue, path: readonly string[], known: ReadonlySet<string>): TomlValue {
  if (known.has(path.join("\0"))) return REDACTED;
  if (isTomlTable(value)) return redactTable(value, path, known);
  return isSecretName(path.at(-1) ?? "") ? REDACTED : value;
}
