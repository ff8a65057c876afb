import { defaultPort } from "../curvine/key_table.ts";
import type { TomlTable } from "../curvine/toml_value.ts";
import { tomlTable } from "../curvine/toml_value.ts";

/** A server's address. */
export interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

/** What became of a list of endpoints. */
export type Endpoints =
  | { readonly ok: true; readonly endpoints: readonly [Endpoint, ...Endpoint[]] }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/**
 * Parses `host:port` pairs with commas, semicolons or spaces between them.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseEndpoints(" m0:8995;m1:8996 "), {
 *   ok: true,
 *   endpoints: [{ hostname: "m0", port: 8995 }, { hostname: "m1", port: 8996 }],
 * });
 * ```
 */
export function parseEndpoints(text: string): Endpoints {
  const endpoints: Endpoint[] = [];
  for (const part of text.split(/[,;\s]+/).filter((one) => one !== "")) {
    const quoted = JSON.stringify(part);
    // Curvine has no IPv6 addresses, so the only colon is the one before the port.
    if (part.split(":").length > 2) {
      return {
        ok: false,
        message: `${quoted} has more than one colon; "host:port" is wanted`,
        ...bareAddress(part),
      };
    }
    const [hostname = "", digits] = part.split(":");
    if (digits === undefined) {
      return {
        ok: false,
        message: `${quoted} has no port`,
        hint: `write "${hostname}:${defaultPort("master")}"`,
      };
    }
    if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$/.test(hostname)) {
      return { ok: false, message: `${quoted} has no valid host name; "host:port" is wanted` };
    }
    const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
    if (port < 1 || port > 65_535) {
      return {
        ok: false,
        message: `${quoted} has no valid port; 1 to 65535 is wanted`,
        ...bareAddress(part),
      };
    }
    endpoints.push({ hostname, port });
  }
  const [first, ...rest] = endpoints;
  return first === undefined
    ? { ok: false, message: "names no endpoint", hint: `write "host:${defaultPort("master")}"` }
    : { ok: true, endpoints: [first, ...rest] };
}

/** `http://m0:8995/`, `m0:8995/data`, `m0:`: what is around an address, or lacks, is clear. */
function bareAddress(part: string): { hint?: string } {
  const [, host, port] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([A-Za-z0-9][\w.-]*):(\d{1,5})?(?:\/.*)?$/i
    .exec(part) ?? [];
  if (host === undefined) return {};
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  return { hint: `write "${host}:${isPort ? port : defaultPort("master")}"` };
}

/** An address as Curvine's `master_addrs` has it. */
export function endpointTable({ hostname, port }: Endpoint): TomlTable {
  return tomlTable([["hostname", hostname], ["port", port]]);
}
