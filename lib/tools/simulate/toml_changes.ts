import { writeToml } from "../../plan/curvine/toml_text.ts";
import {
  isTomlTable,
  type TomlTable,
  tomlTable,
  type TomlValue,
} from "../../plan/curvine/toml_value.ts";

/** A key that differs between two configurations. */
export interface TomlChange {
  /** Dotted, such as `fuse.io_threads`. */
  readonly key: string;
  /** As TOML has it; absent where the key was not there. */
  readonly before?: string;
  readonly after?: string;
}

/** What a configuration has that another has not, key by key. */
export function tomlChanges(before: TomlTable, after: TomlTable): TomlChange[] {
  const old = flatten(before, "");
  const fresh = flatten(after, "");
  // What stands above all sections comes first, as in the file.
  const keys = [...new Set([...fresh.keys(), ...old.keys()])]
    .sort((one, other) => Number(one.includes(".")) - Number(other.includes(".")));
  return keys.filter((key) => old.get(key) !== fresh.get(key)).map((key) => {
    const was = old.get(key);
    const is = fresh.get(key);
    return {
      key,
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
    };
  });
}

/** A change as a person reads it, in one or two lines. */
export function changeLines({ key, before, after }: TomlChange): string[] {
  return [
    ...(before === undefined ? [] : [`- ${key} = ${before}`]),
    ...(after === undefined ? [] : [`+ ${key} = ${after}`]),
  ];
}

function flatten(table: TomlTable, prefix: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(table)) {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    if (isTomlTable(value)) {
      for (const [inner, text] of flatten(value, key)) found.set(inner, text);
    } else found.set(key, valueText(value));
  }
  return found;
}

/** A value as TOML, on one line. */
function valueText(value: TomlValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (isTomlTable(value)) {
    const parts = Object.entries(value).map(([name, inner]) => `${name} = ${valueText(inner)}`);
    return `{ ${parts.join(", ")} }`;
  }
  return writeToml(tomlTable([["x", value]])).trim().replace(/^x = /, "");
}
