import { parseAnswer } from "../../../supervise/control_client.ts";
import { connect, type ConnectWorld } from "./connect.ts";

/** What a master's web server told. Curvine: State of a master. */
export interface WebAnswer {
  readonly port: number;
  /** `Active`, `Standby`, `SafeMode`, `Exit`; a newer Curvine may have others. */
  readonly state: string;
  readonly clock: ClockSeen | undefined;
}

/** Another machine's clock beside ours. */
export interface ClockSeen {
  /** Its clock minus ours, in milliseconds. */
  readonly ahead: number;
  /** By how much that may be wrong: the answer has whole seconds, and took time to come. */
  readonly error: number;
}

/** What asking takes of the world. */
export interface WebWorld extends ConnectWorld {
  /** Milliseconds since 1970, as our clock has it. */
  date(): number;
}

/** An overview is a few hundred bytes. */
const MOST_BYTES = 256 * 1024;

/**
 * Asks a master's web server for its state. Not by `fetch`, which would ask a proxy that the
 * environment names, and not a newer HTTP than 1.0, whose answers come in one piece.
 *
 * @param limit milliseconds for all of it
 * @returns `undefined` where nobody answers as a master does
 */
export async function callWeb(
  address: string,
  port: number,
  limit: number,
  world: WebWorld,
): Promise<WebAnswer | undefined> {
  const attempt = await connect([address], port, limit, world);
  if (attempt.kind !== "open") return undefined;
  const { connection } = attempt;
  const timer = setTimeout(() => connection.close(), Math.max(1, limit - attempt.ms));
  const asked = world.date();
  try {
    const host = address.includes(":") ? `[${address}]` : address;
    const question = `GET /api/overview HTTP/1.0\r\nHost: ${host}:${port}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(question));
    const chunk = new Uint8Array(16 * 1024);
    const decoder = new TextDecoder();
    let text = "";
    let answered: number | undefined;
    for (;;) {
      const count = await connection.read(chunk);
      answered ??= world.date();
      if (count === null) break;
      text += decoder.decode(chunk.subarray(0, count), { stream: true });
      if (text.length > MOST_BYTES) return undefined;
    }
    return answerOf(text, port, asked, answered);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

function answerOf(
  text: string,
  port: number,
  asked: number,
  answered: number,
): WebAnswer | undefined {
  const answer = parseAnswer(text);
  if (answer?.status !== 200) return undefined;
  let state: unknown;
  try {
    state = JSON.parse(answer.body)?.master_state;
  } catch {
    return undefined;
  }
  if (typeof state !== "string" || state === "") return undefined;
  return { port, state, clock: clockOf(text, asked, answered) };
}

/** The header has whole seconds: the moment that it names lasts for one. */
function clockOf(text: string, asked: number, answered: number): ClockSeen | undefined {
  const head = text.slice(0, text.indexOf("\r\n\r\n"));
  const theirs = Date.parse(/^date:[ \t]*(.+)$/im.exec(head)?.[1] ?? "");
  if (Number.isNaN(theirs)) return undefined;
  return {
    ahead: theirs + 500 - (asked + answered) / 2,
    error: 500 + Math.max(0, answered - asked) / 2,
  };
}
