import type { Endpoint } from "../plan/generate/endpoints.ts";
import type { Connection } from "../ports/sockets.ts";
import type { World } from "../ports/world.ts";
import { reasonOf } from "../text/describe_error.ts";
import { doneWithin, pause } from "./clock_waits.ts";

/** One that drops packets, or takes a connection and then says nothing, is asked again after so long. */
const ANSWER_MS = 2000;

/** Between two rounds. */
const PAUSE_MS = 250;

/**
 * Waits until one of the masters answers, as long as that is wanted. It takes a connection, is told
 * that nothing will come on it, and ends it on its side: any server does that at once, while of one
 * that stands still only the kernel answers, with a connection that nobody looks at.
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
  const end = clock.now() + limit;
  const left = (most: number): number => Math.min(most, Math.max(end - clock.now(), 1));
  while (wanted()) {
    const round = new Round(sockets, answers);
    const done = Promise.any(masters.map((master) => round.ask(master)));
    const isAnswered = await doneWithin(clock, left(ANSWER_MS), done);
    round.close();
    if (isAnswered) return undefined;
    if (clock.now() >= end) {
      const told = [...answers].map(([name, answer]) => `${name}: ${answer}`).join("; ");
      return `no master answers (${told}); the dead mount stays until one does`;
    }
    await pause(clock, left(PAUSE_MS));
  }
  return undefined;
}

/** Every master asked once. */
class Round {
  readonly #sockets: World["sockets"];
  readonly #answers: Map<string, string>;
  readonly #connections: Connection[] = [];
  #isOver = false;

  /** @param answers learns what each master did, for people */
  constructor(sockets: World["sockets"], answers: Map<string, string>) {
    this.#sockets = sockets;
    this.#answers = answers;
  }

  /** @throws when it refuses; else returns once it has answered */
  async ask({ hostname, port }: Endpoint): Promise<void> {
    const tell = (answer: string): void => {
      if (!this.#isOver) this.#answers.set(`${hostname}:${port}`, answer);
    };
    tell(`no connection within ${ANSWER_MS / 1000} s`);
    try {
      const connection = await this.#sockets.connectTcp(hostname, port);
      this.#connections.push(connection);
      if (this.#isOver) return connection.close();
      tell(`takes a connection, but does not answer within ${ANSWER_MS / 1000} s`);
      connection.finish();
      await connection.read(new Uint8Array(1));
    } catch (error) {
      tell(reasonOf(error));
      throw error;
    }
  }

  close(): void {
    this.#isOver = true;
    for (const connection of this.#connections) connection.close();
  }
}
