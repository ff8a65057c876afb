import type { Connection } from "../../../ports/sockets.ts";
import { decodeAnswer, encodeQuestion, type RpcAnswer } from "./rpc_message.ts";

/** How a question ended. */
export type RpcOutcome =
  | Extract<RpcAnswer, { readonly kind: "success" | "error" }>
  /** @property isHttp it speaks HTTP: a web port, most likely */
  | { readonly kind: "garbage"; readonly isHttp: boolean }
  /** It hung up without an answer. */
  | { readonly kind: "closed" }
  /** It took the question and said nothing in time. */
  | { readonly kind: "silent" };

/** Any number will do: a connection of ours carries one question. */
const ID = 1n;

/**
 * Asks one question on a connection, which is closed then.
 *
 * @param limit milliseconds
 */
export async function callRpc(
  connection: Connection,
  code: number,
  limit: number,
): Promise<RpcOutcome> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.close();
  }, limit);
  let bytes = new Uint8Array();
  const chunk = new Uint8Array(64 * 1024);
  try {
    await connection.write(encodeQuestion(code, ID));
    for (;;) {
      const count = await connection.read(chunk);
      if (count === null) return { kind: "closed" };
      const longer = new Uint8Array(bytes.length + count);
      longer.set(bytes);
      longer.set(chunk.subarray(0, count), bytes.length);
      bytes = longer;
      const answer = decodeAnswer(bytes, code, ID);
      if (answer.kind === "garbage") return { kind: "garbage", isHttp: startsAsHttp(bytes) };
      if (answer.kind !== "incomplete") return answer;
    }
  } catch {
    return isLate ? { kind: "silent" } : { kind: "closed" };
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

function startsAsHttp(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 5)) === "HTTP/";
}
