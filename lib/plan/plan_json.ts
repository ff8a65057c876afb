import type { Plan } from "./plan.ts";

/** A plan as JSON. An integer beyond 2^53 is written as text: JSON's readers would round it. */
export function planJson(plan: Plan): string {
  const text = JSON.stringify(
    plan,
    (_key, value) => typeof value === "bigint" ? value.toString() : value,
    2,
  );
  return `${text}\n`;
}
