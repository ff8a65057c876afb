import { isTomlTable, type TomlTable, tomlTable, type TomlValue } from "../curvine/toml_value.ts";
import { isSecretName, REDACTED, withoutPasswords } from "../fluid/redact.ts";
import type { Plan } from "../plan.ts";

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
    Object.entries(table).map(([key, value]) => [
      key,
      known.has([...path, key].join("\0")) || isSecretName(key)
        ? hidden(value)
        : redact(value, [...path, key], known),
    ]),
  );
}

function redact(value: TomlValue, path: readonly string[], known: ReadonlySet<string>): TomlValue {
  if (typeof value === "string") return withoutPasswords(value);
  if (isTomlTable(value)) return redactTable(value, path, known);
  return Array.isArray(value) ? value.map((one) => redact(one, path, known)) : value;
}

/** Everything below a secret name is secret; a table stays a table, so that TOML stays valid. */
function hidden(value: TomlValue): TomlValue {
  if (!isTomlTable(value)) return REDACTED;
  return tomlTable(Object.entries(value).map(([key, one]) => [key, hidden(one)]));
}
