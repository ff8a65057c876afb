/**
 * A number that TOML must show as a float even when it is whole: `1.0` and `1` are different
 * types to Curvine's reader, but the same number to JavaScript.
 */
export class TomlFloat {
  constructor(readonly value: number) {}

  toJSON(): number {
    return this.value;
  }
}

/** A date or time, kept as the text that it had in the file it was read from. */
export class TomlDate {
  constructor(readonly text: string) {}

  toJSON(): string {
    return this.text;
  }
}

/** A TOML value. A whole `number` is an integer, any other a float. */
export type TomlValue =
  | string
  | number
  | bigint
  | boolean
  | TomlFloat
  | TomlDate
  | readonly TomlValue[]
  | TomlTable;

/** A TOML table. Made by {@link tomlTable}, so that no key can reach `Object.prototype`. */
export interface TomlTable {
  [key: string]: TomlValue;
}

/**
 * Makes a table without a prototype: keys come from other people's files, and `__proto__` is a
 * key like any other.
 */
export function tomlTable(entries: Iterable<readonly [string, TomlValue]> = []): TomlTable {
  const table: TomlTable = Object.create(null);
  for (const [key, value] of entries) table[key] = value;
  return table;
}

/** Whether a value is a table, as opposed to a scalar or an array. */
export function isTomlTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof TomlFloat) && !(value instanceof TomlDate);
}
