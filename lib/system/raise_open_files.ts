import { fixedBytes, kernel } from "./kernel_calls.ts";

/** Resource number of sys/resource.h, the same on x86-64 and arm64. */
const RLIMIT_NOFILE = 7;

/**
 * Raises a process's soft limit of open files to its hard one. curvine-fuse does not do so itself,
 * and container runtimes start with a soft limit of 1024 (Curvine: Limits of the process). The
 * supervisor's stays: what a helper may open is nobody's trouble.
 *
 * Where the kernel refuses, the daemon has the limit that it would have had.
 */
export function raiseOpenFiles(pid: number): void {
  // struct rlimit64: the soft limit, the hard one.
  const limit = fixedBytes(16);
  if (kernel("prlimit64", pid, RLIMIT_NOFILE, null, limit) !== 0) return;
  const [, hard = 0n] = new BigUint64Array(limit.buffer);
  new BigUint64Array(limit.buffer)[0] = hard;
  kernel("prlimit64", pid, RLIMIT_NOFILE, limit, null);
}
