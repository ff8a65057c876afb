/** A master as far as its port goes: connections are accepted, or refused while it is shut. */
export class MasterDoor implements Disposable {
  readonly port: number;
  #listener: Deno.TcpListener | undefined;

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    void serve(this.#listener);
  }

  /** Nobody listens any more. */
  shut(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  open(): void {
    if (this.#listener !== undefined) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    void serve(this.#listener);
  }

  [Symbol.dispose](): void {
    this.shut();
  }
}

async function serve(listener: Deno.TcpListener): Promise<void> {
  try {
    for await (const connection of listener) connection.close();
  } catch {
    // It was shut in the middle of an accept.
  }
}
