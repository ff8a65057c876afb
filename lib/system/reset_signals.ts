import { fixedBytes, kernel } from "./kernel_calls.ts";
import { SIGSET_BYTES } from "./signal_mask.ts";

/** `struct sigaction` as the kernel has it: handler, flags, restorer, mask. */
const SIGACTION_BYTES = 32;

/** Gives signals back to the kernel's own way with them, by their numbers. */
export function resetSignals(signals: readonly number[]): void {
  const action = fixedBytes(SIGACTION_BYTES);
  for (const signal of signals) kernel("rt_sigaction", signal, action, null, SIGSET_BYTES);
}
