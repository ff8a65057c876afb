import { type Mounts, NO_LESSON } from "../ports/mounts.ts";
import { cString, kernelInBackground } from "./kernel_calls.ts";
import { MOUNTINFO, readMountinfo } from "./read_mountinfo.ts";
import { within } from "./within.ts";

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const CAP_SYS_ADMIN = 21n;

/**
 * A detach is over for us when the table no longer shows the layer; the call itself may stay in
 * the kernel while a dead super block is put away.
 */
const DETACH_WAIT_MS = 500;

/** For who never asks a mount for anything. */
const NO_CHILDREN: Pick<Mounts, "ask" | "walk" | "teach"> = {
  ask: () => Promise.resolve("unknown"),
  walk: () => Promise.resolve(false),
  teach: () => NO_LESSON,
};

/**
 * The real mounts.
 *
 * @param children what disposable children do; see {@link mountAskers}
 * @param table how the mount table is read; see {@link HeldMountTable}
 */
export function systemMounts(
  { ask, walk, teach }: Pick<Mounts, "ask" | "walk" | "teach"> = NO_CHILDREN,
  table: () => string = readMountinfo,
): Mounts {
  return {
    table,
    async detach(path: string): Promise<void> {
      await within(DETACH_WAIT_MS, umount(path, MNT_DETACH | UMOUNT_NOFOLLOW));
    },
    async unmount(path: string): Promise<void> {
      await umount(path, UMOUNT_NOFOLLOW);
    },
    ask,
    walk,
    teach,
    mayMount,
  };
}

/**
 * The mount table through a descriptor that stays open: it can be read when no more descriptors are
 * to be had, and even after somebody has unmounted `/proc`.
 */
export class HeldMountTable {
  #file: Deno.FsFile | undefined;
  #buffer = new Uint8Array(16 * 1024);

  /** @returns the whole text */
  read(): string {
    this.#file ??= Deno.openSync(MOUNTINFO);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    let length = 0;
    for (;;) {
      if (length === this.#buffer.length) {
        const bigger = new Uint8Array(length * 2);
        bigger.set(this.#buffer);
        this.#buffer = bigger;
      }
      const count = this.#file.readSync(this.#buffer.subarray(length));
      if (count === null || count === 0) break;
      length += count;
    }
    return new TextDecoder().decode(this.#buffer.subarray(0, length));
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

async function umount(path: string, flags: number): Promise<void> {
  await kernelInBackground("umount2", cString(path), flags);
}

function mayMount(): boolean {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)/m.exec(Deno.readTextFileSync("/proc/self/status"));
    return line?.[1] !== undefined && (BigInt(`0x${line[1]}`) >> CAP_SYS_ADMIN & 1n) === 1n;
  } catch {
    return false;
  }
}
