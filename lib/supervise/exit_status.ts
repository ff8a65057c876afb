import type { ExitStatus } from "../ports/child.ts";
/** For a log line: `exited with 1`, `was killed by SIGKILL`. */
export function describeStatus(status: ExitStatus): string {
  return status.signal === undefined
    ? `exited with ${status.code}`
    : `was killed by ${status.signal}`;
}

/** What we exit with when we give the daemon up: its own code, but never success. */
export function codeOfGivingUp(status: ExitStatus): number {
  return status.code === 0 ? 1 : status.code;
}
