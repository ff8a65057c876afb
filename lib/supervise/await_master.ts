import type { Endpoint } from "../plan/generate/endpoints.ts";
import type { World } from "../ports/world.ts";
import { reasonOf } from "../text/describe_error.ts";

/** One that drops packets is asked again after so long. */
const CONNECT_MS = 2000;

/** Between two rounds. */
const PAUSE_MS = 250;

/**
 * Waits until one of the masters accepts a TCP connection, as long as that is wanted.
 *
 * @param limit milliseconds; `Infinity` for none
 * @returns why none did; absent when one does, when there is none to ask, or nobody waits any more
 */
export async function awaitMaster(
  masters: readonly Endpoint[],
  { clock, sockets }: Pick<World, "clock" | "sockets">,
  limit: number,
  wanted: () => boolean,
): Promise<string | undefined> {
  if (masters.length === 0) return undefined;
  const answers = new Map<string, string>();
  const isAccepted = async ({ hostname, port }: Endpoint): Promise<void> => {
    const name = `${hostname}:${port}`;
    answers.set(name, `no answer within ${CONNECT_MS / 1000} s`);
    try {
      (await sockets.connectTcp(hostname, port)).close();
    } catch (error) {
      answers.set(name, reasonOf(error));
      throw error;
    }
  };
  /** @returns whether the work was done by then, and well */
  const within = (milliseconds: number, work: Promise<unknown>): Promise<boolean> =>
    new Promise((done) => {
      const cancel = clock.after(milliseconds, () => done(false));
      const settle = (well: boolean): void => {
        cancel();
        done(well);
      };
      work.then(() => settle(true), () => settle(false));
    });
  const end = clock.now() + limit;
  while (wanted()) {
    const round = Promise.any(masters.map(isAccepted));
    if (await within(Math.min(CONNECT_MS, Math.max(end - clock.now(), 1)), round)) return undefined;
    if (clock.now() >= end) {
      const told = [...answers].map(([name, answer]) => `${name}: ${answer}`).join("; ");
      return `no master accepts a connection (${told}); the dead mount stays until one does`;
    }
    await within(Math.min(PAUSE_MS, Math.max(end - clock.now(), 1)), new Promise(() => {}));
  }
  return undefined;
}
