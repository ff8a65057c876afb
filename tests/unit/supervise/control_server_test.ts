import assert from "node:assert/strict";
import type { HttpRequest } from "../../../lib/supervise/http_request.ts";
import { parseRequest } from "../../../lib/supervise/http_request.ts";
import { respond } from "../../../lib/supervise/control_endpoints.ts";
import { ControlServer, openControl } from "../../../lib/supervise/control_server.ts";
import { parseAnswer } from "../../../lib/supervise/control_client.ts";
import type { Connection, Listener } from "../../../lib/ports/sockets.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { readSettings, type SupervisorSettings } from "../../../lib/plan/settings.ts";
import { FakeWorld } from "../../support/fake_world.ts";
import { SNAPSHOT } from "../observe/sample_snapshot.ts";

/** A client at the other end of a connection. */
class FakeClient implements Connection {
  readonly near = true;
  received = "";
  closed = false;
  #chunks: (Uint8Array | null)[] = [];
  #wake: (() => void) | undefined;

  say(text: string): void {
    this.#chunks.push(new TextEncoder().encode(text));
    this.#wake?.();
  }
  leave(): void {
    this.#chunks.push(null);
    this.#wake?.();
  }
  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.closed) throw new Error("closed");
      const chunk = this.#chunks.shift();
      if (chunk === null) return null;
      if (chunk !== undefined) {
        into.set(chunk.subarray(0, into.length));
        if (chunk.length > into.length) this.#chunks.unshift(chunk.subarray(into.length));
        return Math.min(chunk.length, into.length);
      }
      await new Promise<void>((done) => this.#wake = done);
    }
  }
  write(bytes: Uint8Array): Promise<void> {
    this.received += new TextDecoder().decode(bytes);
    return Promise.resolve();
  }
  finish(): void {}
  close(): void {
    this.closed = true;
    this.#wake?.();
  }
}

class FakeListener implements Listener {
  #waiting: ((client: Connection | undefined) => void)[] = [];
  #fail: ((error: Error) => void)[] = [];

  accept(): Promise<Connection | undefined> {
    return new Promise((done, fail) => {
      this.#waiting.push(done);
      this.#fail.push(fail);
    });
  }
  async connect(): Promise<FakeClient> {
    const client = new FakeClient();
    this.#fail.shift();
    this.#waiting.shift()?.(client);
    await settle();
    return client;
  }
  async fail(): Promise<void> {
    this.#waiting.shift();
    this.#fail.shift()?.(new Error("too many open files"));
    await settle();
  }
  close(): void {
    for (const done of this.#waiting.splice(0)) done(undefined);
  }
}

function setUp(answer: (request: HttpRequest) => Promise<string>): {
  clock: FakeClock;
  listener: FakeListener;
  server: ControlServer;
} {
  const clock = new FakeClock();
  const listener = new FakeListener();
  const server = new ControlServer(async (request) => ({
    status: 200,
    type: "text/plain",
    body: await answer(request),
  }), clock);
  server.serve(listener);
  return { clock, listener, server };
}

const echo = (request: HttpRequest): Promise<string> =>
  Promise.resolve(`${request.method} ${request.path} ${request.query.get("a")}`);

Deno.test("a request is answered, whole or in pieces, and the connection closed", async () => {
  const { clock, listener } = setUp(echo);
  const client = await listener.connect();
  for (const piece of ["GET /x", "?a=1 HT", "TP/1.1\r\nHost: y\r", "\n\r\n"]) {
    client.say(piece);
    await settle();
  }
  assert.deepEqual(parseAnswer(client.received), { status: 200, body: "GET /x 1" });
  client.leave();
  await settle();
  assert.ok(client.closed);
  assert.equal(clock.pending, 0);
});

Deno.test("clients that say nothing, or rubbish, or too much, disturb nobody", async () => {
  const { clock, listener } = setUp(echo);
  const silent = await listener.connect();
  const half = await listener.connect();
  half.say("GET / HTTP/1.1\r\n");
  const rubbish = await listener.connect();
  rubbish.say("\x16\x03\x01 hello\r\n\r\n");
  const endless = await listener.connect();
  for (let i = 0; i < 20; i++) endless.say("x".repeat(1000));
  const gone = await listener.connect();
  gone.leave();
  await settle();
  const good = await listener.connect();
  good.say("GET /ok HTTP/1.0\n\n");
  await settle();
  assert.equal(parseAnswer(good.received)?.status, 200);
  assert.equal(parseAnswer(rubbish.received)?.status, 400);
  assert.ok(endless.closed && gone.closed);
  await clock.pass(5000);
  assert.ok(silent.closed && half.closed, "they are sent away");
});

Deno.test("a hundred clients at once are all answered", async () => {
  const { listener } = setUp(echo);
  const clients: FakeClient[] = [];
  for (let i = 0; i < 100; i++) clients.push(await listener.connect());
  for (const client of clients) client.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.ok(clients.every((client) => parseAnswer(client.received)?.status === 200));
});

Deno.test("clients that are silent by the hundreds: the longest silent makes room for the next", async () => {
  const { listener } = setUp(echo);
  const silent: FakeClient[] = [];
  for (let i = 0; i < 300; i++) silent.push(await listener.connect());
  const good = await listener.connect();
  good.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.equal(parseAnswer(good.received)?.status, 200);
  assert.deepEqual(silent.map(({ closed }) => closed), silent.map((_, index) => index < 45));
});

Deno.test("the clients of one listener do not use up another one's room", async () => {
  const { server } = setUp(() => new Promise(() => {}));
  const [near, far] = [new FakeListener(), new FakeListener()];
  server.serve(far);
  server.serve(near);
  for (let i = 0; i < 256; i++) (await far.connect()).say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.ok((await far.connect()).closed, "nobody there is silent: no room is left");
  assert.equal((await near.connect()).closed, false);
});

Deno.test("a client that does not take its answer is sent away", async () => {
  const { clock, listener } = setUp(echo);
  const client = await listener.connect();
  client.write = () => new Promise(() => {});
  client.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.equal(client.closed, false);
  await clock.pass(5000);
  assert.ok(client.closed);
});

Deno.test("an accept that fails is not the last one", async () => {
  const { clock, listener } = setUp(echo);
  await listener.fail();
  await clock.pass(100);
  const client = await listener.connect();
  client.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.equal(parseAnswer(client.received)?.status, 200);
});

Deno.test("where no client can be taken, silent ones make room, of whichever listener", async () => {
  const { server } = setUp(echo);
  const [near, far] = [new FakeListener(), new FakeListener()];
  server.serve(far);
  server.serve(near);
  const silent: FakeClient[] = [];
  for (let i = 0; i < 9; i++) silent.push(await far.connect());
  await near.fail();
  assert.equal(silent.filter(({ closed }) => closed).length, 5);
  assert(silent[0]?.closed && !silent[8]?.closed, "the longest silent first");
  const good = await near.connect();
  good.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.equal(parseAnswer(good.received)?.status, 200, "at once, without a pause");
});

Deno.test("clients that have their answer and stay make room for the next", async () => {
  const { listener } = setUp(echo);
  const answered: FakeClient[] = [];
  for (let i = 0; i < 256; i++) {
    const client = await listener.connect();
    client.say("GET / HTTP/1.1\r\n\r\n");
    answered.push(client);
  }
  await settle();
  const next = await listener.connect();
  next.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  assert.equal(parseAnswer(next.received)?.status, 200);
  assert.deepEqual(answered.map(({ closed }) => closed), answered.map((_, index) => index === 0));
});

Deno.test("close waits for those that are being answered, but not for ever", async () => {
  let answer = (_: string): void => {};
  const { clock, listener, server } = setUp(() => new Promise((done) => answer = done));
  const waiting = await listener.connect();
  waiting.say("POST /stop?wait=true HTTP/1.1\r\n\r\n");
  await settle();
  let closed = false;
  void server.close(400).then(() => closed = true);
  await settle();
  assert.equal(closed, false);
  answer("done");
  waiting.leave();
  await settle();
  assert.equal(closed, true);
  assert.equal(parseAnswer(waiting.received)?.body, "done");

  const other = setUp(() => new Promise(() => {}));
  const stuck = await other.listener.connect();
  stuck.say("GET / HTTP/1.1\r\n\r\n");
  await settle();
  let over = false;
  void other.server.close(400).then(() => over = true);
  await other.clock.pass(400);
  assert.equal(over, true);
  assert.ok(stuck.closed);
  await clock.pass(0);
});

Deno.test("request lines: what is no HTTP/1 is refused", () => {
  assert.deepEqual(parseRequest("GET /a/b HTTP/1.1\r\n")?.path, "/a/b");
  for (
    const head of ["", "GET / HTTP/2\r\n", "get / HTTP/1.1\r\n", "GET x HTTP/1.1\r\n", "GET /"]
  ) {
    assert.equal(parseRequest(head), undefined, head);
  }
});

function ask(method: string, target: string, snapshot = SNAPSHOT, near = true): {
  answer: ReturnType<typeof respond>;
  done: string[];
} {
  const done: string[] = [];
  const request = parseRequest(`${method} ${target} HTTP/1.1\r\n`);
  assert.ok(request);
  const answer = respond(request, near, {
    snapshot: () => snapshot,
    stop: () => {
      done.push("stop");
      return Promise.resolve();
    },
    reload: () => void done.push("reload"),
    announce: (wanted) => {
      done.push(`announce ${wanted}`);
      return wanted === "/m";
    },
  });
  return { answer, done };
}

Deno.test("endpoints: ready, live, status, metrics", async () => {
  const status = async (...args: Parameters<typeof ask>): Promise<number> =>
    (await ask(...args).answer).status;
  assert.equal(await status("GET", "/readyz"), 200);
  assert.equal(await status("HEAD", "/livez"), 200);
  const starting = { ...SNAPSHOT, state: "starting", ready: false, reason: "starting" };
  assert.equal(await status("GET", "/readyz", starting), 503);
  assert.equal(await status("GET", "/livez", starting), 200);
  assert.equal(await status("GET", "/livez", { ...SNAPSHOT, state: "failed" }), 503);
  assert.equal(await status("GET", "/metrics"), 200);
  assert.equal(JSON.parse((await ask("GET", "/status").answer).body).state, "mounted");
  assert.equal(await status("GET", "/nothing"), 404);
});

Deno.test("endpoints: what changes something wants POST", async () => {
  for (const path of ["/stop", "/reload", "/unmounting"]) {
    const { answer, done } = ask("GET", path);
    assert.deepEqual([(await answer).status, done], [405, []]);
  }
  assert.deepEqual(ask("POST", "/reload").done, ["reload"]);
  assert.equal((await ask("POST", "/stop").answer).status, 202);
  // Who waits for an unmount still runs when the answer comes, and would end with us.
  const seenOff = async (target: string): Promise<boolean> =>
    (await ask("POST", target).answer).seeOff === true;
  assert.equal(await seenOff("/stop?wait=true"), true);
  assert.equal(await seenOff("/stop?wait=false"), false);
  assert.equal(await seenOff("/stop"), false);
  assert.equal(await seenOff("/unmounting?target=%2Fm"), true);
  assert.equal(await seenOff("/unmounting?target=%2Fn"), false);
  assert.equal((await ask("POST", "/stop?wait=true").answer).status, 200);
  assert.equal((await ask("POST", "/unmounting?target=%2Fm").answer).status, 200);
  assert.equal((await ask("POST", "/unmounting?target=%2Fn").answer).status, 409);
  const { body } = await ask("POST", "/unmounting?target=%2Fm").answer;
  assert.deepEqual(JSON.parse(body), { unmounting: "noted" });
  const beside = ask("POST", "/unmounting?target=%2Fm", { ...SNAPSHOT, state: "standing-by" });
  assert.deepEqual(JSON.parse((await beside.answer).body), { unmounting: "theirs" });
  const waiting = { ...SNAPSHOT, mounted: false, reason: "waiting for the first mount" };
  const early = ask("POST", "/unmounting?target=%2Fm", waiting);
  assert.deepEqual(JSON.parse((await early.answer).body), {
    unmounting: "noted",
    reason: "waiting for the first mount",
  });
});

Deno.test("endpoints: from another machine nobody stops or reloads, everybody reads", async () => {
  for (const path of ["/stop", "/stop?wait=true", "/reload", "/unmounting?target=%2Fm"]) {
    const { answer, done } = ask("POST", path, SNAPSHOT, false);
    assert.deepEqual([(await answer).status, done], [403, []]);
  }
  for (const path of ["/livez", "/readyz", "/metrics", "/status"]) {
    assert.equal((await ask("GET", path, SNAPSHOT, false).answer).status, 200);
  }
});

/** Opens the control socket, and the port where one is set. */
async function opened(
  httpAddr: SupervisorSettings["httpAddr"],
  folder: string | undefined,
  answers = false,
  fails: readonly string[] = [],
): Promise<{ path: string | undefined; did: string[]; told: string[] }> {
  const world = new FakeWorld();
  const did: string[] = [];
  const told: string[] = [];
  const listener = (what: string): Listener => {
    if (fails.includes(what)) throw new Error("address in use");
    did.push(what);
    return new FakeListener();
  };
  const { server } = setUp(echo);
  const path = await openControl(
    server,
    folder,
    {
      files: { ...world.files, remove: (gone) => void did.push(`remove ${gone}`) },
      sockets: {
        ...world.sockets,
        connectUnix: () =>
          answers ? Promise.resolve(new FakeClient()) : Promise.reject(new Error()),
        listenUnix: (at) => listener(`unix ${at}`),
        listenTcp: (host, port) => listener(`tcp ${host}:${port}`),
      },
    },
    { ...readSettings({}), ...(httpAddr === undefined ? {} : { httpAddr }) },
    (level, _event, message) => void told.push(`${level} ${message}`),
  );
  return { path, did, told };
}

Deno.test("control: the socket of the run folder takes an old one's place, and the port comes beside it", async () => {
  const socket = "/run/control.sock";
  assert.deepEqual(await opened(undefined, "/run"), {
    path: socket,
    did: [`remove ${socket}`, `unix ${socket}`],
    told: [],
  });
  const port = await opened({ host: "127.0.0.1", port: 9000 }, "/run");
  assert.deepEqual(port.did, ["tcp 127.0.0.1:9000", `remove ${socket}`, `unix ${socket}`]);
  const alone = await opened({ host: "127.0.0.1", port: 9000 }, undefined);
  assert.deepEqual([alone.path, alone.did], [undefined, ["tcp 127.0.0.1:9000"]]);
  assert.deepEqual((await opened(undefined, undefined)).did, []);
});

Deno.test("control: another supervisor's socket is left alone; what cannot be had is told", async () => {
  const taken = await opened(undefined, "/run", true);
  assert.deepEqual([taken.path, taken.did], [undefined, []]);
  assert.match(taken.told[0] ?? "", /^warn Another supervisor answers at "\/run/);
  const failed = await opened({ host: "::", port: 1 }, "/run", false, [
    "tcp :::1",
    "unix /run/control.sock",
  ]);
  assert.equal(failed.path, undefined);
  assert.deepEqual(failed.told, [
    "warn Cannot listen on :::1: address in use",
    'warn Cannot listen on "/run/control.sock": address in use',
  ]);
});

Deno.test("control: who is seen off keeps his place, though others have no room, until he leaves", async () => {
  const clock = new FakeClock();
  const listener = new FakeListener();
  const server = new ControlServer(
    () => Promise.resolve({ status: 200, type: "text/plain", body: "", seeOff: true }),
    clock,
  );
  server.serve(listener);
  const seen = await listener.connect();
  seen.say("POST /unmounting HTTP/1.1\r\n\r\n");
  await settle();
  for (let i = 0; i < 300; i++) await listener.connect();
  await clock.pass(1000);
  assert.equal(seen.closed, false);
  await clock.pass(60_000);
  assert.equal(seen.closed, true, "not for ever");
});

Deno.test("control: a client that has its answer and says no more is sent away soon", async () => {
  const { clock, listener } = setUp(echo);
  const client = await listener.connect();
  client.say("GET / HTTP/1.1\r\n\r\n");
  await clock.pass(299);
  assert.equal(client.closed, false);
  await clock.pass(2);
  assert.equal(client.closed, true);
});
