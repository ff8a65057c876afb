import { CHUNK_BYTES, type Sink } from "./sink.ts";

/**
 * Passes a daemon's output on until its end, which may come long after the daemon's: whoever
 * inherited the pipe, such as the successor of a hot reload, still writes to it. The daemon never
 * waits for the reader of our output; what that reader does not take is dropped.
 */
export async function pump(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  sink: Sink,
  tap: (chunk: Uint8Array) => void,
): Promise<void> {
  const reader = stream.getReader({ mode: "byob" });
  // Read into while the sink has no buffer left; what lands here is dropped.
  let spare = new ArrayBuffer(CHUNK_BYTES);
  try {
    for (;;) {
      const buffer = sink.take();
      const { value, done } = await reader.read(new Uint8Array(buffer ?? spare));
      if (value !== undefined && value.length > 0) tap(value);
      if (done || value === undefined) {
        if (buffer !== undefined) sink.release(value?.buffer ?? new ArrayBuffer(CHUNK_BYTES));
        return;
      }
      if (buffer !== undefined) sink.offer(value);
      else {
        sink.dropped += value.length;
        spare = value.buffer;
      }
    }
  } catch {
    // A broken pipe ends like a closed one.
  } finally {
    reader.releaseLock();
  }
}
