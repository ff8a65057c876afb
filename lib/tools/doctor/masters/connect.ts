import type { Connection, Sockets } from "../../../ports/sockets.ts";
import { within } from "../../../system/within.ts";
import { reasonOf } from "../../../text/describe_error.ts";

/** What became of a connection. Times are milliseconds. */
export type Attempt =
  | {
    readonly kind: "open";
    readonly connection: Connection;
    readonly address: string;
    readonly ms: number;
  }
  | {
    /** `silent`: nothing came back, as where packets are dropped. */
    readonly kind: "refused" | "silent" | "unreachable" | "failed";
    readonly address: string;
    readonly reason: string;
    readonly ms: number;
  };

/** An attempt that failed. */
export type FailedAttempt = Exclude<Attempt, { readonly kind: "open" }>;

/** What connecting takes of the world. */
export interface ConnectWorld {
  readonly connectTcp: Sockets["connectTcp"];
  now(): number;
}

/**
 * Connects to the first of several addresses that takes it; all are tried at once, for one that
 * drops packets must not keep the others from being tried.
 *
 * @param limit milliseconds for all of it
 * @returns the first address's failure where none takes it
 */
export async function connect(
  addresses: readonly string[],
  port: number,
  limit: number,
  world: ConnectWorld,
): Promise<Attempt> {
  const attempts = addresses.map((address) => attempt(address, port, limit, world));
  const first = await Promise.any(attempts.map(async (one) => {
    const done = await one;
    if (done.kind !== "open") throw new Error(done.reason);
    return done;
  })).catch(() => undefined);
  for (const one of attempts) {
    void one.then((done) => {
      if (done.kind === "open" && done !== first) done.connection.close();
    });
  }
  return first ?? await attempts[0] ??
    { kind: "failed", address: "", reason: "there is no address", ms: 0 };
}

async function attempt(
  address: string,
  port: number,
  limit: number,
  { connectTcp, now }: ConnectWorld,
): Promise<Attempt> {
  const begun = now();
  const connecting = connectTcp(address, port);
  try {
    const connection = await within(limit, connecting);
    const ms = now() - begun;
    if (connection !== undefined) return { kind: "open", connection, address, ms };
    void connecting.then((late) => late.close(), () => {});
    const reason = `nothing came back within ${limit / 1000} s`;
    return { kind: "silent", address, reason, ms };
  } catch (error) {
    const reason = reasonOf(error).replace(/ \(os error \d+\)$/, "");
    return { kind: kindOf(error), address, reason, ms: now() - begun };
  }
}

/** By the kernel's numbers, which are the same on every machine of ours. */
const KINDS: readonly (readonly [RegExp, FailedAttempt["kind"]])[] = [
  [/\(os error 111\)/, "refused"],
  // ENETUNREACH, EHOSTUNREACH; EINVAL and EACCES of a route that swallows or prohibits.
  [/\(os error (?:101|113|22|13)\)/, "unreachable"],
  [/\(os error 110\)/, "silent"],
];

function kindOf(error: unknown): FailedAttempt["kind"] {
  const text = reasonOf(error);
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? "failed";
}
