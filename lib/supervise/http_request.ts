/** The first line of a request; nothing else of it matters to us. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A request's head longer than this is refused. */
export const MOST_HEAD_BYTES = 16 * 1024;

/**
 * Parses a request's head.
 *
 * @param head everything up to the empty line
 * @returns `undefined` for what is no HTTP/1 request
 */
export function parseRequest(head: string): HttpRequest | undefined {
  const match = /^([A-Z]{1,16}) (\/[^ \r\n]*) HTTP\/1\.[01]\r?\n/.exec(head);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const [path = "", query = ""] = match[2].split("?", 2);
  return { method: match[1], path, query: new URLSearchParams(query) };
}

/** What is sent back. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /**
   * The client has to be seen off: it goes on working after the answer, in our PID namespace, and
   * as PID 1 we would take it along when we end.
   */
  readonly seeOff?: boolean;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  503: "Service Unavailable",
};

/** An answer as bytes; the connection is closed after it. */
export function answerBytes(answer: HttpAnswer, withBody: boolean): Uint8Array {
  const encoder = new TextEncoder();
  const body = encoder.encode(answer.body);
  const head = encoder.encode(
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? "Unknown"}\r\n` +
      `Content-Type: ${answer.type}\r\nContent-Length: ${body.length}\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\n\r\n`,
  );
  if (!withBody) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
