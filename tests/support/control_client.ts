/** An answer of the control socket. */
export interface ControlAnswer {
  status: number;
  /** Names in lower case. */
  headers: Map<string, string>;
  body: string;
}

/**
 * One HTTP request over a unix socket, on a connection of its own.
 * @throws when nobody listens, the answer is no HTTP, or `limitMs` passes
 */
export async function askControl(
  socket: string,
  method: "GET" | "POST",
  path: string,
  limitMs = 20_000,
): Promise<ControlAnswer> {
  const connection = await Deno.connect({ transport: "unix", path: socket });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, limitMs);
  try {
    const request = `${method} ${path} HTTP/1.1\r\nHost: control\r\nConnection: close\r\n` +
      (method === "POST" ? "Content-Length: 0\r\n" : "") + "\r\n";
    await connection.write(new TextEncoder().encode(request));
    return parse(await readAll(connection));
  } catch (error) {
    throw late ? new Error(`No answer to ${method} ${path} within ${limitMs} ms`) : error;
  } finally {
    clearTimeout(timer);
    if (!late) connection.close();
  }
}

/** The samples of an OpenMetrics or Prometheus text: `name{labels}` as written → value. */
export function metricSamples(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})?) (\S+)/.exec(line);
    if (!match) throw new Error(`Not a sample: ${line}`);
    samples.set(match[1] ?? "", Number(match[2]));
  }
  return samples;
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const piece = new Uint8Array(65_536);
  let text = "";
  while (true) {
    const size = await connection.read(piece);
    if (size === null) return text + decoder.decode();
    text += decoder.decode(piece.subarray(0, size), { stream: true });
  }
}

function parse(text: string): ControlAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  if (end < 0 || status === undefined) throw new Error(`Not an HTTP answer: ${text.slice(0, 80)}`);
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const raw = text.slice(end + 4);
  const body = headers.get("transfer-encoding") === "chunked" ? unchunk(raw) : raw;
  return { status: Number(status), headers, body };
}

/** Chunk sizes count bytes; the tests' answers are read as text, so ASCII is asked for. */
function unchunk(raw: string): string {
  let rest = raw;
  let body = "";
  while (true) {
    const line = rest.indexOf("\r\n");
    const size = parseInt(rest.slice(0, line), 16);
    if (!(size > 0)) return body;
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 2 + size + 2);
  }
}
