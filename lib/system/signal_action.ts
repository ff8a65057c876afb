import { fixedBytes, kernel } from "./kernel_calls.ts";
import { SIGSET_BYTES } from "./signal_mask.ts";

/** `struct sigaction` as the kernel has it: handler, flags, restorer, mask. */
const SIGACTION_BYTES = 32;
/** x86-64 calls no handler that does not say where it returns to. */
const SA_RESTORER = 0x04000000n;
/** The kernel's own way with a signal. */
const DEFAULT = 0n;

/**
 * Says how signals are handled.
 *
 * @param signals their numbers
 * @param handler the address of native code that never returns; absent: the kernel's default
 */
export function setSignalAction(signals: readonly number[], handler = DEFAULT): void {
  const action = fixedBytes(SIGACTION_BYTES);
  if (handler !== DEFAULT) new BigUint64Array(action.buffer).set([handler, SA_RESTORER, handler]);
  for (const signal of signals) kernel("rt_sigaction", signal, action, null, SIGSET_BYTES);
}
