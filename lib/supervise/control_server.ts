import type { Log } from "../observe/log.ts";
import { CONTROL_SOCKET } from "../plan/run_folders.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { Connection, Listener } from "../ports/sockets.ts";
import type { Clock, World } from "../ports/world.ts";
import { reasonOf } from "../text/describe_error.ts";
import { pause } from "./clock_waits.ts";
import { answerBytes, type HttpAnswer, MOST_HEAD_BYTES, parseRequest } from "./http_request.ts";
import type { HttpRequest } from "./http_request.ts";

/** Answers a request; a promise keeps the client waiting. */
export type Respond = (
  request: HttpRequest,
  /** Whether the client is on this machine. */
  near: boolean,
) => HttpAnswer | Promise<HttpAnswer>;

/** So many clients one listener has at once; the next takes the place of the longest silent. */
const MOST_CLIENTS = 256;

/** A client that says nothing, or does not take its answer, is sent away after so long. */
const SILENT_CLIENT_MS = 5000;

/** After a failed accept (too many open files, say). */
const ACCEPT_PAUSE_MS = 100;

/** The clients of one listener, the oldest first: none of them can use up another one's room. */
interface Clients {
  readonly all: Set<Connection>;
  /** Those that have not asked yet, and how they are sent away. */
  readonly silent: Map<Connection, () => void>;
  /** Those that have their answer and have not left, and how they are sent away. */
  readonly answered: Map<Connection, () => void>;
}

/**
 * A small HTTP/1 server: one request for each connection, then it is closed. Clients may say
 * nothing, half of it, or too much, and there may be many of them; none of that may disturb anybody
 * else. `Deno.serve` cannot do it: it tells nobody when a client has read its answer and left,
 * which {@link HttpAnswer.seeOff} needs.
 */
export class ControlServer {
  readonly #respond: Respond;
  readonly #clock: Clock;
  readonly #listeners: Listener[] = [];
  readonly #clients: Clients[] = [];
  readonly #finished: Promise<void>[] = [];
  #busy = 0;
  #onIdle: (() => void) | undefined;

  constructor(respond: Respond, clock: Clock) {
    this.#respond = respond;
    this.#clock = clock;
  }

  /** Serves a listener until {@link close}. */
  serve(listener: Listener): void {
    const clients: Clients = { all: new Set(), silent: new Map(), answered: new Map() };
    this.#listeners.push(listener);
    this.#clients.push(clients);
    this.#finished.push(this.#accept(listener, clients));
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
    for (const { all } of this.#clients) for (const client of all) client.close();
    await Promise.all(this.#finished);
  }

  async #accept(listener: Listener, clients: Clients): Promise<void> {
    for (;;) {
      let client: Connection | undefined;
      try {
        client = await listener.accept();
      } catch {
        if (!this.#makeRoom()) await pause(this.#clock, ACCEPT_PAUSE_MS);
        continue;
      }
      if (client === undefined) return;
      const [longest] = [...clients.silent.values(), ...clients.answered.values()];
      if (clients.all.size >= MOST_CLIENTS) longest?.();
      if (clients.all.size >= MOST_CLIENTS) client.close();
      else void this.#handle(client, clients);
    }
  }

  /**
   * Where a client cannot be taken, most likely too many files are open: half of the silent clients
   * of the listener that has most of them go, whichever failed. The control socket has to answer.
   *
   * @returns whether there were any
   */
  #makeRoom(): boolean {
    const [fullest] = this.#clients.toSorted((a, b) => b.silent.size - a.silent.size);
    const silent = [...fullest?.silent.values() ?? []];
    for (const close of silent.slice(0, Math.ceil(silent.length / 2))) close();
    return silent.length > 0;
  }

  async #handle(client: Connection, clients: Clients): Promise<void> {
    clients.all.add(client);
    const close = (): void => {
      clients.all.delete(client);
      clients.silent.delete(client);
      clients.answered.delete(client);
      client.close();
    };
    clients.silent.set(client, close);
    let cancel = this.#clock.after(SILENT_CLIENT_MS, close);
    let answering = false;
    try {
      const head = await readHead(client);
      if (head === undefined) return;
      cancel();
      clients.silent.delete(client);
      answering = true;
      this.#busy++;
      const request = parseRequest(head);
      const answer = request === undefined
        ? { status: 400, type: "text/plain; charset=utf-8", body: "not an HTTP request\n" }
        : await this.#respond(request, client.near);
      cancel = this.#clock.after(SILENT_CLIENT_MS, close);
      await client.write(answerBytes(answer, request?.method !== "HEAD"));
      cancel();
      if (answer.seeOff !== true) clients.answered.set(client, close);
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
    try {
      while (await client.read(rest) !== null);
    } finally {
      cancel();
    }
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

/**
 * Opens the control socket, and the TCP port when one is set. Failures are only logged.
 *
 * @param folder the run folder, where there is one
 * @returns the path of the socket, when it is ours
 */
export async function openControl(
  server: ControlServer,
  folder: string | undefined,
  world: Pick<World, "sockets" | "files">,
  settings: SupervisorSettings,
  log: Log,
): Promise<string | undefined> {
  const { httpAddr } = settings;
  if (httpAddr !== undefined) {
    const { host, port } = httpAddr;
    attempt(`listen on ${host}:${port}`, log, () => {
      server.serve(world.sockets.listenTcp(host, port));
    });
  }
  if (folder === undefined) return undefined;
  const path = `${folder}/${CONTROL_SOCKET}`;
  if (await isAnswered(path, world)) {
    log("warn", "no-control-socket", `Another supervisor answers at ${JSON.stringify(path)}`);
    return undefined;
  }
  // What is left of an earlier container would keep us from binding.
  world.files.remove(path);
  const isOurs = attempt(`listen on ${JSON.stringify(path)}`, log, () => {
    server.serve(world.sockets.listenUnix(path));
  });
  return isOurs ? path : undefined;
}

async function isAnswered(path: string, { sockets }: Pick<World, "sockets">): Promise<boolean> {
  try {
    (await sockets.connectUnix(path)).close();
    return true;
  } catch {
    return false;
  }
}

function attempt(what: string, log: Log, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    log("warn", "no-control-socket", `Cannot ${what}: ${reasonOf(error)}`);
    return false;
  }
}
