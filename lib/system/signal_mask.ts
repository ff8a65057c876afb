import { fixedBytes, kernel } from "./kernel_calls.ts";

const SIG_SETMASK = 2;
/** `sigset_t` as the kernel has it. */
const SIGSET_BYTES = 8;

/**
 * Lets every signal reach this thread again. One thread that takes them is enough for a process:
 * those of the runtime keep the mask that they inherited.
 */
export function unblockSignals(): void {
  kernel("rt_sigprocmask", SIG_SETMASK, fixedBytes(SIGSET_BYTES), null, SIGSET_BYTES);
}
