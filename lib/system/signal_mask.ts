import { fixedBytes, kernel } from "./kernel_calls.ts";

const SIG_SETMASK = 2;
/** `sigset_t` as the kernel has it. */
export const SIGSET_BYTES = 8;

/**
 * Takes a blocked signal that waits for this process.
 *
 * @param signals the numbers that count
 * @returns its number, or `undefined` when none waits
 */
export function takeWaiting(signals: readonly number[]): number | undefined {
  const wanted = fixedBytes(SIGSET_BYTES);
  const mask = signals.reduce((bits, signal) => bits | 1n << BigInt(signal - 1), 0n);
  new DataView(wanted.buffer).setBigUint64(0, mask, true);
  // No time to wait: two zeros.
  const taken = kernel("rt_sigtimedwait", wanted, null, fixedBytes(16), SIGSET_BYTES);
  return taken > 0 ? taken : undefined;
}

/**
 * Lets every signal reach this thread again. One thread that takes them is enough for a process:
 * those of the runtime keep the mask that they inherited.
 */
export function unblockSignals(): void {
  kernel("rt_sigprocmask", SIG_SETMASK, fixedBytes(SIGSET_BYTES), null, SIGSET_BYTES);
}
