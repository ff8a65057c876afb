import { defaultPort } from "./key_table.ts";

/** A component that is a server. */
export type Server = "master" | "worker" | "transfer";

/**
 * Where a server listens, by the configuration that it was started with.
 *
 * @param toml the parsed configuration file; anything in it may be missing
 */
export function rpcAddress(toml: unknown, server: Server): { hostname: string; port: number } {
  const section = field(toml, server);
  const port = Number(field(section, "rpc_port") ?? defaultPort(server));
  const hostname = field(section, "hostname");
  return {
    hostname: typeof hostname === "string" && hostname !== "" ? hostname : "localhost",
    port,
  };
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}
