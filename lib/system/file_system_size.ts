import { cString } from "./kernel_calls.ts";

const SYMBOLS = {
  statvfs: { parameters: ["buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** A file system's size, in bytes. */
export interface FileSystemSize {
  readonly size: bigint;
  readonly free: bigint;
  /** To an ordinary user. */
  readonly available: bigint;
}

/**
 * Asks a file system for its size. It blocks for as long as the file system likes: only a process
 * that may be lost calls it.
 *
 * @returns `undefined` when it does not say
 */
export function fileSystemSize(path: string): FileSystemSize | undefined {
  const c = Deno.dlopen("libc.so.6", SYMBOLS);
  try {
    const answer = new BigUint64Array(32);
    if (c.symbols.statvfs(cString(path), answer) !== 0) return undefined;
    // struct statvfs on 64-bit Linux: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, …
    const [, fragment = 0n, blocks = 0n, free = 0n, available = 0n] = answer;
    return { size: fragment * blocks, free: fragment * free, available: fragment * available };
  } finally {
    c.close();
  }
}
