import type { DoctorWorld } from "./patient.ts";

/** A process that listens on a port. */
export interface Holder {
  readonly pid: number;
  /** Its argument list. */
  readonly argv: readonly string[];
  /** What its executable is, where the kernel lets us see. */
  readonly executable: string | undefined;
}

/** A port on which somebody of this network listens. */
export interface TakenPort {
  readonly port: number;
  /** Absent where it is a process that cannot be seen from here: another container's, say. */
  readonly holder: Holder | undefined;
}

type ProcWorld = Pick<DoctorWorld, "read" | "names" | "readLink">;

/** Finds out who listens on some of these ports, by `/proc/net` and the processes' descriptors. */
export function takenPorts(ports: readonly number[], world: ProcWorld): TakenPort[] {
  const sockets = ["tcp", "tcp6"]
    .flatMap((name) => listening(world.read(`/proc/net/${name}`) ?? ""))
    .filter(({ port }) => ports.includes(port));
  if (sockets.length === 0) return [];
  const holders = holdersOf(new Set(sockets.map(({ inode }) => inode)), world);
  return sockets.map(({ port, inode }) => ({ port, holder: holders.get(inode) }));
}

/** The kernel's number for a socket that listens. */
const LISTEN = "0A";

/**
 * The sockets that listen, by a table of `/proc/net`.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const line = "   0: 00000000:2323 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0" +
 *   "        0 4711 1 0000000000000000 100 0 0 10 0";
 * assert.deepEqual(listening(line), [{ port: 8995, inode: "4711" }]);
 * ```
 */
export function listening(table: string): { port: number; inode: string }[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const port = parseInt(local.slice(local.indexOf(":") + 1), 16);
    return state === LISTEN && Number.isInteger(port) ? [{ port, inode }] : [];
  });
}

function holdersOf(inodes: ReadonlySet<string>, world: ProcWorld): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const pid of world.names("/proc").map(Number).filter(Number.isInteger)) {
    for (const descriptor of world.names(`/proc/${pid}/fd`)) {
      const link = world.readLink(`/proc/${pid}/fd/${descriptor}`) ?? "";
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode === undefined || !inodes.has(inode) || holders.has(inode)) continue;
      const argv = (world.read(`/proc/${pid}/cmdline`) ?? "").split("\0").slice(0, -1);
      holders.set(inode, { pid, argv, executable: world.readLink(`/proc/${pid}/exe`) });
    }
  }
  return holders;
}
