import { fixedBytes, kernel } from "./kernel_calls.ts";

const SIG_BLOCK = 0;
const SIG_SETMASK = 2;
/** `sigset_t` as the kernel has it. */
export const SIGSET_BYTES = 8;

/** Keeps signals waiting, by their numbers; threads that begin later keep them waiting too. */
export function blockSignals(signals: readonly number[]): void {
  kernel("rt_sigprocmask", SIG_BLOCK, signalSet(signals), null, SIGSET_BYTES);
}

/**
 * Takes a blocked signal that waits for this process.
 *
 * @param signals the numbers that count
 * @returns its number, or `undefined` when none waits
 */
export function takeWaiting(signals: readonly number[]): number | undefined {
  // No time to wait: two zeros.
  const taken = kernel("rt_sigtimedwait", signalSet(signals), null, fixedBytes(16), SIGSET_BYTES);
  return taken > 0 ? taken : undefined;
}

/**
 * Lets every signal reach this thread again. One thread that takes them is enough for a process:
 * those of the runtime keep the mask that they inherited.
 */
export function unblockSignals(): void {
  kernel("rt_sigprocmask", SIG_SETMASK, fixedBytes(SIGSET_BYTES), null, SIGSET_BYTES);
}

function signalSet(signals: readonly number[]): Uint8Array<ArrayBuffer> {
  const set = fixedBytes(SIGSET_BYTES);
  const mask = signals.reduce((bits, signal) => bits | 1n << BigInt(signal - 1), 0n);
  new DataView(set.buffer).setBigUint64(0, mask, true);
  return set;
}
