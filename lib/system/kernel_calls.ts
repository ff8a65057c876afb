/**
 * The system calls of the supervisor, opened at the first use. Those marked `nonblocking` run on a
 * thread of their own: they may take long, and our main thread must never wait.
 */

const SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  close: { parameters: ["i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  inotify_init1: { parameters: ["i32"], result: "i32" },
  madvise: { parameters: ["u64", "u64", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  mount: { parameters: ["buffer", "buffer", "buffer", "u64", "pointer"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  statfs: { parameters: ["buffer", "buffer"], result: "i32" },
  umount2: { parameters: ["buffer", "i32"], result: "i32", nonblocking: true },
  unlinkat: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
} as const satisfies Deno.ForeignLibraryInterface;

let opened: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

/** The supervisor's system calls. */
export function kernel(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  opened ??= Deno.dlopen("libc.so.6", SYMBOLS);
  return opened.symbols;
}

/**
 * The error number of the blocking call just made; read it before anything else is called. Not for
 * calls on threads of their own, which leave their error number there.
 */
export function kernelErrno(): number {
  // Not libc()'s: opening that library for the first time would change the number.
  const location = kernel().__errno_location();
  return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
}

/** Error numbers that decide something, the same on x86-64 and arm64. */
export const Errno = {
  ENOENT: 2,
  EINTR: 4,
  ECHILD: 10,
  EAGAIN: 11,
  ENOTCONN: 107,
} as const;

/** `open` flags that are the same on x86-64 and arm64. */
export const Open = {
  RDONLY: 0,
  CLOEXEC: 0o2000000,
  NONBLOCK: 0o4000,
  PATH: 0o10000000,
} as const;
