import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { assertHealthy, assertStops, fault } from "../../support/fault.ts";
import { executable } from "../../support/requirements.ts";
import type { FaultRun } from "../../support/fault_run.ts";

function connect(run: FaultRun): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path: `${run.root}/run/control.sock` });
}

/** Sends bytes and reads to the end of the answer; a reset counts as an end. */
async function send(run: FaultRun, text: string): Promise<string> {
  using connection = await connect(run);
  const answer: Uint8Array[] = [];
  try {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    await connection.closeWrite();
    for await (const piece of connection.readable) answer.push(piece);
  } catch {
    // It may hang up on nonsense before all of it is sent.
  }
  return answer.map((piece) => new TextDecoder().decode(piece)).join("");
}

async function answers(run: FaultRun): Promise<void> {
  assert.equal((await run.control("/livez")).status, 200);
  assert.equal((await run.control("/readyz")).status, 200);
}

fault("nonsense on the control socket: refused, nobody is hurt", {}, async (run) => {
  await run.start();
  await run.mounted();
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  for (
    const text of [
      "",
      "\n",
      "GET\r\n\r\n",
      "\u0000\u0001\u0002\u0003\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET /../../etc/passwd HTTP/1.1\r\n\r\n",
      "GET /stop HTTP/1.1\r\n\r\n",
      "DELETE /stop HTTP/1.1\r\n\r\n",
      "POST /livez HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
      `GET /livez HTTP/1.1\r\nX: ${"x".repeat(1_000_000)}\r\n\r\n`,
      `GET /${"y".repeat(1_000_000)} HTTP/1.1\r\n\r\n`,
    ]
  ) {
    assert.doesNotMatch(await send(run, text), /^HTTP\/1\.[01] 5(?!03)/, text.slice(0, 40));
  }
  await answers(run);
  assert.ok(!run.ended);
  await assertHealthy(run);
  await assertStops(run);
});

fault("clients that never end their request: others are answered, a stop is not held up", {
  // Longer than anybody waits for the end.
  env: { CURVINE_FLUID_STOP_TIMEOUT: "60s" },
}, async (run) => {
  await run.start();
  await run.mounted();
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  const slow: Deno.UnixConn[] = [];
  try {
    for (let number = 0; number < 60; number++) {
      const connection = await connect(run);
      slow.push(connection);
      await connection.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\n"));
    }
    await answers(run);
    await assertStops(run);
  } finally {
    for (const connection of slow) connection.close();
  }
});

fault(
  "hundreds of idle clients, on TCP and on the socket: everybody is answered, they are sent away",
  {
    pid1: false,
    env: { CURVINE_FLUID_HTTP_ADDR: "127.0.0.1:39404" },
  },
  async (run) => {
    await run.start();
    await run.mounted();
    await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
    const before = [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length;
    const idle: Deno.Conn[] = [];
    try {
      for (let number = 0; number < 300; number++) {
        idle.push(await Deno.connect({ hostname: "127.0.0.1", port: 39404 }));
      }
      await answers(run);
      assert.equal((await fetch("http://127.0.0.1:39404/livez")).status, 200);
      for (let number = 0; number < 300; number++) idle.push(await connect(run));
      await answers(run);
      assert.equal((await run.inside([executable, "health", "--live"])).code, 0);
      await eventually(
        "the idle ones are closed",
        () => [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length <= before + 2,
      );
    } finally {
      for (const connection of idle) connection.close();
    }
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("clients that hang up at once: nobody is hurt", {}, async (run) => {
  await run.start();
  await run.mounted();
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  const before = [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length;
  for (let number = 0; number < 200; number++) {
    const connection = await connect(run);
    await connection.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\n\r\n"));
    connection.close();
  }
  await answers(run);
  await eventually(
    "their descriptors are closed",
    () => [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length <= before + 2,
  );
  await assertHealthy(run);
  await assertStops(run);
});

fault("the control socket is deleted: the mount does not mind, a stop works", {}, async (run) => {
  await run.start();
  await run.mounted();
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  Deno.removeSync(`${run.root}/run`, { recursive: true });
  await assertHealthy(run);
  await assertStops(run);
});
