import { mountsOnTheWay, tidyPath } from "../../mount/mount_path.ts";
import { parseMountinfo } from "../../mount/mountinfo.ts";
import { type Mounts, NO_LESSON } from "../../ports/mounts.ts";
import type { FuseConnections, Processes, Stop, World } from "../../ports/world.ts";

/** No kernel gives out such a number. */
const FIRST_ID = 900_000_000;
const LOOK_MS = 50;

/** What a stand-in writes down instead of mounting. */
export interface PretendedMount {
  readonly target: string;
  /** The process that pretends to serve. */
  readonly pid: number;
  /** Stays the same over a hot reload. */
  readonly id: number;
}

/** How a process is, as far as `/proc` tells. */
export type ProcessState = "running" | "stopped" | "gone";

/**
 * The world as it is, with one mount more: on a machine that lets us mount nothing, a stand-in
 * writes down that it has mounted, and the supervisor is told so. It is dead when its process is,
 * hangs while that is stopped, and is gone when the note is.
 *
 * @param note the file that the stand-in writes
 */
export function withPretendedMount(
  world: World,
  note: string,
  stateOf: (pid: number) => ProcessState,
): World {
  const read = (): PretendedMount | undefined => pretendedMount(world, note);
  const at = (path: string): PretendedMount | undefined => {
    const mount = read();
    return mount !== undefined && tidyPath(mount.target) === tidyPath(path) ? mount : undefined;
  };
  const mounts: Mounts = {
    ...world.mounts,
    table(): string {
      const table = world.mounts.table();
      const mount = read();
      return mount === undefined ? table : `${table.trimEnd()}\n${line(mount, table)}\n`;
    },
    async detach(path: string): Promise<void> {
      if (at(path) === undefined) await world.mounts.detach(path);
      else world.files.remove(note);
    },
    async unmount(path: string): Promise<void> {
      if (at(path) === undefined) await world.mounts.unmount(path);
      else world.files.remove(note);
    },
    async ask(path, ...how): ReturnType<Mounts["ask"]> {
      const mount = at(path);
      if (mount === undefined) return await world.mounts.ask(path, ...how);
      const answers = { running: "answers", stopped: "silent", gone: "stale" } as const;
      return answers[stateOf(mount.pid)];
    },
    walk: () => Promise.resolve(true),
    teach: () => ({ ...NO_LESSON, answered: Promise.resolve(true) }),
    mayMount: () => true,
  };
  const connections: FuseConnections = {
    // Whoever would read the mount waits while its process is stopped.
    waiting(): number {
      const mount = read();
      return mount !== undefined && stateOf(mount.pid) === "stopped" ? 1 : 0;
    },
    abort: () => false,
    close: () => Promise.resolve(),
  };
  const processes: Processes = {
    ...world.processes,
    // The kernel knows of no connection here: whoever wrote the note serves.
    serves: (pid, variable, value, minor) =>
      minor === String(read()?.id) || world.processes.serves(pid, variable, value, minor),
  };
  return {
    ...world,
    mounts,
    processes,
    connections: () => connections,
    watchMounts(changed: () => void): Stop {
      let seen = world.files.read(note);
      let cancel: Stop = () => {};
      const look = (): void => {
        const now = world.files.read(note);
        if (now !== seen) {
          seen = now;
          changed();
        }
        cancel = world.clock.after(LOOK_MS, look);
      };
      look();
      const unwatch = world.watchMounts(changed);
      return () => {
        cancel();
        unwatch();
      };
    },
  };
}

/** What a stand-in has written down of its mount; absent where there is none. */
export function pretendedMount(
  { files }: Pick<World, "files">,
  note: string,
): PretendedMount | undefined {
  const text = files.read(note);
  return text === undefined || text === "" ? undefined : JSON.parse(text) as PretendedMount;
}

/** A line of mountinfo, on top of whatever lies at the target. */
function line({ target, id }: PretendedMount, table: string): string {
  const parent = mountsOnTheWay(parseMountinfo(table), tidyPath(target)).at(-1)?.id ?? 1;
  const path = tidyPath(target).replace(
    /[\s\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `${FIRST_ID + id} ${parent} pretended:${id} / ${path} rw - fuse.curvinefs curvinefs rw`;
}
