import type { ExitCode } from "../../ports/exit_code.ts";

/** What each exit code means, for the documents. */
export const EXIT_CODE_MEANINGS: Readonly<Record<keyof typeof ExitCode, string>> = {
  Done: "done",
  No: "a plain no: unhealthy, or a load that did not complete",
  Usage: "the command line is wrong",
  NoInput: "a file that was named does not exist",
  Unavailable: "Curvine cannot be reached",
  Software: "a bug of ours",
  OsError: "a mount or another system call failed",
  TryAgain: "somebody else holds the lock: try again",
  Config: "the configuration is bad",
  CannotExecute: "what to execute was found but cannot be executed",
  CommandNotFound: "what to execute was not found",
};
