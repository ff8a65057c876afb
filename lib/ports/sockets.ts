/** A connected stream socket. */
export interface Connection {
  /** Whether the other side is on this machine: a Unix socket, or a loopback address. */
  readonly near: boolean;
  /** @returns how many bytes came, `null` at the end */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes all. */
  write(bytes: Uint8Array): Promise<void>;
  /** Tells the other side that nothing more comes; it may still be read from. */
  finish(): void;
  /** More than once does no harm. */
  close(): void;
}

/** A listening socket. */
export interface Listener {
  /** The next client, or `undefined` once the listener is closed. @throws when one cannot be had */
  accept(): Promise<Connection | undefined>;
  close(): void;
}

/** Sockets on this machine. */
export interface Sockets {
  /** @throws when nobody listens there */
  connectUnix(path: string): Promise<Connection>;
  /** @throws when the port does not answer */
  connectTcp(host: string, port: number): Promise<Connection>;
  /** Only our user may connect. @throws when the path cannot be bound */
  listenUnix(path: string): Listener;
  /** @throws when the port is taken */
  listenTcp(host: string, port: number): Listener;
}
