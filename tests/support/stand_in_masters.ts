import { createSocket } from "node:dgram";

/**
 * Stands in for Curvine's masters and workers, for whoever connects to them: as much of the RPC and
 * of the web server as tells what state they are in. A program of its own, so that it can live in
 * another network than the test:
 *
 *     deno run --allow-net stand_in_masters.ts '[{"address":"127.0.0.11","rpc":"leader"}]'
 *
 * It prints "ready" when all of them listen, and ends with the processes' namespace that it is in.
 */

/** A server's behaviour. */
export interface StandInServer {
  readonly address: string;
  /** A name service at port 53: it says of every name that there is none. */
  readonly dns?: "absent";
  /** Where the RPC port would be; 8995 unless it says otherwise. */
  readonly port?: number;
  /**
   * What the RPC port does with a question. `mute` takes it and says nothing, `closes` hangs up,
   * `http` answers as a web server; `worker` only takes connections.
   */
  readonly rpc?:
    | "leader"
    | "follower"
    | "error"
    | "mute"
    | "closes"
    | "garbage"
    | "http"
    | "worker";
  /** It answers so much later, in milliseconds. */
  readonly lag?: number;
  /** What the web server says it is; none where absent. */
  readonly state?: string;
  readonly webPort?: number;
  /** Its clock minus ours, in milliseconds. */
  readonly clock?: number;
  readonly workers?: Readonly<Partial<Record<"live" | "blacklisted" | "lost", readonly string[]>>>;
  /** Bytes, of all workers together; 10 GiB unless it says otherwise. */
  readonly capacity?: number;
  /** Path inside Curvine and what is mounted there. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** A whole answer of the RPC, for the unit tests: 22 fixed bytes, the message, an error's bytes. */
export function rpcAnswer(
  question: Uint8Array,
  message: Uint8Array,
  error?: { readonly code: number; readonly text: string },
): Uint8Array {
  const text = error === undefined ? undefined : new TextEncoder().encode(error.text);
  const data = new Uint8Array(text === undefined ? 0 : 12 + text.length);
  if (error !== undefined && text !== undefined) {
    const view = new DataView(data.buffer);
    view.setInt32(0, error.code);
    view.setUint32(4, text.length);
    data.set(text, 8);
  }
  const answer = new Uint8Array(22 + message.length + data.length);
  answer.set(question.subarray(0, 22));
  const view = new DataView(answer.buffer);
  view.setInt32(0, 18 + message.length + data.length);
  view.setInt32(4, message.length);
  view.setUint8(9, error === undefined ? 0x01 : 0x11);
  answer.set(message, 22);
  answer.set(data, 22 + message.length);
  return answer;
}

/** A field of protobuf: a whole number, a text or a message. */
export function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return join([varint(number << 3), varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return join([varint(number << 3 | 2), varint(bytes.length), bytes]);
}

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return new Uint8Array(bytes);
}

/** `host:port`, as a master lists a worker. */
function worker(address: string, index: number): Uint8Array {
  const [host = "", port = "8997"] = address.split(":");
  const inner = join([field(1, index + 1), field(2, host), field(3, host), field(4, Number(port))]);
  return join([field(1, inner), field(2, 1), field(3, 1), field(4, 0), field(5, 0), field(6, 1)]);
}

/** Curvine's answer to "the state of the file system". */
export function clusterMessage(
  { workers = {}, capacity = 10 * 1024 ** 3 }: Pick<StandInServer, "workers" | "capacity">,
): Uint8Array {
  const of = (number: number, all: readonly string[] = []): Uint8Array[] =>
    all.map((one, index) => field(number, worker(one, index)));
  return join([
    field(1, "127.0.0.1:8995"),
    ...[3, 4, 5].map((number) => field(number, 0)),
    field(6, capacity),
    field(7, capacity / 2),
    ...[8, 9, 10].map((number) => field(number, 0)),
    ...of(11, workers.live),
    ...of(12, workers.blacklisted),
    ...of(14, workers.lost),
  ]);
}

/** Curvine's answer to "the mount table", a credential of a mount included. */
export function mountsMessage({ mounts = {} }: Pick<StandInServer, "mounts">): Uint8Array {
  return join(
    Object.entries(mounts).map(([path, ufs], index) =>
      field(
        1,
        join([
          field(1, path),
          field(2, ufs),
          field(3, index + 1),
          field(4, join([field(1, "s3.credentials.secret"), field(2, "never-to-be-shown")])),
        ]),
      )
    ),
  );
}

const MOUNT_TABLE = 33;

function answerOf(server: StandInServer, question: Uint8Array): Uint8Array | undefined {
  switch (server.rpc) {
    case "leader": {
      const isMounts = question[8] === MOUNT_TABLE;
      return rpcAnswer(question, isMounts ? mountsMessage(server) : clusterMessage(server));
    }
    case "follower":
      return rpcAnswer(question, new Uint8Array(), { code: 2, text: "not the leader" });
    case "error":
      return rpcAnswer(question, new Uint8Array(), { code: 10000, text: "this client is too old" });
    case "garbage":
      return new TextEncoder().encode("220 mail.example.com ESMTP\r\n");
    case "http":
      return new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n");
    default:
      return undefined;
  }
}

async function serveRpc(server: StandInServer, connection: Deno.Conn): Promise<void> {
  const question = new Uint8Array(64);
  try {
    while (await connection.read(question) !== null) {
      if (server.rpc === "closes") break;
      await new Promise((done) => setTimeout(done, server.lag ?? 0));
      const answer = answerOf(server, question);
      if (answer !== undefined) await connection.write(answer);
    }
  } catch {
    // Whoever asked has gone.
  }
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

async function listen(server: StandInServer): Promise<void> {
  const listener = Deno.listen({ hostname: server.address, port: server.port ?? 8995 });
  for await (const connection of listener) void serveRpc(server, connection);
}

function serveWeb(server: StandInServer): void {
  const options = { hostname: server.address, port: server.webPort ?? 9000, onListen: () => {} };
  Deno.serve(options, () =>
    Response.json({ master_state: server.state }, {
      headers: { date: new Date(Date.now() + (server.clock ?? 0)).toUTCString() },
    }));
}

/** NXDOMAIN to every question, which comes back as it is. */
function serveNames({ address }: StandInServer): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("message", (question, { port, address: asker }) => {
    const answer = new Uint8Array(question);
    answer.set([0x81, 0x83], 2);
    socket.send(answer, port, asker);
  });
  return new Promise((done) => socket.bind(53, address, done));
}

if (import.meta.main) {
  const servers = JSON.parse(Deno.args[0] ?? "[]") as StandInServer[];
  for (const server of servers) {
    if (server.rpc !== undefined) void listen(server);
    if (server.state !== undefined) serveWeb(server);
    if (server.dns !== undefined) await serveNames(server);
  }
  Deno.stdout.writeSync(new TextEncoder().encode("ready\n"));
}
