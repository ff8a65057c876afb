import { cString } from "./kernel_calls.ts";

const SYMBOLS = {
  getaddrinfo: {
    parameters: ["buffer", "pointer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  freeaddrinfo: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

const SOCK_STREAM = 1;
/** glibc: EAI_NONAME and EAI_NODATA. */
const ABSENT = new Set([-2, -5]);

/** `unknown`: no answer in time, or one that says to ask again. */
export type HostLookup = "found" | "absent" | "unknown";

/** What became of a name. */
export interface Lookup {
  readonly outcome: HostLookup;
  /** In the resolver's order, which connections follow; none unless it was found. */
  readonly addresses: readonly string[];
}

/** Asks whether a host name resolves, as {@linkcode lookUpHost} does. */
export async function resolveHost(name: string, limitMs: number): Promise<HostLookup> {
  return (await lookUpHost(name, limitMs)).outcome;
}

/**
 * Asks for a host name's addresses, as the system's resolver sees it: `/etc/hosts`, the search
 * domains and the name service of the pod, which Deno's own DNS client does not look at alike.
 */
export async function lookUpHost(name: string, limitMs: number): Promise<Lookup> {
  const c = Deno.dlopen("libc.so.6", SYMBOLS);
  const found = new BigUint64Array(1);
  // struct addrinfo: flags, family, socktype, protocol; the rest stays zero.
  const hints = new Int32Array(12);
  hints[2] = SOCK_STREAM;
  const asking = cString(name);
  const asked = c.symbols.getaddrinfo(asking, null, hints, found).then((code): Lookup => {
    // Named here, so that the buffers live for as long as the other thread reads them.
    if (asking.length === 0 || hints.length === 0) throw new RangeError("no buffers");
    const list = code === 0 ? Deno.UnsafePointer.create(found[0] ?? 0n) : null;
    const addresses = [...new Set(addressesOf(list))];
    if (list !== null) c.symbols.freeaddrinfo(list);
    c.close();
    const outcome = code === 0 ? "found" : ABSENT.has(code) ? "absent" : "unknown";
    return { outcome, addresses };
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Lookup>((resolve) => {
    timer = setTimeout(resolve, limitMs, { outcome: "unknown", addresses: [] });
  });
  const lookup = await Promise.race([asked, late]);
  clearTimeout(timer);
  return lookup;
}

/** Of struct addrinfo, on 64-bit Linux: where the address and the next one stand. */
const ADDRESS_AT = 24;
const NEXT_AT = 40;
/** Of struct sockaddr: the family, and where an address of each family begins. */
const AF_INET = 2;
const AF_INET6 = 10;

function* addressesOf(list: Deno.PointerValue): Generator<string> {
  for (let entry = list; entry !== null;) {
    const view = new Deno.UnsafePointerView(entry);
    const address = view.getPointer(ADDRESS_AT);
    if (address !== null) {
      const socket = new Deno.UnsafePointerView(address);
      const family = socket.getUint16(0);
      if (family === AF_INET) yield new Uint8Array(socket.getArrayBuffer(4, 4)).join(".");
      if (family === AF_INET6) yield ipv6Text(new DataView(socket.getArrayBuffer(16, 8)));
    }
    entry = view.getPointer(NEXT_AT);
  }
}

function ipv6Text(bytes: DataView): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.getUint16(at * 2).toString(16));
  // The parser of URLs knows how to shorten it.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
