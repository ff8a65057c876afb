import { cString, Errno, fixedBytes, kernel, withErrno } from "./kernel_calls.ts";

/** What `statfs` said. Blocks for as long as the file system likes: never call it in PID 1. */
export function askFileSystem(path: string): "answers" | "stale" | "unknown" {
  // struct statfs is 120 bytes on 64-bit Linux.
  const answer = fixedBytes(256);
  const text = cString(path);
  const { result, errno } = withErrno(() => kernel("statfs", text, answer));
  if (result === 0) return "answers";
  return errno === Errno.ENOTCONN ? "stale" : "unknown";
}
