import { kernel, withErrno } from "./kernel_calls.ts";
import { readSurroundings, type WhyNot, whyNotTaken } from "./takeover_reasons.ts";
import { Errno } from "./kernel_calls.ts";

/**
 * Whether this container lets us take a daemon's connection over, found out on ourselves: the system
 * calls are made for a descriptor of our own. What Yama forbids towards others is told by its rule.
 *
 * @param mayTrace whether we have CAP_SYS_PTRACE
 * @returns why not; `undefined` when it does
 */
export function takeoverForbidden(mayTrace: boolean): WhyNot | undefined {
  const opened = withErrno(() => kernel("pidfd_open", Deno.pid, 0));
  if (opened.result < 0) return whyNotTaken("pidfd_open", opened.errno);
  const own = opened.result;
  try {
    const copied = withErrno(() => kernel("pidfd_getfd", own, own, 0));
    if (copied.result < 0) return whyNotTaken("pidfd_getfd", copied.errno);
    kernel("close", copied.result);
  } finally {
    kernel("close", own);
  }
  // A supervisor is its daemon's parent: scope 1 allows that.
  const { yamaScope = 0 } = readSurroundings();
  const isAllowed = yamaScope < 2 || (yamaScope === 2 && mayTrace);
  return isAllowed ? undefined : whyNotTaken("pidfd_getfd", Errno.EPERM);
}
