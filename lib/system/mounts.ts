import type { MountAnswer } from "../mount/classify.ts";
import type { Mounts } from "../mount/mounts.ts";
import { kernel } from "./kernel_calls.ts";
import { cString } from "./libc.ts";
import { within } from "./within.ts";

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const CAP_SYS_ADMIN = 21n;

/**
 * A detach is over for us when the table no longer shows the layer; the call itself may stay in
 * the kernel while a dead super block is put away.
 */
const DETACH_WAIT_MS = 500;

/** The real mounts. @param ask how a disposable child asks a mount; see `probe` */
export function systemMounts(
  ask: (path: string, deadline: number) => Promise<MountAnswer>,
): Mounts {
  return {
    table: () => Deno.readTextFileSync("/proc/self/mountinfo"),
    async detach(path: string): Promise<void> {
      await within(DETACH_WAIT_MS, umount(path, MNT_DETACH | UMOUNT_NOFOLLOW));
    },
    async unmount(path: string): Promise<void> {
      await umount(path, UMOUNT_NOFOLLOW);
    },
    ask,
    mayMount,
  };
}

/** Buffers of calls under way: the kernel reads them from another thread. */
const inFlight = new Set<Uint8Array>();

async function umount(path: string, flags: number): Promise<void> {
  const text = cString(path);
  inFlight.add(text);
  try {
    await kernel().umount2(text, flags);
  } finally {
    inFlight.delete(text);
  }
}

function mayMount(): boolean {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)/m.exec(Deno.readTextFileSync("/proc/self/status"));
    return line?.[1] !== undefined && (BigInt(`0x${line[1]}`) >> CAP_SYS_ADMIN & 1n) === 1n;
  } catch {
    return false;
  }
}
