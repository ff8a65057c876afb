import { Errno, kernel, kernelErrno } from "./kernel_calls.ts";
import { cString } from "./libc.ts";

/** What `statfs` said. Blocks for as long as the file system likes: never call it in PID 1. */
export function askFileSystem(path: string): "answers" | "stale" | "unknown" {
  // struct statfs is 120 bytes on 64-bit Linux.
  const answer = new Uint8Array(256);
  if (kernel().statfs(cString(path), answer) === 0) return "answers";
  return kernelErrno() === Errno.ENOTCONN ? "stale" : "unknown";
}
