import type { Connection, Listener, Sockets } from "../ports/sockets.ts";

/** The real sockets. */
export const systemSockets: Sockets = {
  connectUnix: async (path) => connection(await Deno.connect({ transport: "unix", path })),
  connectTcp: async (hostname, port) => connection(await Deno.connect({ hostname, port })),
  listenUnix(path: string): Listener {
    const listener = Deno.listen({ transport: "unix", path });
    Deno.chmodSync(path, 0o600);
    return listening(listener);
  },
  listenTcp: (hostname, port) => listening(Deno.listen({ hostname, port })),
};

function listening(listener: Deno.Listener<Deno.Conn>): Listener {
  let open = true;
  return {
    async accept(): Promise<Connection | undefined> {
      try {
        return connection(await listener.accept());
      } catch (error) {
        if (!open || error instanceof Deno.errors.BadResource) return undefined;
        throw error;
      }
    },
    close(): void {
      if (open) listener.close();
      open = false;
    },
  };
}

function connection(conn: Deno.Conn): Connection {
  let open = true;
  return {
    near: isNear(conn.remoteAddr),
    read: (into) => conn.read(into),
    async write(bytes: Uint8Array): Promise<void> {
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(await conn.write(rest));
    },
    finish(): void {
      if (open) conn.closeWrite().catch(() => {});
    },
    close(): void {
      if (open) conn.close();
      open = false;
    },
  };
}

function isNear(address: Deno.Addr): boolean {
  return !("hostname" in address) || /^(127\.|::1$|::ffff:127\.)/.test(address.hostname);
}
