import type { Connection } from "../../ports/sockets.ts";
import type { World } from "../../ports/world.ts";

/**
 * The world of a stand-in. It serves no connection that could be handed on, and its masters are as
 * made up as itself: they are taken to answer, and no port of the machine is asked.
 */
export function standInWorld(world: World): World {
  return {
    ...world,
    takeover: {
      hold: () => ({
        ok: false,
        reason: "the stand-in of a simulation cannot take a mount over",
        lasting: true,
      }),
    },
    sockets: { ...world.sockets, connectTcp: () => Promise.resolve(silent()) },
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
