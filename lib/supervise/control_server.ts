import { answerBytes, type HttpAnswer, MOST_HEAD_BYTES, parseRequest } from "./http_request.ts";
import type { HttpRequest } from "./http_request.ts";
import type { Connection, Listener } from "../ports/sockets.ts";
import type { Clock } from "../ports/world.ts";

/** Answers a request; a promise keeps the client waiting. */
export type Respond = (
  request: HttpRequest,
  /** Whether the client is on this machine. */
  near: boolean,
) => HttpAnswer | Promise<HttpAnswer>;

/** More clients than this wait for others to leave. */
const MOST_CLIENTS = 256;

/** A client that says nothing for so long is sent away. */
const SILENT_CLIENT_MS = 5000;

/** After a failed accept (too many open files, say). */
const ACCEPT_PAUSE_MS = 100;

/**
 * A small HTTP/1 server: one request for each connection, then it is closed. Clients may say
 * nothing, half of it, or too much; none of that may disturb anybody else.
 */
export class ControlServer {
  readonly #respond: Respond;
  readonly #clock: Clock;
  readonly #listeners: Listener[] = [];
  readonly #clients = new Set<Connection>();
  readonly #finished: Promise<void>[] = [];
  #busy = 0;
  #onIdle: (() => void) | undefined;

  constructor(respond: Respond, clock: Clock) {
    this.#respond = respond;
    this.#clock = clock;
  }

  /** Serves a listener until {@link close}. */
  serve(listener: Listener): void {
    this.#listeners.push(listener);
    this.#finished.push(this.#accept(listener));
  }

  /**
   * Takes no more clients, and waits until those that are being answered have left: somebody who
   * waited for our stop is still running when the answer arrives, and would end with us.
   *
   * @param grace at most so many milliseconds
   */
  async close(grace: number): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    if (this.#busy > 0) {
      await new Promise<void>((done) => {
        const cancel = this.#clock.after(grace, done);
        this.#onIdle = () => {
          cancel();
          done();
        };
      });
    }
    for (const client of this.#clients) client.close();
    await Promise.all(this.#finished);
  }

  async #accept(listener: Listener): Promise<void> {
    const pause = (): Promise<void> =>
      new Promise((done) => void this.#clock.after(ACCEPT_PAUSE_MS, done));
    for (;;) {
      let client: Connection | undefined;
      try {
        client = await listener.accept();
      } catch {
        await pause();
        continue;
      }
      if (client === undefined) return;
      if (this.#clients.size >= MOST_CLIENTS) {
        client.close();
        continue;
      }
      this.#clients.add(client);
      void this.#handle(client);
    }
  }

  async #handle(client: Connection): Promise<void> {
    const close = (): void => {
      this.#clients.delete(client);
      client.close();
    };
    const cancel = this.#clock.after(SILENT_CLIENT_MS, close);
    let answering = false;
    try {
      const head = await readHead(client);
      if (head === undefined) return;
      cancel();
      answering = true;
      this.#busy++;
      const request = parseRequest(head);
      const answer = request === undefined
        ? { status: 400, type: "text/plain; charset=utf-8", body: "not an HTTP request\n" }
        : await this.#respond(request, client.near);
      await client.write(answerBytes(answer, request?.method !== "HEAD"));
      await this.#untilGone(client, answer.seeOff === true ? SEE_OFF_MS : UNTIL_GONE_MS);
    } catch {
      // The client has gone; so has its wish.
    } finally {
      cancel();
      close();
      if (answering && --this.#busy === 0) this.#onIdle?.();
    }
  }

  /** The client closes when it has read all; one that does not is not waited for. */
  async #untilGone(client: Connection, limit: number): Promise<void> {
    const cancel = this.#clock.after(limit, () => client.close());
    const rest = new Uint8Array(1024);
    client.finish();
    while (await client.read(rest) !== null);
    cancel();
  }
}

const UNTIL_GONE_MS = 300;

/** An unmount that was announced may have to write out what is cached. */
const SEE_OFF_MS = 60_000;

async function readHead(client: Connection): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(2048);
  let head = "";
  while (!/\r?\n\r?\n/.test(head)) {
    const count = await client.read(chunk);
    if (count === null || head.length > MOST_HEAD_BYTES) return undefined;
    head += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  return head;
}
