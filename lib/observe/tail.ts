/** Keeps the end of a stream of bytes, for last words. */
export class Tail {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity how many bytes to keep */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Takes a chunk; nothing of it is kept by reference. */
  add(chunk: Uint8Array): void {
    const room = this.#bytes.length;
    if (chunk.length >= room) {
      this.#bytes.set(chunk.subarray(chunk.length - room));
      this.#length = room;
      return;
    }
    const keep = Math.min(this.#length, room - chunk.length);
    this.#bytes.copyWithin(0, this.#length - keep, this.#length);
    this.#bytes.set(chunk, keep);
    this.#length = keep + chunk.length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** The whole lines at the end; the first may have lost its beginning. */
  text(): string {
    const text = new TextDecoder().decode(this.#bytes.subarray(0, this.#length));
    const cut = this.#length === this.#bytes.length ? text.indexOf("\n") + 1 : 0;
    return text.slice(cut).trimEnd();
  }
}
