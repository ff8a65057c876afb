/**
 * The lines of a stream, one at a time. What comes in one piece need not be one line: a Python with
 * `PYTHONUNBUFFERED` writes a line and its end one after the other.
 */
export class LineReader {
  readonly #pieces: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#pieces = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** @returns the next line without its end. @throws {Error} when the stream ends before it is whole */
  async line(): Promise<string> {
    while (true) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#pieces.read();
      if (done) throw new Error(`It ended where a line was wanted, after "${this.#rest}"`);
      this.#rest += value;
    }
  }

  /** Reads no more. */
  async cancel(): Promise<void> {
    await this.#pieces.cancel();
  }
}
