import { CONTROL_SOCKET } from "../plan/run_folders.ts";
import type { Connection, Sockets } from "../ports/sockets.ts";

/** What a supervisor answered. */
export interface ControlAnswer {
  /** The HTTP status. */
  readonly status: number;
  readonly body: string;
}

/** Whom to ask, and how long to wait for all of it, in milliseconds. */
export interface ControlClient {
  readonly sockets: Sockets;
  /** The folders that may hold the socket, as `runFolders` lists them. */
  readonly folders: readonly string[];
  readonly deadline: number;
  /**
   * Leave the connection open until this process ends: a supervisor that is PID 1 waits for that
   * before it ends, and would otherwise take us along before we have an exit code.
   */
  readonly hold?: boolean;
}

/** The most that is read of an answer. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Sends one request to the supervisor of this container.
 *
 * @param path such as `/status`, with its query
 * @returns its answer, or `undefined` when no supervisor answers in time
 */
export async function askSupervisor(
  method: "GET" | "POST",
  path: string,
  client: ControlClient,
): Promise<ControlAnswer | undefined> {
  const end = performance.now() + client.deadline;
  for (const folder of client.folders) {
    const left = end - performance.now();
    if (left <= 0) return undefined;
    const answer = await askOne(`${folder}/${CONTROL_SOCKET}`, method, path, client, left);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** What a supervisor made of an unmount that is about to happen. */
export interface Heard {
  /**
   * `noted`: a supervisor of this target heard it. `theirs`: so it did, but the mount there is another
   * client's, beside which it stood by.
   */
  readonly heard: "noted" | "theirs" | "unheard";
  /** Why the supervisor has nothing mounted there, where that is so. */
  readonly reason?: string;
}

/**
 * Tells the supervisor that somebody is about to unmount its target, so that the mount's end
 * counts as asked for: it then exits 0 instead of mounting again, or for the first time.
 */
export async function announceUnmount(target: string, client: ControlClient): Promise<Heard> {
  const path = `/unmounting?target=${encodeURIComponent(target)}`;
  const answer = await askSupervisor("POST", path, client);
  if (answer?.status !== 200) return { heard: "unheard" };
  const { unmounting, reason }: { unmounting?: unknown; reason?: unknown } = parseJson(answer.body);
  return {
    heard: unmounting === "theirs" ? "theirs" : "noted",
    ...(typeof reason === "string" ? { reason } : {}),
  };
}

/** An older supervisor's answer may be anything. */
function parseJson(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * Asks the supervisor to stop in order, and waits until the target is unmounted.
 *
 * @returns whether a supervisor heard it and was done in time
 */
export async function requestStop(client: ControlClient): Promise<boolean> {
  return (await askSupervisor("POST", "/stop?wait=true", client))?.status === 200;
}

async function askOne(
  socket: string,
  method: string,
  path: string,
  { sockets, hold = false }: ControlClient,
  deadline: number,
): Promise<ControlAnswer | undefined> {
  let connection: Connection | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    // A socket of the same machine connects at once or not at all; only an answer may be late.
    connection = await sockets.connectUnix(socket);
    timer = setTimeout(() => connection?.close(), deadline);
    const head = `${method} ${path} HTTP/1.1\r\nHost: curvine-fluid\r\nContent-Length: 0\r\n` +
      `Connection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    const answer = parseAnswer(await readAll(connection));
    if (hold && answer !== undefined) connection = undefined;
    return answer;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}

async function readAll(connection: Connection): Promise<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(16 * 1024);
  let text = "";
  for (;;) {
    const count = await connection.read(chunk);
    if (count === null) return text + decoder.decode();
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
    if (text.length > MOST_BYTES) throw new RangeError("Cannot read the answer: it has no end");
  }
}

/** The answer of a server that closes the connection at its end. `undefined` for a cut off one. */
export function parseAnswer(text: string): ControlAnswer | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  const end = text.indexOf("\r\n\r\n");
  if (status === undefined || end < 0) return undefined;
  const body = text.slice(end + 4);
  const length = /^content-length:[ \t]*(\d+)/im.exec(text.slice(0, end))?.[1];
  if (length !== undefined && new TextEncoder().encode(body).length < Number(length)) {
    return undefined;
  }
  return { status: Number(status), body };
}
