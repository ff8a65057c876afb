import { fixedBytes, kernel, Open } from "./kernel_calls.ts";

/** `fcntl` command of linux/fcntl.h. */
const F_SETPIPE_SZ = 1031;

/**
 * Whether the kernel gives this process a pipe of so many bytes, found out by asking for one: what
 * it allows depends on a limit, a capability in the right user namespace, and what others use.
 */
export function pipesHold(bytes: number): boolean {
  const ends = fixedBytes(8);
  // Where there is no pipe at all, its size is not what is wrong.
  if (kernel("pipe2", ends, Open.CLOEXEC) !== 0) return true;
  const view = new DataView(ends.buffer);
  const [reader, writer] = [view.getInt32(0, true), view.getInt32(4, true)];
  const size = kernel("fcntl", reader, F_SETPIPE_SZ, bytes);
  kernel("close", reader);
  kernel("close", writer);
  return size >= bytes;
}
