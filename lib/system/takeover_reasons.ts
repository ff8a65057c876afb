import { Errno } from "./kernel_calls.ts";

/** What failed while a connection was being taken. */
export type WhatFailed =
  | "look"
  | "pidfd_open"
  | "pidfd_getfd"
  | "openat"
  | "ioctl"
  | "no-descriptor"
  | "not-told-apart"
  | "connection-ended"
  | "state-file";

/** A reason in words, and whether it will be the same at every later try. */
export interface WhyNot {
  readonly reason: string;
  readonly lasting: boolean;
}

/**
 * Says why a connection cannot be taken over.
 *
 * @param errno of the call that failed; 0 for what is no call
 * @param surroundings what may have forbidden it, read when it matters
 */
export function whyNotTaken(
  what: WhatFailed,
  errno: number,
  detail = "",
  surroundings: () => Surroundings = readSurroundings,
): WhyNot {
  const [why, lasting] = reasonOf(what, errno, detail, surroundings);
  return { reason: `Cannot take the daemon's FUSE connection over: ${why}`, lasting };
}

/** What may forbid us to look into another process. */
export interface Surroundings {
  /** `/proc/sys/kernel/yama/ptrace_scope`; `undefined` where there is no Yama. */
  readonly yamaScope: number | undefined;
  /** Whether a seccomp filter is on us. */
  readonly filtered: boolean;
}

function reasonOf(
  what: WhatFailed,
  errno: number,
  detail: string,
  surroundings: () => Surroundings,
): [string, boolean] {
  switch (what) {
    case "no-descriptor":
      return ["no process of the daemon has /dev/fuse open for that mount; has it ended?", false];
    case "not-told-apart":
      return [
        "this kernel does not tell which descriptor belongs to which of several mounts " +
        "(no fuse_connection in fdinfo); a newer kernel does, and one mount (mnt_number = 1) " +
        "needs no telling",
        true,
      ];
    case "connection-ended":
      return ["it has ended already: the mount is gone, or was aborted", false];
    case "state-file":
      return [`the state file cannot be written: ${detail}`, false];
  }
  switch (errno) {
    case Errno.ESRCH:
      return [`${what} finds no such process: the daemon has ended`, false];
    case Errno.EMFILE:
    case Errno.ENFILE:
      return [`${what} gets no descriptor: too many files are open (ulimit -n)`, false];
  }
  if (what === "openat") {
    return [`/dev/fuse cannot be opened (errno ${errno}); is the container privileged?`, true];
  }
  if (what === "ioctl") {
    return errno === Errno.EINVAL || errno === Errno.EBADF
      ? ["the descriptor that was found is not of a mount (yet)", false]
      : [`/dev/fuse cannot be cloned (errno ${errno}); FUSE_DEV_IOC_CLONE needs Linux 4.2`, true];
  }
  if (what === "pidfd_getfd" && errno === Errno.EBADF) {
    return ["the daemon closed its descriptor just then", false];
  }
  if (errno === Errno.ENOSYS) {
    const since = what === "pidfd_open" ? "5.3" : "5.6";
    return [
      `${what} is not to be had (ENOSYS): it needs Linux ${since}, and no seccomp filter that ` +
      "hides it",
      true,
    ];
  }
  if (errno === Errno.EPERM || errno === Errno.EACCES) {
    const call = what === "look" ? "a look at the daemon's descriptors" : what;
    return [`${call} is not permitted (errno ${errno}): ${forbidder(surroundings())}`, true];
  }
  return [`${what} failed with errno ${errno}`, false];
}

function forbidder({ yamaScope = 0, filtered }: Surroundings): string {
  const causes: string[] = [];
  if (yamaScope >= 2) {
    causes.push(
      `Yama's ptrace_scope is ${yamaScope}` +
        (yamaScope === 2 ? ", which wants CAP_SYS_PTRACE" : ", which allows it to nobody"),
    );
  }
  if (filtered) causes.push("a seccomp filter is on this container and may forbid it");
  if (causes.length === 0) {
    causes.push("another user's daemon, or one with more capabilities, wants CAP_SYS_PTRACE");
  }
  return `${causes.join("; ")}; a privileged container may`;
}

/** What is on this process now. */
export function readSurroundings(): Surroundings {
  const scope = Number.parseInt(textOf("/proc/sys/kernel/yama/ptrace_scope"), 10);
  return {
    yamaScope: Number.isNaN(scope) ? undefined : scope,
    filtered: /^Seccomp:\s*2$/m.test(textOf("/proc/self/status")),
  };
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
