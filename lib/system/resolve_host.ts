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

/**
 * Asks whether a host name resolves, as the system's resolver sees it: `/etc/hosts`, the search
 * domains and the name service of the pod, which Deno's own DNS client does not look at alike.
 */
export async function resolveHost(name: string, limitMs: number): Promise<HostLookup> {
  const c = Deno.dlopen("libc.so.6", SYMBOLS);
  const found = new BigUint64Array(1);
  // struct addrinfo: flags, family, socktype, protocol; the rest stays zero.
  const hints = new Int32Array(12);
  hints[2] = SOCK_STREAM;
  const asking = cString(name);
  const asked = c.symbols.getaddrinfo(asking, null, hints, found).then((code) => {
    // Named here, so that the buffers live for as long as the other thread reads them.
    if (asking.length === 0 || hints.length === 0) throw new RangeError("no buffers");
    const list = code === 0 ? Deno.UnsafePointer.create(found[0] ?? 0n) : null;
    if (list !== null) c.symbols.freeaddrinfo(list);
    c.close();
    return code;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined);
  });
  const code = await Promise.race([asked, late]);
  clearTimeout(timer);
  return code === 0 ? "found" : code !== undefined && ABSENT.has(code) ? "absent" : "unknown";
}
