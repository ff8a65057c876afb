import { addressOfPointer, fixedBytes, kernel } from "./kernel_calls.ts";

const SIGABRT = 6;
const DEFAULT = 0n;
/** As a shell tells an end by TERM. No success: a job that did nothing must not claim it. */
const ENDED_BY_TERM = 143;

/**
 * Bridges the moment in which the runtime catches HUP, INT and TERM but knows of no listener yet:
 * it would raise the signal's default, which PID 1 has none of and its own thread blocks, then
 * abort, and as PID 1 die of the trap behind that (SIGSEGV).
 *
 * Until the returned function is called an abort ends the process as TERM would have: whoever was
 * told to end before anything began has nothing to put in order.
 */
export function guardAbort(): () => void {
  // The runtime's thread waits in the callback; what comes after it is never reached.
  const end = new Deno.UnsafeCallback(
    { parameters: ["i64"], result: "void" },
    () => Deno.exit(ENDED_BY_TERM),
  );
  handleAbort(addressOfPointer(end.pointer));
  return () => handleAbort(DEFAULT);
}

/** `struct sigaction` as the kernel has it: handler, flags, restorer, mask. */
const SIGACTION_BYTES = 32;
const SIGSET_BYTES = 8;
/** x86-64 calls no handler that does not say where it returns to; ours never does. */
const SA_RESTORER = 0x04000000n;

function handleAbort(handler: bigint): void {
  const action = fixedBytes(SIGACTION_BYTES);
  new BigUint64Array(action.buffer).set([handler, SA_RESTORER, handler]);
  kernel("rt_sigaction", SIGABRT, action, null, SIGSET_BYTES);
}
