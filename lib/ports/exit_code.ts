/** What our exit codes mean, after sysexits(3) where it has a fitting one. */
export const ExitCode = {
  /** The work is done. */
  Done: 0,
  /** A plain no: unhealthy, or a load that did not complete. */
  No: 1,
  /** The command line is wrong. */
  Usage: 64,
  /** A file that was named does not exist. */
  NoInput: 66,
  /** Curvine cannot be reached. */
  Unavailable: 69,
  /** A bug of ours. */
  Software: 70,
  /** A mount or another system call failed. */
  OsError: 71,
  /** Somebody else holds the lock: try again. */
  TryAgain: 75,
  /** The configuration is bad. */
  Config: 78,
  /** What to execute was found but cannot be executed, as shells have it. */
  CannotExecute: 126,
  /** What to execute was not found, as shells have it. */
  CommandNotFound: 127,
} as const;

/** One of {@link ExitCode}'s values. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];
