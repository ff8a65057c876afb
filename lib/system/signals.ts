import { type CaughtSignal, SIGNAL_NUMBERS, type Signals } from "../ports/signals.ts";
import { guardAbort } from "./abort_guard.ts";
import { kernelInBackground } from "./kernel_calls.ts";
import { takeWaiting, unblockSignals } from "./signal_mask.ts";

/**
 * Installs the handlers. Called before anything else is loaded: a container runtime may send
 * TERM in the first milliseconds, and Deno as PID 1 crashes on a signal that has no listener.
 */
export function catchSignals(): Signals {
  let caught: CaughtSignal[] = [];
  let handler: ((signal: CaughtSignal) => void) | undefined;
  const names = Object.keys(SIGNAL_NUMBERS) as CaughtSignal[];
  const unguard = guardAbort();
  for (const signal of names) {
    Deno.addSignalListener(signal, () => {
      if (handler) handler(signal);
      else caught.push(signal);
    });
  }
  unguard();
  // A mask is inherited: whoever started us may have blocked what ends us. What waits behind it is
  // taken here and now: a listener would hear of it only when much has been started already.
  const numbers = names.map((name) => SIGNAL_NUMBERS[name]);
  for (let taken = takeWaiting(numbers); taken !== undefined; taken = takeWaiting(numbers)) {
    caught.push(...names.filter((name) => SIGNAL_NUMBERS[name] === taken));
  }
  unblockSignals();
  return {
    takeOver(next: (signal: CaughtSignal) => void): void {
      handler = next;
      const early = caught;
      caught = [];
      for (const signal of early) next(signal);
    },
    delivered: deliverSignals,
  };
}

const NO_DESCRIPTOR = -1;

/**
 * Signals caught since the process began wait in the runtime until it comes to rest: it looks for
 * them while it waits for a thread, here for one that does nothing. The second time their handlers
 * have surely run. A timer would do as well, but it takes at least a millisecond.
 */
export async function deliverSignals(): Promise<void> {
  await kernelInBackground("close", NO_DESCRIPTOR);
  await kernelInBackground("close", NO_DESCRIPTOR);
}
