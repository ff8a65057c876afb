/**
 * A master as far as its port goes: connections are taken and ended, refused while it is shut, and
 * left alone while it stands still.
 */
export class MasterDoor implements Disposable {
  readonly port: number;
  #listener: Deno.TcpListener | undefined;
  #stands = false;
  readonly #waiting: Deno.Conn[] = [];

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    void this.#serve(this.#listener);
  }

  /** Nobody listens any more. */
  shut(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#release();
  }

  open(): void {
    this.#release();
    if (this.#listener !== undefined) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    void this.#serve(this.#listener);
  }

  /** Takes connections, and does nothing with them. */
  standStill(): void {
    this.#stands = true;
  }

  [Symbol.dispose](): void {
    this.shut();
  }

  #release(): void {
    this.#stands = false;
    for (const connection of this.#waiting.splice(0)) connection.close();
  }

  async #serve(listener: Deno.TcpListener): Promise<void> {
    try {
      for await (const connection of listener) {
        if (this.#stands) this.#waiting.push(connection);
        else connection.close();
      }
    } catch {
      // It was shut in the middle of an accept.
    }
  }
}
