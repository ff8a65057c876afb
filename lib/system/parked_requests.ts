import { ROOT_NODE } from "../ports/mounts.ts";
import { Errno, fixedBytes, kernel } from "./kernel_calls.ts";

const POLLIN = 1;

/** The longest request: a WRITE of the most that is negotiated, with room for its head. */
const MOST_BYTES = 1024 * 1024 + 64 * 1024;

/** struct fuse_in_header: length, opcode, unique, node id …; then what is asked. */
const OPCODE_AT = 4;
const UNIQUE_AT = 8;
const NODE_AT = 16;
const BODY_AT = 40;
/** struct fuse_out_header: length, error or kind of notice, unique. */
const HEADER_BYTES = 16;

/** `FUSE_NOTIFY_RESEND` of linux/fuse.h. */
const NOTIFY_RESEND = 7;

const INTERRUPT = 36;
/** FORGET, INTERRUPT and BATCH_FORGET want no answer (linux/fuse.h). */
const SILENT: readonly number[] = [2, INTERRUPT, 42];
/** What needs a handle of the daemon that has gone: READ, WRITE, FSYNC, FLUSH, READDIR and so on. */
const OF_HANDLES: readonly number[] = [15, 16, 20, 25, 28, 30, 31, 32, 33, 43, 44, 46, 47];

/** More than this do not wait: a connection has so many callers at most. */
const MOST_REQUESTS = 65_536;

interface Parked {
  readonly node: bigint;
  /** Its caller has got a signal. */
  interrupted: boolean;
}

/**
 * The requests of a connection whose daemon has gone, taken out of its queue. They name files by
 * numbers which a successor does not know yet: it would say that there are no such files. When it
 * knows them, `ESTALE` makes the kernel walk the path anew. Whoever has a file open gets `EBADF` at
 * once, as later from the successor itself: what he asks next, in the place of it, is then here
 * before the successor serves, and may well be the first that names the folder he is in.
 *
 * Where all ask from the root on, which every successor knows, they are given back instead, and their
 * callers notice nothing.
 *
 * Whoever takes requests owes their callers a {@link resume}, or the end of the connection.
 */
export class ParkedRequests {
  readonly #descriptor: number;
  readonly #parked = new Map<bigint, Parked>();
  /** Kept from one look to the next, for they come every few milliseconds. */
  #request: Uint8Array<ArrayBuffer> | undefined;

  /** @param descriptor opened with O_NONBLOCK: a request may go before it is read, with its caller */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get isEmpty(): boolean {
    return this.#parked.size === 0;
  }

  /** The numbers by which files are asked for, but for the root, which every daemon knows. */
  get nodes(): bigint[] {
    const nodes = new Set([...this.#parked.values()].map(({ node }) => node));
    nodes.delete(ROOT_NODE);
    return [...nodes];
  }

  /**
   * Takes what waits now. Nobody else may be reading the connection.
   *
   * @param isLate whether this has lasted so long that whoever gets a signal is to be let go. Who is
   *   to be killed could not go before, for the kernel knows us to be at work on what he asked for;
   *   who gets any other signal would not expect to be told of it.
   * @returns whether somebody was turned away, who will ask for something else now
   */
  take(isLate: boolean): boolean {
    let turnedAway = false;
    while (this.#parked.size < MOST_REQUESTS && isWaiting(this.#descriptor)) {
      const request = this.#request ??= fixedBytes(MOST_BYTES);
      // Its caller may have been killed meanwhile; then there is another one, or none.
      if (kernel("read", this.#descriptor, request, request.length) < 0) break;
      const view = new DataView(request.buffer);
      const opcode = view.getUint32(OPCODE_AT, true);
      if (opcode === INTERRUPT) {
        const parked = this.#parked.get(view.getBigUint64(BODY_AT, true));
        if (parked !== undefined) parked.interrupted = true;
      }
      if (SILENT.includes(opcode)) continue;
      const unique = view.getBigUint64(UNIQUE_AT, true);
      if (OF_HANDLES.includes(opcode)) {
        this.#answer(unique, Errno.EBADF);
        turnedAway = true;
        continue;
      }
      this.#parked.set(unique, { node: view.getBigUint64(NODE_AT, true), interrupted: false });
    }
    if (!isLate) return turnedAway;
    for (const [unique, { interrupted }] of this.#parked) {
      if (interrupted) this.#answer(unique, Errno.EINTR);
    }
    return turnedAway;
  }

  /**
   * Has the kernel put all back into the queue, as if nobody had read them. It does so for whatever
   * has been read of the connection, by whomever: only before a successor reads.
   *
   * @returns whether it could; a kernel before 6.9 cannot
   */
  giveBack(): boolean {
    const bytes = header(NOTIFY_RESEND, 0n);
    if (kernel("write", this.#descriptor, bytes, bytes.length) < 0) return false;
    this.#parked.clear();
    return true;
  }

  /**
   * Has callers ask again.
   *
   * @param node only those who ask for this one: the successor knows it
   */
  resume(node?: bigint): void {
    if (node === undefined) this.#request = undefined;
    for (const [unique, parked] of this.#parked) {
      if (node === undefined || parked.node === node) this.#answer(unique, Errno.ESTALE);
    }
  }

  #answer(unique: bigint, error: number): void {
    this.#parked.delete(unique);
    const bytes = header(-error, unique);
    kernel("write", this.#descriptor, bytes, bytes.length);
  }
}

/** What goes to the kernel, with nothing behind it. @param what an error, or the kind of a notice */
function header(what: number, unique: bigint): Uint8Array<ArrayBuffer> {
  const bytes = fixedBytes(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, HEADER_BYTES, true);
  view.setInt32(4, what, true);
  view.setBigUint64(8, unique, true);
  return bytes;
}

function isWaiting(descriptor: number): boolean {
  // struct pollfd is an int and two shorts.
  const watched = fixedBytes(8);
  const view = new DataView(watched.buffer);
  view.setInt32(0, descriptor, true);
  view.setInt16(4, POLLIN, true);
  kernel("ppoll", watched, 1, fixedBytes(16), null, 0);
  return (view.getInt16(6, true) & POLLIN) !== 0;
}
