import { isTomlTable, TomlDate, TomlFloat, type TomlTable, type TomlValue } from "./toml_value.ts";

/**
 * Writes a table as TOML 1.0. What it writes reads back as the same value, whatever the strings
 * and keys hold; keys keep their order, scalars come before tables.
 *
 * @throws {TypeError} for what TOML cannot say: a lone surrogate, an integer beyond 64 bits
 *
 * @example
 * ```ts
 *
 * import { tomlTable } from "./toml_value.ts";
 * import assert from "node:assert/strict";
 *
 * const fuse = tomlTable([["mnt_path", 'a "b"'], ["fuse_opts", ["ro"]]]);
 * assert.equal(
 *   writeToml(tomlTable([["testing", false], ["fuse", fuse]])),
 *   'testing = false\n\n[fuse]\nmnt_path = "a \\"b\\""\nfuse_opts = ["ro"]\n',
 * );
 * ```
 */
export function writeToml(table: TomlTable): string {
  const lines: string[] = [];
  writeTable(table, [], lines);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function writeTable(table: TomlTable, path: readonly string[], lines: string[]): void {
  const inner: [string, TomlTable | readonly TomlTable[]][] = [];
  for (const [key, value] of Object.entries(table)) {
    if (isTomlTable(value) || isArrayOfTables(value)) inner.push([key, value]);
    else lines.push(`${writeKey(key)} = ${writeValue(value)}`);
  }
  for (const [key, value] of inner) {
    const name = [...path, key];
    const header = name.map(writeKey).join(".");
    for (const one of Array.isArray(value) ? value as TomlTable[] : [value as TomlTable]) {
      if (lines.length > 0) lines.push("");
      lines.push(Array.isArray(value) ? `[[${header}]]` : `[${header}]`);
      writeTable(one, name, lines);
    }
  }
}

/** An empty array is a plain value: `[[x]]` cannot say that there is none. */
function isArrayOfTables(value: TomlValue): value is readonly TomlTable[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTomlTable);
}

function writeValue(value: TomlValue): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return writeInteger(value);
  if (typeof value === "number") {
    return Number.isInteger(value) ? writeInteger(BigInt(value)) : writeFloat(value);
  }
  if (value instanceof TomlFloat) return writeFloat(value.value);
  if (value instanceof TomlDate) return value.text;
  if (isTomlTable(value)) {
    const pairs = Object.entries(value).map(([key, one]) =>
      `${writeKey(key)} = ${writeValue(one)}`
    );
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  return `[${value.map(writeValue).join(", ")}]`;
}

function writeInteger(value: bigint): string {
  if (BigInt.asIntN(64, value) !== value) {
    throw new TypeError(`Cannot write ${value} as TOML: integers have 64 bits`);
  }
  return value.toString();
}

function writeFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  // String(-0) is "0"; a float needs a point or an exponent.
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function writeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : writeString(key);
}

function writeString(text: string): string {
  if (!text.isWellFormed()) {
    throw new TypeError("Cannot write the text as TOML: it holds half of a surrogate pair");
  }
  // JSON's escapes are a subset of TOML's; DEL is the one control character that JSON leaves.
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}
