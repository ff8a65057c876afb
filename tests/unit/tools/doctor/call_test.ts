import assert from "node:assert/strict";
import { callRpc } from "../../../../lib/tools/doctor/masters/call_rpc.ts";
import { callWeb, type WebAnswer } from "../../../../lib/tools/doctor/masters/call_web.ts";
import { connect } from "../../../../lib/tools/doctor/masters/connect.ts";
import type { Connection } from "../../../../lib/ports/sockets.ts";
import { clusterMessage, rpcAnswer } from "../../../support/stand_in_masters.ts";

const LIMIT = 10_000;

/** A connection whose other side says something once it has been asked, a few bytes at a time. */
function answering(
  answer: (question: Uint8Array) => Uint8Array,
  piece = 7,
): Connection & { closed: boolean } {
  let rest = new Uint8Array();
  return {
    near: true,
    closed: false,
    read(into): Promise<number | null> {
      const count = Math.min(piece, rest.length, into.length);
      into.set(rest.subarray(0, count));
      rest = rest.slice(count);
      return Promise.resolve(count === 0 ? null : count);
    },
    write(bytes): Promise<void> {
      rest = new Uint8Array(answer(bytes));
      return Promise.resolve();
    },
    finish(): void {},
    close(): void {
      this.closed = true;
    },
  };
}

/** One that never says anything: reading ends when it is closed. */
function mute(): Connection & { closed: boolean } {
  const { promise, reject } = Promise.withResolvers<number | null>();
  promise.catch(() => {});
  return {
    ...answering(() => new Uint8Array()),
    read: () => promise,
    close(): void {
      this.closed = true;
      reject(new Error("closed"));
    },
  };
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

Deno.test("an answer of the RPC may come in pieces, and the connection is closed then", async () => {
  const message = clusterMessage({});
  const connection = answering((question) => rpcAnswer(question, message));
  const outcome = await callRpc(connection, 14, LIMIT);
  assert(outcome.kind === "success");
  assert.deepEqual([...outcome.message], [...message]);
  assert(connection.closed);
});

Deno.test("who hangs up, says nothing, or speaks another language is told apart", async () => {
  const kind = async (connection: Connection, limit = LIMIT): Promise<unknown> =>
    await callRpc(connection, 14, limit);
  assert.deepEqual(await kind(answering(() => new Uint8Array())), { kind: "closed" });
  assert.deepEqual(await kind(mute(), 1), { kind: "silent" });
  assert.deepEqual(await kind(answering(() => text("220 example.com ESMTP\r\n"))), {
    kind: "garbage",
    isHttp: false,
  });
  assert.deepEqual(await kind(answering(() => text("HTTP/1.1 400 Bad Request\r\n\r\n"))), {
    kind: "garbage",
    isHttp: true,
  });
});

/** Asks a web server that answers so; our clock says 12:00:00 when asked and so much later after. */
async function web(answer: string, took = 0): Promise<WebAnswer | undefined> {
  let date = Date.UTC(2026, 0, 1, 12);
  return await callWeb("10.0.0.1", 9000, LIMIT, {
    connectTcp: () =>
      Promise.resolve(answering((question) => {
        assert.match(new TextDecoder().decode(question), /^GET \/api\/overview HTTP\/1\.0\r\n/);
        date += took;
        return text(answer);
      }, 1_000)),
    now: () => 0,
    date: () => date,
  });
}

const BODY = '{"master_state":"Standby"}';

Deno.test("a web server's clock is compared with the middle of the question and its answer", async () => {
  const head = "HTTP/1.0 200 OK\r\nDate: Thu, 01 Jan 2026 12:00:30 GMT\r\n\r\n";
  assert.deepEqual(await web(head + BODY), {
    port: 9000,
    state: "Standby",
    clock: { ahead: 30_500, error: 500 },
  });
  assert.deepEqual((await web(head + BODY, 2_000))?.clock, { ahead: 29_500, error: 1_500 });
});

Deno.test("a web server that is no master's tells nothing; one without a clock tells no time", async () => {
  assert.equal(await web(`HTTP/1.0 404 Not Found\r\n\r\n${BODY}`), undefined);
  assert.equal(await web("HTTP/1.0 200 OK\r\n\r\n<html>"), undefined);
  assert.equal(await web('HTTP/1.0 200 OK\r\n\r\n{"master_state":7}'), undefined);
  assert.equal(await web(""), undefined);
  assert.deepEqual(await web(`HTTP/1.0 200 OK\r\n\r\n${BODY}`), {
    port: 9000,
    state: "Standby",
    clock: undefined,
  });
});

Deno.test("of several addresses the one that takes the connection counts, the others are closed", async () => {
  const opened: (Connection & { closed: boolean })[] = [];
  const world = {
    now: () => 0,
    connectTcp(address: string): Promise<Connection> {
      if (address === "refuses") {
        return Promise.reject(new Error("Connection refused (os error 111)"));
      }
      const connection = answering(() => new Uint8Array());
      opened.push(connection);
      return Promise.resolve(connection);
    },
  };
  const attempt = await connect(["refuses", "one", "other"], 8995, LIMIT, world);
  assert(attempt.kind === "open");
  assert.equal(attempt.address, "one");
  await new Promise((done) => setTimeout(done, 0));
  assert.deepEqual(opened.map(({ closed }) => closed), [false, true]);
});

Deno.test("the kernel's words for a failed connection are told apart", async () => {
  const kind = async (error: string): Promise<string> => {
    const connectTcp = (): Promise<Connection> => Promise.reject(new Error(error));
    const attempt = await connect(["a"], 1, LIMIT, { connectTcp, now: () => 0 });
    assert(attempt.kind !== "open");
    assert.doesNotMatch(attempt.reason, /os error/);
    return attempt.kind;
  };
  assert.equal(await kind("Connection refused (os error 111)"), "refused");
  assert.equal(await kind("No route to host (os error 113)"), "unreachable");
  assert.equal(await kind("Network is unreachable (os error 101)"), "unreachable");
  assert.equal(await kind("Connection timed out (os error 110)"), "silent");
  assert.equal(await kind("Connection reset by peer (os error 104)"), "failed");
  const never = (): Promise<Connection> => new Promise(() => {});
  const silent = await connect(["a"], 1, 1, { connectTcp: never, now: () => 0 });
  assert.equal(silent.kind, "silent");
});
