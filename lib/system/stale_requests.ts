import { fixedBytes, kernel } from "./kernel_calls.ts";

const POLLIN = 1;

/** The longest request: a WRITE of the most that is negotiated, with room for its head. */
const MOST_BYTES = 1024 * 1024 + 64 * 1024;

/** struct fuse_in_header: length, opcode, unique …; struct fuse_out_header: length, error, unique. */
const OPCODE_AT = 4;
const UNIQUE_AT = 8;
const ANSWER_BYTES = 16;

/** FORGET, INTERRUPT and BATCH_FORGET want no answer (linux/fuse.h). */
const SILENT: readonly number[] = [2, 36, 42];

/** What needs a handle of the daemon that has gone: READ, WRITE, FSYNC, FLUSH, READDIR and so on. */
const OF_HANDLES: readonly number[] = [15, 16, 20, 25, 28, 30, 31, 32, 33, 43, 44, 46, 47];

const EBADF = 9;
const ESTALE = 116;

/** More than this do not wait: a connection has so many callers at most. */
const MOST_REQUESTS = 65_536;

/**
 * Answers the requests that wait on a connection whose daemon has gone. They name files by numbers
 * which its successor does not know: it would say that there are no such files. `ESTALE` makes the
 * kernel walk the path anew instead, and the questions of that walk wait for the successor; whoever
 * has a file open gets `EBADF`, as from the successor itself.
 *
 * Nobody else may be reading the connection.
 *
 * @param descriptor opened with O_NONBLOCK: a request may go before it is read, with its caller
 * @returns how many were answered
 */
export function answerStaleRequests(descriptor: number): number {
  // All are read before any is answered: who asks anew at once must not be among them.
  const waiting: { readonly unique: bigint; readonly error: number }[] = [];
  let request: Uint8Array<ArrayBuffer> | undefined;
  while (waiting.length < MOST_REQUESTS && isWaiting(descriptor)) {
    request ??= fixedBytes(MOST_BYTES);
    // Its caller may have been killed meanwhile; then there is another one, or none.
    if (kernel("read", descriptor, request, request.length) < 0) break;
    const view = new DataView(request.buffer);
    const opcode = view.getUint32(OPCODE_AT, true);
    if (SILENT.includes(opcode)) continue;
    waiting.push({ unique: view.getBigUint64(UNIQUE_AT, true), error: errorFor(opcode) });
  }
  for (const { unique, error } of waiting) answer(descriptor, unique, error);
  return waiting.length;
}

function errorFor(opcode: number): number {
  return OF_HANDLES.includes(opcode) ? EBADF : ESTALE;
}

function answer(descriptor: number, unique: bigint, error: number): void {
  const bytes = fixedBytes(ANSWER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ANSWER_BYTES, true);
  view.setInt32(4, -error, true);
  view.setBigUint64(8, unique, true);
  kernel("write", descriptor, bytes, ANSWER_BYTES);
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
