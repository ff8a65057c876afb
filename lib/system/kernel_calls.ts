/**
 * Linux's system calls, all through libc's `syscall`: each function of libc that is opened costs a
 * start up to a third of a millisecond, and most commands need none.
 */

/** Numbers on x86-64 and arm64, from the kernel's `asm/unistd.h`. */
const NUMBERS = {
  close: [3, 57],
  close_range: [436, 436],
  eventfd2: [290, 19],
  execve: [59, 221],
  faccessat: [269, 48],
  fcntl: [72, 25],
  flock: [73, 32],
  getdents64: [217, 61],
  inotify_add_watch: [254, 27],
  inotify_init1: [294, 26],
  ioctl: [16, 29],
  madvise: [28, 233],
  mknodat: [259, 33],
  mount: [165, 40],
  openat: [257, 56],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  pipe2: [293, 59],
  ppoll: [271, 73],
  prctl: [157, 167],
  prlimit64: [302, 261],
  read: [0, 63],
  readlinkat: [267, 78],
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  rt_sigtimedwait: [128, 137],
  statfs: [137, 43],
  umount2: [166, 39],
  unlinkat: [263, 35],
  waitid: [247, 95],
  write: [1, 64],
} as const;

/** A system call's name. */
export type CallName = keyof typeof NUMBERS;

/** A number, or what the kernel reads or writes; `null` for no address. */
export type CallArgument = number | bigint | Uint8Array<ArrayBuffer> | null;

/** The number and up to five arguments; no call of ours returns more than an int. */
const PARAMETERS = ["i64", "i64", "i64", "i64", "i64", "i64"] as const;
/**
 * A struct behind the arguments, which nobody reads. It is there because Deno makes machine code
 * for every function without one: that takes longer than all the calls of a start together.
 */
const STRUCT = { struct: ["i64"] } as const;
const UNREAD = new Uint8Array(8);
const SYSCALL = {
  syscall: { parameters: [...PARAMETERS, STRUCT], result: "i32" },
} as const;
const BACKGROUND = {
  syscall: { parameters: PARAMETERS, result: "i32", nonblocking: true },
} as const;
const ERRNO = { __errno_location: { parameters: [STRUCT], result: "pointer" } } as const;

type Open<S extends Deno.ForeignLibraryInterface> = Deno.DynamicLibrary<S>["symbols"];

let syscall: Open<typeof SYSCALL>["syscall"] | undefined;
let background: Open<typeof BACKGROUND>["syscall"] | undefined;
/** The error number of the thread that JavaScript runs on. */
let errnoView: Deno.UnsafePointerView | undefined;

/** What calls under way read or write: only its address is known to them. */
const held = new Set<readonly CallArgument[]>();

/**
 * Makes a system call.
 *
 * @returns what it returned; -1 when it failed, see {@link withErrno} for why
 */
export function kernel(name: CallName, ...args: CallArgument[]): number {
  syscall ??= Deno.dlopen("libc.so.6", SYSCALL).symbols.syscall;
  held.add(args);
  const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n] = args.map(word);
  const result = syscall(numberOf(name), a, b, c, d, e, UNREAD);
  held.delete(args);
  return result;
}

/**
 * Makes a system call that may take long, on a thread of its own: our main thread must never wait.
 * Its error number stays on that thread.
 */
export async function kernelInBackground(
  name: CallName,
  ...args: CallArgument[]
): Promise<number> {
  background ??= Deno.dlopen("libc.so.6", BACKGROUND).symbols.syscall;
  held.add(args);
  try {
    const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n] = args.map(word);
    return await background(numberOf(name), a, b, c, d, e);
  } finally {
    held.delete(args);
  }
}

/**
 * Makes a call and, when it fails, reads its error number before anything can change it. The call
 * may be made twice then: the number is only to be had of a call made after libc was asked where
 * numbers are, and most starts never need to ask.
 */
export function withErrno(call: () => number): { result: number; errno: number } {
  let result = call();
  if (result >= 0) return { result, errno: 0 };
  if (errnoView === undefined) {
    const location = Deno.dlopen("libc.so.6", ERRNO).symbols.__errno_location(UNREAD);
    if (location === null) return { result, errno: 0 };
    errnoView = new Deno.UnsafePointerView(location);
    result = call();
  }
  return { result, errno: result >= 0 ? 0 : errnoView.getInt32() };
}

/** Opens all that calls need now, for those who count what is open. */
export function openKernel(): void {
  withErrno(() => kernel("close", -1));
  void kernelInBackground("close", -1);
}

/** Gives heap that was freed back to the system. */
export function trimHeap(): void {
  const symbols = { malloc_trim: { parameters: ["usize"], result: "i32" } } as const;
  Deno.dlopen("libc.so.6", symbols).symbols.malloc_trim(0n);
}

/** The environment that a new program would get, as `execve` takes it. */
export function environment(): bigint {
  const { environ } = Deno.dlopen("libc.so.6", { environ: { type: "pointer" } }).symbols;
  return environ === null ? 0n : new Deno.UnsafePointerView(environ).getBigUint64();
}

function numberOf(name: CallName): bigint {
  return BigInt(NUMBERS[name][Deno.build.arch === "x86_64" ? 0 : 1]);
}

function word(argument: CallArgument): bigint {
  if (argument === null) return 0n;
  return typeof argument === "object" ? addressOf(argument) : BigInt(argument);
}

/**
 * Where bytes lie. They must stay in use as long as the address is; small arrays that were made
 * without a buffer of their own may be moved, {@link fixedBytes} stay.
 */
export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
}

/** Bytes that never move. */
export function fixedBytes(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(count));
}

/** A NUL-terminated UTF-8 string. @throws {TypeError} for text that holds a NUL itself. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`Cannot pass ${JSON.stringify(text)} to the system: it holds a NUL`);
  }
  return new TextEncoder().encode(`${text}\0`);
}

/** Error numbers that decide something, the same on x86-64 and arm64. */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  ENOEXEC: 8,
  EBADF: 9,
  EAGAIN: 11,
  EACCES: 13,
  ENOTDIR: 20,
  EINVAL: 22,
  EROFS: 30,
  ENFILE: 23,
  EMFILE: 24,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ELOOP: 40,
  ENOTCONN: 107,
  ESTALE: 116,
} as const;

/** `open` flags that are the same on x86-64 and arm64. */
export const Open = {
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  CLOEXEC: 0o2000000,
  NONBLOCK: 0o4000,
  PATH: 0o10000000,
} as const;

/** For `openat`: a relative path is meant from the working directory. */
export const AT_FDCWD = -100;
