import type { Plan } from "../plan/plan.ts";

/** Whether two plans mean the same: what they write, start and mount. */
export function samePlan(one: Plan, other: Plan): boolean {
  return sameValue(one.config.toml, other.config.toml) && one.config.path === other.config.path &&
    sameProcess(one, other);
}

/**
 * Whether a running daemon can take the other plan over by a hot reload: it starts its own
 * argument list again and reads the file anew (Curvine: Hot reload).
 */
export function sameProcess(one: Plan, other: Plan): boolean {
  return one.config.path === other.config.path && sameValue(one.process, other.process) &&
    sameValue(one.mount, other.mount);
}

/** Deep equality of plain data; the order of keys does not matter. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return false;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  // TOML's floats and dates are classes: 1 and 1.0 are different things.
  if (kindOf(one) !== kindOf(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    keys.every((key) =>
      Object.hasOwn(other, key) && sameValue(Reflect.get(one, key), Reflect.get(other, key))
    );
}

function kindOf(value: object): unknown {
  // Tables may come with or without a prototype.
  const kind = Object.getPrototypeOf(value)?.constructor;
  return kind === Object ? undefined : kind;
}
