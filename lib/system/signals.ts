import { type CaughtSignal, SIGNAL_NUMBERS, type Signals } from "../ports/signals.ts";
import { unblockSignals } from "./signal_mask.ts";

/**
 * Installs the handlers. Called before anything else is loaded: a container runtime may send
 * TERM in the first milliseconds, and Deno as PID 1 crashes on a signal that has no listener.
 */
export function catchSignals(): Signals {
  let caught: CaughtSignal[] = [];
  let handler: ((signal: CaughtSignal) => void) | undefined;
  for (const signal of Object.keys(SIGNAL_NUMBERS) as CaughtSignal[]) {
    Deno.addSignalListener(signal, () => {
      if (handler) handler(signal);
      else caught.push(signal);
    });
  }
  // A mask is inherited: whoever started us may have blocked what ends us. Not before there are
  // listeners, for a signal that waits arrives at once.
  unblockSignals();
  return {
    takeOver(next: (signal: CaughtSignal) => void): void {
      handler = next;
      const early = caught;
      caught = [];
      for (const signal of early) next(signal);
    },
  };
}
