/** Linux capabilities that matter here, by their numbers (linux/capability.h). */
const NUMBERS = {
  CAP_SYS_PTRACE: 19n,
  CAP_SYS_ADMIN: 21n,
  CAP_SYS_RESOURCE: 24n,
} as const;

/** One of them. */
export type Capability = keyof typeof NUMBERS;

/**
 * Whether a process has a capability now.
 *
 * @param status the text of its `/proc/<pid>/status`
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert(hasCapability("CapEff:\t0000000000200000\n", "CAP_SYS_ADMIN"));
 * assert(!hasCapability("CapEff:\t0000000000000000\n", "CAP_SYS_ADMIN"));
 * ```
 */
export function hasCapability(status: string, capability: Capability): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && (BigInt(`0x${effective}`) >> NUMBERS[capability] & 1n) === 1n;
}
