/** One buffer; the pipe of a container runtime holds as much. */
export const CHUNK_BYTES = 64 * 1024;

/** So many chunks may wait to be written: 2 MiB for each stream. */
const MOST_CHUNKS = 32;

/** So many buffers are kept when all is written. */
const KEPT_CHUNKS = 2;

/** Our own lines that may wait; they are short, and few. */
const MOST_LINES = 1000;

/** A partial line of the daemon keeps ours back at most so long. */
const PARTIAL_LINE_MS = 100;

/** A writer that takes some of the bytes; `Deno.stdout` is one. */
export interface ChunkWriter {
  write(bytes: Uint8Array): Promise<number>;
}

const NEWLINE = 10;

/**
 * One of our standard streams, written in the background through a bounded buffer: whoever reads
 * our output may be slow, stuck or gone, and neither we nor the daemon may wait for it.
 */
export class Sink {
  /** Bytes that nobody took. */
  dropped = 0;
  readonly #writer: ChunkWriter;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #lines: string[] = [];
  readonly #free: ArrayBuffer[] = [];
  #buffers = 0;
  #atLineStart = true;
  #partial: ReturnType<typeof setTimeout> | undefined;
  #work: Promise<void> | undefined;

  constructor(writer: ChunkWriter) {
    this.#writer = writer;
  }

  /** A buffer to read into, or `undefined` when all are waiting to be written. */
  take(): ArrayBuffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#buffers >= MOST_CHUNKS) return undefined;
    this.#buffers++;
    return new ArrayBuffer(CHUNK_BYTES);
  }

  /** Gives a buffer back unused. */
  release(buffer: ArrayBuffer): void {
    this.#free.push(buffer);
  }

  /** Writes a chunk that lies in a buffer got from {@link take}; the buffer is ours from now on. */
  offer(chunk: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(chunk);
    this.#start();
  }

  /** Writes a line of ours, not into the middle of one of the daemon's. */
  line(text: string): void {
    if (this.#lines.length >= MOST_LINES) {
      this.dropped += text.length + 1;
      return;
    }
    this.#lines.push(text);
    if (this.#atLineStart) this.#start();
    else this.#partial ??= setTimeout(() => this.#breakLine(), PARTIAL_LINE_MS);
  }

  /** Waits until all is written, or the time is over. */
  async flush(milliseconds: number): Promise<void> {
    if (this.#lines.length > 0) this.#breakLine();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((done) => timer = setTimeout(done, milliseconds));
    await Promise.race([this.#work, late]);
    clearTimeout(timer);
  }

  #breakLine(): void {
    clearTimeout(this.#partial);
    this.#partial = undefined;
    this.#atLineStart = true;
    this.#start();
  }

  #start(): void {
    this.#work ??= this.#run().finally(() => this.#work = undefined);
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#atLineStart && this.#lines.length > 0) {
        const lines = this.#lines;
        this.#lines = [];
        await this.#write(new TextEncoder().encode(`${lines.join("\n")}\n`));
        continue;
      }
      const chunk = this.#waiting.shift();
      if (chunk === undefined) {
        this.#buffers -= this.#free.splice(KEPT_CHUNKS).length;
        return;
      }
      await this.#write(chunk);
      this.#atLineStart = chunk.at(-1) === NEWLINE;
      if (this.#atLineStart) clearTimeout(this.#partial), this.#partial = undefined;
      this.#free.push(chunk.buffer);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(await this.#writer.write(rest));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) {
          // Somebody made the shared pipe non-blocking.
          await new Promise((done) => setTimeout(done, 10));
          continue;
        }
        // The reader has gone, or the disk below is full: the output is lost, we are not.
        this.dropped += rest.length;
        return;
      }
    }
  }
}
