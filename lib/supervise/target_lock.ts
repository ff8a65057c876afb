import type { Plan } from "../plan/plan.ts";
import type { Log } from "../observe/log.ts";
import type { World } from "../ports/world.ts";

/**
 * Makes sure that nobody else in this container supervises the same target: two of them would
 * detach each other's mounts for ever. The lock is held until this process ends.
 *
 * @param folder the run folder; without one there is no lock either
 * @returns who has it already and what to do, or `undefined` when it is ours now
 */
export function lockTarget(
  folder: string | undefined,
  plan: Plan,
  { locks, files, pid }: Pick<World, "locks" | "files" | "pid">,
  log: Log,
): string | undefined {
  if (folder === undefined) return undefined;
  const what = plan.mount?.target ?? plan.component;
  const path = `${folder}/${lockName(what)}`;
  try {
    if (locks.take(path, String(pid)) === undefined) {
      const holder = files.read(path)?.trim();
      return `Cannot supervise ${JSON.stringify(what)}: another curvine-fluid` +
        `${holder ? ` (process ${holder})` : ""} in this container does so already; ` +
        'see "curvine-fluid status", and end it with "curvine-fluid unmount"';
    }
  } catch (error) {
    // The mount is worth more than the lock.
    const reason = error instanceof Error ? error.message : String(error);
    log("warn", "no-lock", `Going on without a lock: ${reason}`);
  }
  return undefined;
}

/** A file name for any path: its readable end and a number made of all of it (FNV-1a). */
function lockName(what: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(what)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  const end = what.slice(what.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]/g, "_").slice(-40);
  return `supervise-${end}-${hash.toString(16)}.lock`;
}
