import type { HandedComponent } from "./handed_file.ts";
import { hasAt, textAt } from "./manifest.ts";

/** A container's variables, in the order of its list. */
export type EnvList = readonly unknown[];

/**
 * What a container's variables are when it starts. Of two of one name the later counts, and
 * `$(NAME)` stands for an earlier one; what no manifest tells (`valueFrom`) makes unknown whatever
 * it stands in.
 *
 * Fluid: What kubectl and Kubernetes make of a manifest.
 *
 * @param own variables that Fluid puts in front
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const list = [{ name: "B", value: "$(A):1 $$(A) $(NONE)" }, { name: "A", value: "2" }];
 * assert.deepEqual(containerEnv({ A: "1" }, list).env, { A: "2", B: "1:1 $(A) $(NONE)" });
 * ```
 */
export function containerEnv(
  own: Readonly<Record<string, string>>,
  list: EnvList,
): Pick<HandedComponent, "env" | "unknown"> {
  const env = new Map(Object.entries(own));
  const unknown = new Set<string>();
  for (const entry of list) {
    const name = textAt(entry, ["name"]);
    if (name === undefined) continue;
    const text = textAt(entry, ["value"]) ?? "";
    const isUnknown = hasAt(entry, ["valueFrom"]) ||
      references(text).some((other) => unknown.has(other));
    if (isUnknown) {
      unknown.add(name);
      env.delete(name);
    } else {
      unknown.delete(name);
      env.set(name, expand(text, env));
    }
  }
  return { env: Object.fromEntries(env), unknown };
}

const REFERENCE = /\$\$|\$\(([^()]*)\)/g;

function references(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, name]) => name === undefined ? [] : [name]);
}

function expand(text: string, env: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    REFERENCE,
    (whole, name?: string) => name === undefined ? "$" : env.get(name) ?? whole,
  );
}
