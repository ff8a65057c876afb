/** The signals that an entrypoint may get and that must not end it unasked. */
export type CaughtSignal = "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2";

/** Signals caught since the process began; whoever takes over gets the earlier ones first. */
export interface Signals {
  /** Gives every signal, those that wait included, to this handler from now on. */
  takeOver(handler: (signal: CaughtSignal) => void): void;
  /**
   * Lets signals end this process until somebody takes them over: by `exit`, with the code that a
   * shell has for each, where the kernel does not end it.
   */
  endBy(exit: (code: number) => void): void;
  /**
   * Waits until the signals that have come so far were given to the handler, or are kept for it; one
   * of this very moment may be a bit later.
   */
  delivered(): Promise<void>;
}

/** Linux numbers on x86-64 and arm64, for exit codes of the form 128 + signal. */
export const SIGNAL_NUMBERS: Readonly<Record<CaughtSignal, number>> = {
  SIGTERM: 15,
  SIGINT: 2,
  SIGHUP: 1,
  SIGQUIT: 3,
  SIGUSR1: 10,
  SIGUSR2: 12,
};
