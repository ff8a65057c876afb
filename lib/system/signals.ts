import { type CaughtSignal, SIGNAL_NUMBERS, type Signals } from "../ports/signals.ts";
import { blockSignals, takeWaiting, unblockSignals } from "./signal_mask.ts";

/**
 * Installs the handlers. Called before anything else is loaded: a container runtime may send
 * TERM in the first milliseconds, and Deno as PID 1 crashes on a signal that has no listener.
 */
export function catchSignals(): Signals {
  let caught: CaughtSignal[] = [];
  let handler: ((signal: CaughtSignal) => void) | undefined;
  const names = Object.keys(SIGNAL_NUMBERS) as CaughtSignal[];
  const numbers = names.map((name) => SIGNAL_NUMBERS[name]);
  // Of a signal that it catches but knows no listener of yet, the runtime would have the default, which
  // PID 1 has none of: it would abort, and die of SIGSEGV. So none comes before all have listeners.
  blockSignals(numbers);
  for (const signal of names) {
    Deno.addSignalListener(signal, () => {
      if (handler) handler(signal);
      else caught.push(signal);
    });
  }
  // What waits is taken here and now: a listener would hear of it only when much has been started
  // already. Whoever started us may have blocked what ends us, too: a mask is inherited.
  for (let taken = takeWaiting(numbers); taken !== undefined; taken = takeWaiting(numbers)) {
    caught.push(...names.filter((name) => SIGNAL_NUMBERS[name] === taken));
  }
  unblockSignals();
  const takeOver = (next: (signal: CaughtSignal) => void): void => {
    handler = next;
    const early = caught;
    caught = [];
    for (const signal of early) next(signal);
  };
  return {
    takeOver,
    endBy: (exit) => takeOver((signal) => exit(128 + SIGNAL_NUMBERS[signal])),
    delivered: markerHeard,
  };
}

/**
 * For whom the kernel ends by a signal as any program, that is, not for PID 1: the handlers are
 * installed when somebody takes the signals over. They take a millisecond, which a probe feels.
 */
export function catchSignalsLater(): Signals {
  let signals: Signals | undefined;
  return {
    takeOver: (next) => (signals ??= catchSignals()).takeOver(next),
    endBy: () => {},
    delivered: async () => await signals?.delivered(),
  };
}

/** Nobody sends it to a process that has not asked for it, and it ends nobody. */
const MARKER = "SIGURG";

/**
 * Waits until the listeners of every signal that came before have run. Signals reach them by a
 * thread of the runtime's and by its queue, which a busy machine may hold up for long: a marker is
 * sent after them the same way. That thread looks for signals by their numbers, so the first marker
 * may be seen by a look that was past a lower number already; the second is not.
 */
export async function deliverSignals(): Promise<void> {
  await markerHeard();
  await markerHeard();
}

function markerHeard(): Promise<void> {
  return new Promise((heard) => {
    const listener = (): void => {
      Deno.removeSignalListener(MARKER, listener);
      heard();
    };
    Deno.addSignalListener(MARKER, listener);
    Deno.kill(Deno.pid, MARKER);
  });
}
