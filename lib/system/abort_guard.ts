import { addressOfPointer } from "./kernel_calls.ts";
import { setSignalAction } from "./signal_action.ts";

const SIGABRT = 6;
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
  setSignalAction([SIGABRT], addressOfPointer(end.pointer));
  return () => setSignalAction([SIGABRT]);
}
