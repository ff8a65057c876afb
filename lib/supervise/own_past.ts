import { minorOf, type Mount } from "../mount/mountinfo.ts";
import type { Log } from "../observe/log.ts";
import type { Processes, Stray } from "../ports/world.ts";
import { MARK } from "./daemon.ts";

/** A daemon of an earlier life gets so long to unmount and to go, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Daemons that serve a mount and are our own past: they bear a mark of ours, and the supervisor that
 * gave it no longer lives.
 */
export function ownPast(
  mount: Mount,
  processes: Pick<Processes, "strays" | "birthOf">,
): readonly Stray[] {
  const minor = minorOf(mount.device);
  return processes.strays(MARK).filter((stray) =>
    stray.minors.includes(minor) && isAbandoned(stray, processes)
  );
}

/**
 * Ends what is our own past. A new supervisor cannot go on with it: it is not its parent, so that it
 * would not learn of its end.
 */
export async function endOwnPast(
  past: readonly Stray[],
  processes: Pick<Processes, "endStray">,
  log: Log,
): Promise<void> {
  for (const { pid } of past) {
    log("info", "own-past", "Ending a daemon whose supervisor was killed", { pid });
    await processes.endStray(pid, PATIENCE_MS);
  }
}

/** Whether the supervisor of a mark is gone; of a mark that does not tell, it may live. */
function isAbandoned({ mark }: Stray, { birthOf }: Pick<Processes, "birthOf">): boolean {
  const [, pid, birth] = /^(\d+)\.(\d+)-/.exec(mark) ?? [];
  return pid !== undefined && birthOf(Number(pid)) !== Number(birth);
}
