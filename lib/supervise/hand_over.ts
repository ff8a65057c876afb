import type { Daemon } from "./daemon.ts";
import type { ExitStatus } from "../ports/child.ts";
import type { MountWatch } from "./mount_watch.ts";
import type { Heir } from "./state.ts";
import type { World } from "../ports/world.ts";

const SEEK_MS = 20;
const SETTLE_MS = 100;

/**
 * Looks for whoever carries on after a daemon that went, as long as that is wanted.
 *
 * @param status how the daemon went
 */
export async function seekHeir(
  daemon: Daemon,
  status: ExitStatus,
  { clock }: World,
  wanted: () => boolean,
): Promise<Heir | undefined> {
  while (wanted()) {
    const heir = daemon.heir(status);
    if (heir !== undefined) return heir;
    await new Promise<void>((done) => void clock.after(SEEK_MS, done));
  }
  return undefined;
}

/**
 * Waits until an adopted successor serves the mount, as long as that is wanted: all mount points
 * are there and answer a disposable child.
 *
 * @param probeTimeout how long one answer may take, in milliseconds
 * @returns whether it serves
 */
export async function settles(
  watch: MountWatch,
  probeTimeout: number,
  { clock, mounts }: World,
  wanted: () => boolean,
): Promise<boolean> {
  while (wanted()) {
    const served = watch.served();
    if (watch.isComplete(served)) {
      const answers = await Promise.all(served.map(({ path }) => mounts.ask(path, probeTimeout)));
      if (answers.every((answer) => answer === "answers")) return wanted();
    }
    await new Promise<void>((done) => void clock.after(SETTLE_MS, done));
  }
  return false;
}
