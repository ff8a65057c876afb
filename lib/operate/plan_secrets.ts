import { isTomlTable, type TomlTable, type TomlValue } from "../plan/curvine/toml_value.ts";
import { isSecretName } from "../plan/fluid/redact.ts";

/**
 * The secret values in a configuration that Curvine's cli is given: it may quote a line of the
 * file in an error.
 *
 * @param secretPaths where in the TOML the generation knows of secrets
 *
 * @example
 * ```ts
 *
 * import { tomlTable } from "../plan/curvine/toml_value.ts";
 * import assert from "node:assert/strict";
 *
 * const client = tomlTable([["token", "hush"], ["replicas", 1]]);
 * assert.deepEqual(planSecrets(tomlTable([["client", client]]), []), ["hush"]);
 * ```
 */
export function planSecrets(
  toml: TomlTable,
  secretPaths: readonly (readonly string[])[],
): string[] {
  const known = new Set(secretPaths.map((path) => path.join("\0")));
  return collect(toml, [], false, known);
}

function collect(
  value: TomlValue,
  path: readonly string[],
  secret: boolean,
  known: ReadonlySet<string>,
): string[] {
  if (typeof value === "string") return secret ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => collect(one, path, secret, known));
  if (!isTomlTable(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const at = [...path, key];
    return collect(one, at, secret || isSecretName(key) || known.has(at.join("\0")), known);
  });
}
