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

/** The supervisor's system calls. */
export type KernelCalls = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

let calls: KernelCalls | undefined;

/** The supervisor's system calls. */
export function kernel(): KernelCalls {
  calls ??= lazyCalls();
  return calls;
}

/** Opens all of them now, for those who count what is open. */
export function openKernel(): void {
  for (const name of Object.keys(SYMBOLS)) Reflect.get(kernel(), name);
}

/** Each call is opened when it is first used: opening one costs a start up to half a millisecond. */
function lazyCalls(): KernelCalls {
  const lazy = {};
  for (const [name, definition] of Object.entries(SYMBOLS)) {
    Object.defineProperty(lazy, name, {
      configurable: true,
      get: () => {
        const call: unknown = Deno.dlopen("libc.so.6", { [name]: definition }).symbols[name];
        Object.defineProperty(lazy, name, { value: call });
        return call;
      },
    });
  }
  return lazy as KernelCalls;
}

/**
 * Makes a call and reads its error number before anything can change it. Not for calls on threads
 * of their own, which leave their error number there.
 *
 * @returns what the call returned, and the error number that counts when that is negative
 */
export function withErrno(call: () => number): { result: number; errno: number } {
  // Opened before the call: opening would change the number.
  const errnoLocation = kernel().__errno_location;
  const result = call();
  const location = errnoLocation();
  const errno = location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
  return { result, errno };
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
