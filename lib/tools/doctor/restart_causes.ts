import type { RestartCause } from "../../supervise/state.ts";
import type { Page } from "./pages.ts";

/** What mends a daemon that ends again and again, by the cause of its restarts. */
export const MENDS: Readonly<Record<RestartCause, readonly [mend: string, page: Page]>> = {
  exit: [
    "its last lines say why: usually a master that does not answer, or a value that it refuses",
    "restarts",
  ],
  "exit-zero": [
    "it ended as if it had been asked to: did somebody unmount the target?",
    "restarts",
  ],
  signal: [
    "SIGSEGV and SIGABRT are its own faults: report them; SIGKILL is somebody's on the node",
    "restarts",
  ],
  oom: ["raise the container's memory limit: the kernel killed the daemon for it", "room"],
  spawn: ["it cannot be executed: CURVINE_HOME, or a library that is missing", "container"],
  "start-timeout": ["a master that does not answer keeps it from mounting: see masters", "masters"],
  hang: ["see masters; the stacks of its threads are in the log, where it waited", "hang"],
  unmounted: ["somebody unmounts the target on the node: who?", "unshared"],
  target: ["the mount point cannot be cleared: see mount", "mount"],
  "no-master": ["a dead mount is kept, for no master accepts a connection: see masters", "masters"],
  "reload-failed": ["a change of the configuration could not be taken over: see the log", "config"],
  config: ["a change of the configuration wanted a restart: see the log", "config"],
  "takeover-failed": ["a successor did not take the mount over: see takeover", "stale"],
};

/** What happened most often. @param restarts counts by cause */
export function mainCause(restarts: Readonly<Record<string, number>>): RestartCause | undefined {
  const [most] = Object.entries(restarts).filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one);
  return most !== undefined && Object.hasOwn(MENDS, most[0]) ? most[0] as RestartCause : undefined;
}
