/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** How to ask. */
export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM certificates that the server's must lead to, besides the system's. */
  readonly ca?: string;
  readonly limitMs: number;
}

/** More than this is no answer that we asked for. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Asks a server, the whole answer within the limit.
 *
 * @throws {Error} when it cannot be reached, cannot be trusted, or takes too long
 */
export async function httpGet(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const client = request.ca === undefined
    ? undefined
    : Deno.createHttpClient({ caCerts: [request.ca] });
  const stop = new AbortController();
  const timer = setTimeout(
    () => stop.abort(new Error(`no answer within ${request.limitMs} ms`)),
    request.limitMs,
  );
  try {
    const response = await fetch(url, {
      headers: { ...request.headers },
      redirect: "manual",
      signal: stop.signal,
      ...(client === undefined ? {} : { client }),
    });
    return { status: response.status, body: await read(response) };
  } finally {
    clearTimeout(timer);
    client?.close();
  }
}

async function read(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
  }
  return text + decoder.decode();
}
