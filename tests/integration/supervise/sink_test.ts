import assert from "node:assert/strict";
import { pump } from "../../../lib/system/pump.ts";
import { CHUNK_BYTES, Sink } from "../../../lib/system/sink.ts";
import { eventually } from "../../support/eventually.ts";

/** A reader of our output that takes bytes only when it is told to. */
class Reader {
  text = "";
  calls = 0;
  error: Error | undefined;
  #open = false;
  #wake: (() => void)[] = [];

  async write(bytes: Uint8Array): Promise<number> {
    this.calls++;
    if (!this.#open) await new Promise<void>((done) => this.#wake.push(done));
    if (this.error) throw this.error;
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }
  open(): void {
    this.#open = true;
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function offer(sink: Sink, text: string): boolean {
  const buffer = sink.take();
  if (buffer === undefined) return false;
  const bytes = new Uint8Array(buffer);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  sink.offer(bytes.subarray(0, written));
  return true;
}

Deno.test("chunks come out whole and in order", async () => {
  const reader = new Reader();
  const sink = new Sink(reader);
  for (let i = 0; i < 10; i++) offer(sink, `${i}\n`);
  reader.open();
  await sink.flush(20_000);
  assert.equal(reader.text, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  assert.equal(sink.dropped, 0);
});

Deno.test("a reader that is stuck costs a bounded number of buffers", async () => {
  const reader = new Reader();
  const sink = new Sink(reader);
  let taken = 0;
  const big = `${"x".repeat(CHUNK_BYTES - 1)}\n`;
  while (offer(sink, big)) assert.ok(++taken < 1000, "without end");
  assert.ok(taken * CHUNK_BYTES <= 4 * 1024 * 1024, `${taken} buffers`);
  for (let i = 0; i < 10_000; i++) sink.line(`line ${i}`);
  assert.ok(sink.dropped > 0, "lines are bounded too");
  // It comes back although nobody reads.
  await sink.flush(50);
  reader.open();
  await sink.flush(20_000);
  assert.ok(offer(sink, "again\n"), "buffers come back");
  await sink.flush(20_000);
});

Deno.test("a reader that has gone, or a full disk, loses output and nothing else", async () => {
  const reader = new Reader();
  reader.error = new Deno.errors.BrokenPipe("gone");
  reader.open();
  const sink = new Sink(reader);
  offer(sink, "lost\n");
  await sink.flush(20_000);
  assert.equal(sink.dropped, 5);
  reader.error = undefined;
  sink.line("back");
  await sink.flush(20_000);
  assert.equal(reader.text, "back\n");
});

Deno.test("a pipe that somebody made non-blocking is tried again", async () => {
  let refused = 3;
  let text = "";
  const sink = new Sink({
    write: (bytes) => {
      if (refused-- > 0) return Promise.reject(new Deno.errors.WouldBlock("later"));
      // Only some of it, as a pipe does that is nearly full.
      text += new TextDecoder().decode(bytes.subarray(0, 2));
      return Promise.resolve(Math.min(bytes.length, 2));
    },
  });
  sink.line("abcdef");
  await sink.flush(20_000);
  assert.equal(text, "abcdef\n");
  assert.equal(sink.dropped, 0);
});

Deno.test("our lines do not come into the middle of the daemon's", async () => {
  const reader = new Reader();
  reader.open();
  const sink = new Sink(reader);
  offer(sink, "half ");
  await sink.flush(20_000);
  sink.line("ours");
  offer(sink, "a line\nmore");
  await eventually("all is written", () => reader.text.includes("ours"));
  await sink.flush(20_000);
  assert.equal(reader.text, "half a line\nours\nmore");
  sink.line("after a while");
  await eventually("it does not wait for ever", () => reader.text.includes("after a while"));
});

function streamOf(
  chunks: number,
  size: number,
): { stream: ReadableStream<Uint8Array<ArrayBuffer>>; read: () => number } {
  let read = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller): void {
      if (read >= chunks) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      read++;
      controller.enqueue(new Uint8Array(size).fill(65 + read % 26));
    },
  });
  return { stream: stream as ReadableStream<Uint8Array<ArrayBuffer>>, read: () => read };
}

Deno.test("a flood is read to its end while the reader is stuck; what is too much is dropped", async () => {
  const reader = new Reader();
  const sink = new Sink(reader);
  const { stream, read } = streamOf(2000, CHUNK_BYTES);
  let seen = 0;
  await pump(stream, sink, (chunk) => seen += chunk.length);
  assert.equal(read(), 2000);
  assert.equal(seen, 2000 * CHUNK_BYTES);
  assert.ok(sink.dropped > 1900 * CHUNK_BYTES);
  reader.open();
  await sink.flush(20_000);
  assert.equal(reader.text.length + sink.dropped, seen);
});

Deno.test("many short lines fill the buffers as well as few long ones", async () => {
  let written = 0;
  const sink = new Sink({
    write: (bytes) => {
      written += bytes.length;
      return Promise.resolve(bytes.length);
    },
  });
  const { stream } = streamOf(1500, 1000);
  await pump(stream, sink, () => {});
  await sink.flush(20_000);
  assert.equal(written, 1_500_000);
  assert.equal(sink.dropped, 0);
});
