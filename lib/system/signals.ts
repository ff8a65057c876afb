/** The signals that an entrypoint may get and that must not end it unasked. */
export type CaughtSignal = "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2";

/** Signals caught since the process began; whoever takes over gets the earlier ones first. */
export interface Signals {
  /** Gives every signal, those that wait included, to this handler from now on. */
  takeOver(handler: (signal: CaughtSignal) => void): void;
  /** Whether one has come that nobody has taken yet. */
  waiting(): boolean;
}

/** Linux numbers on x86-64 and arm64, for exit codes of the form 128 + signal. */
export const SIGNAL_NUMBERS: Readonly<Record<CaughtSignal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
};

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
  return {
    takeOver(next: (signal: CaughtSignal) => void): void {
      handler = next;
      const early = caught;
      caught = [];
      for (const signal of early) next(signal);
    },
    waiting: () => caught.length > 0,
  };
}
