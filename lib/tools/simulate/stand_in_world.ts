import type { HandedOn, HandOnOptions, Hold, Outcome, ServedMount } from "../../ports/takeover.ts";
import type { Connection } from "../../ports/sockets.ts";
import type { World } from "../../ports/world.ts";

/** Whoever serves a stand-in's mount: the stand-in itself, or bindfs beside it. */
export interface StandInServer {
  readonly pid: number;
  /** The mount's number, which stays the same from one stand-in to the next. */
  readonly id: number;
}

/** What {@link standInWorld} does with whoever serves. */
export interface StandInServers {
  /** `undefined` where nothing is mounted. */
  current(): StandInServer | undefined;
  /** Whether whoever serves is a process of its own beside the stand-in, as bindfs is. */
  readonly beside: boolean;
  /** Ends the mount. */
  end(server: StandInServer): void;
}

/**
 * The world of a simulation whose Curvine is a stand-in: masters are never asked, and a mount is
 * handed on as far as a stand-in can take it. Its server, which is no part of the daemon here, lives
 * on as a connection does that is held; the next stand-in goes on with it.
 */
export function standInWorld(world: World, servers: StandInServers): World {
  return {
    ...world,
    takeover: {
      hold: (_, mounts) => ({ ok: true, value: standInHold(mounts, servers, world) }),
    },
    processes: {
      ...world.processes,
      // A leftover of the daemon would be ended before its successor begins. A stand-in that serves
      // by itself is no leftover: it may be the very successor that is sought.
      marked: (variable, value) =>
        world.processes.marked(variable, value)
          .filter(({ pid }) => !servers.beside || pid !== servers.current()?.pid),
    },
    sockets: { ...world.sockets, connectTcp: () => Promise.resolve(silent()) },
  };
}

function standInHold(
  mounts: readonly ServedMount[],
  servers: StandInServers,
  { files }: World,
): Hold {
  let isHeld = true;
  return {
    mounts,
    alive: () => isHeld && servers.current() !== undefined,
    forgetNames: () => isHeld && servers.current() !== undefined ? "forgotten" : "ended",
    // A stand-in knows all names, and its kernel asks nobody.
    park: () => false,
    asked: () => "not",
    nodesAsked: () => [],
    letIn: () => {},
    release: () => {},
    resume: () => {},
    handOn<Successor>(
      { folder }: HandOnOptions,
      start: (statePath: string) => Successor,
    ): Outcome<HandedOn<Successor>> {
      const server = servers.current();
      if (server === undefined) {
        return { ok: false, reason: "nobody serves the mount any more", lasting: false };
      }
      const path = `${folder}/takeover.state`;
      files.write(path, JSON.stringify(server));
      // The mount answers all along: only the successor knows when it has read this, and removes it.
      const door = { keeps: true, isReached: () => true, open: () => {}, remove: () => {} };
      return { ok: true, value: { successor: start(path), door } };
    },
    end(): void {
      const server = servers.current();
      if (isHeld && server !== undefined) servers.end(server);
      isHeld = false;
    },
    close(): void {
      isHeld = false;
    },
  };
}

/** Connected to nobody. */
function silent(): Connection {
  return {
    near: true,
    read: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    finish: () => {},
    close: () => {},
  };
}
