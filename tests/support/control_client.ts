import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** How long an answer may take: generous, for a slow machine. */
const LIMIT_MS = 20_000;

/** An answer of the control socket. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: string;
}

/** One HTTP request over a unix socket, on a connection of its own. @throws when nobody answers */
export async function askControl(
  socketPath: string,
  method: "GET" | "POST",
  path: string,
): Promise<ControlAnswer> {
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    const late = (): void =>
      void asked.destroy(new Error(`No answer to ${method} ${path} within ${LIMIT_MS} ms`));
    const options = { socketPath, method, path, agent: false, timeout: LIMIT_MS } as const;
    const asked = request(options, done).on("error", fail).on("timeout", late).end();
  });
  return { status: answer.statusCode ?? 0, body: await text(answer) };
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
