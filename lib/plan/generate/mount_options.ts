import { lookUpKey } from "../curvine/key_table.ts";
import { isOwnOption } from "./option_aliases.ts";
import { optionTarget } from "./option_target.ts";

/**
 * Reads `MOUNT_OPTIONS`: `k=v,k=v` in any order. Words without a value are none of ours: Fluid says
 * `ro` when the Dataset is read-only, and other file systems' options stand there, too. Behind an
 * option whose value is a list they are what its commas have separated.
 *
 * Source: Fluid, ThinRuntime.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseMountOptions("ro,io-threads=8,master-endpoints=m0:1,m1:1"), {
 *   "io-threads": "8",
 *   "master-endpoints": "m0:1,m1:1",
 * });
 * ```
 */
export function parseMountOptions(text: string): Record<string, string> {
  const options: Record<string, string> = Object.create(null);
  let list: string | undefined;
  for (const part of text.split(",")) {
    const [, name, value] = /^\s*([A-Za-z0-9_.-]+)=(.*)$/s.exec(part) ?? [];
    if (name !== undefined && value !== undefined) {
      options[name] = value;
      list = takesList(name) ? name : undefined;
    } else if (list !== undefined && part.trim() !== "") options[list] += `,${part}`;
  }
  return { ...options };
}

function takesList(name: string): boolean {
  if (isOwnOption(name)) return true;
  const target = optionTarget("thin", name);
  const known = target === undefined ? undefined : lookUpKey(target.section, target.path);
  return typeof known === "object" && known[0] === "list";
}
