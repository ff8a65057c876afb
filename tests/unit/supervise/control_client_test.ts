import assert from "node:assert/strict";
import type { Connection, Sockets } from "../../../lib/ports/sockets.ts";
import {
  announceUnmount,
  askSupervisor,
  type ControlClient,
  parseAnswer,
  requestStop,
} from "../../../lib/supervise/control_client.ts";

/** A machine on which supervisors answer at some paths. */
class FakeSockets {
  readonly asked: string[] = [];
  readonly requests: string[] = [];
  open = 0;

  constructor(readonly answers: Readonly<Record<string, readonly (string | Uint8Array)[]>>) {}

  readonly connectUnix = (path: string): Promise<Connection> => {
    this.asked.push(path);
    const answer = this.answers[path];
    if (answer === undefined) return Promise.reject(new Error("nobody"));
    this.open++;
    const chunks = answer.map((one) =>
      typeof one === "string" ? new TextEncoder().encode(one) : one
    );
    let isOpen = true;
    return Promise.resolve({
      near: true,
      read: (into) => {
        const chunk = chunks.shift();
        if (chunk === undefined) return Promise.resolve(null);
        into.set(chunk);
        return Promise.resolve(chunk.length);
      },
      write: (bytes) => Promise.resolve(void this.requests.push(new TextDecoder().decode(bytes))),
      finish: () => {},
      close: () => {
        if (isOpen) this.open--;
        isOpen = false;
      },
    });
  };
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function client(sockets: FakeSockets, more: Partial<ControlClient> = {}): ControlClient {
  const all = sockets as unknown as Sockets;
  return { sockets: all, folders: ["/a", "/b"], deadline: 20_000, ...more };
}

Deno.test("control client: the first folder whose supervisor answers counts", async () => {
  const sockets = new FakeSockets({ "/b/control.sock": [OK] });
  const answer = await askSupervisor("GET", "/status?x", client(sockets));
  assert.deepEqual(answer, { status: 200, body: "ok" });
  assert.deepEqual(sockets.asked, ["/a/control.sock", "/b/control.sock"]);
  assert.match(sockets.requests[0] ?? "", /^GET \/status\?x HTTP\/1\.1\r\n/);
  assert.equal(sockets.open, 0);
  const both = new FakeSockets({ "/a/control.sock": [OK], "/b/control.sock": [OK] });
  await askSupervisor("GET", "/status", client(both));
  assert.deepEqual(both.asked, ["/a/control.sock"]);
});

Deno.test("control client: nobody is asked when no time is left", async () => {
  const sockets = new FakeSockets({ "/a/control.sock": [OK] });
  assert.equal(await askSupervisor("GET", "/", client(sockets, { deadline: 0 })), undefined);
  assert.deepEqual(sockets.asked, []);
});

Deno.test("control client: an unmount is announced, and a stop asked for, where 200 is the answer", async () => {
  const refusing = "HTTP/1.1 409 Conflict\r\n\r\n";
  const yes = new FakeSockets({ "/a/control.sock": [OK] });
  assert.deepEqual(await announceUnmount("/x y", client(yes)), { heard: "noted" });
  assert.match(yes.requests[0] ?? "", /^POST \/unmounting\?target=%2Fx%20y /);
  const beside = 'HTTP/1.1 200 OK\r\n\r\n{"unmounting":"theirs"}';
  const theirs = new FakeSockets({ "/a/control.sock": [beside] });
  assert.deepEqual(await announceUnmount("/x", client(theirs)), { heard: "theirs" });
  const waits = 'HTTP/1.1 200 OK\r\n\r\n{"unmounting":"noted","reason":"waiting"}';
  const waiting = new FakeSockets({ "/a/control.sock": [waits] });
  assert.deepEqual(await announceUnmount("/x", client(waiting)), {
    heard: "noted",
    reason: "waiting",
  });
  assert.equal(await requestStop(client(new FakeSockets({ "/a/control.sock": [OK] }))), true);
  const no = new FakeSockets({ "/a/control.sock": [refusing] });
  assert.deepEqual(await announceUnmount("/x", client(no)), { heard: "unheard" });
  assert.equal(
    await requestStop(client(new FakeSockets({ "/a/control.sock": [refusing] }))),
    false,
  );
  assert.deepEqual(await announceUnmount("/x", client(new FakeSockets({}))), { heard: "unheard" });
});

Deno.test("control client: who holds keeps the connection of an answer open, and only of one", async () => {
  const answered = new FakeSockets({ "/a/control.sock": [OK] });
  await askSupervisor("POST", "/stop", client(answered, { hold: true }));
  assert.equal(answered.open, 1);
  const cut = new FakeSockets({ "/a/control.sock": ["HTTP/1.1 2"] });
  assert.equal(await askSupervisor("POST", "/stop", client(cut, { hold: true })), undefined);
  assert.equal(cut.open, 0);
});

Deno.test("control client: an answer may come in pieces, also within a character, but not for ever", async () => {
  const bytes = new TextEncoder().encode(`HTTP/1.1 200 OK\r\n\r\nmüde`);
  const pieces = new FakeSockets({ "/a/control.sock": [bytes.slice(0, 21), bytes.slice(21)] });
  assert.equal((await askSupervisor("GET", "/", client(pieces)))?.body, "müde");
  const megabytes = Array.from({ length: 300 }, () => new Uint8Array(16 * 1024).fill(97));
  const endless = new FakeSockets({ "/a/control.sock": [OK, ...megabytes] });
  assert.equal(await askSupervisor("GET", "/", client(endless)), undefined);
});

Deno.test("control client: an answer that is cut off, or none, is none", () => {
  assert.deepEqual(parseAnswer(OK), { status: 200, body: "ok" });
  assert.deepEqual(parseAnswer("HTTP/1.0 404 No\r\n\r\n"), { status: 404, body: "" });
  for (
    const text of [OK.slice(0, -1), "HTTP/1.1 200 OK\r\nX: y", "hello\r\n\r\nx", "", "HTTP/1.1 20"]
  ) {
    assert.equal(parseAnswer(text), undefined, text);
  }
});
