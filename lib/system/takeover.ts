import { takeoverState } from "../mount/takeover_state.ts";
import { ROOT_NODE } from "../ports/mounts.ts";
import type {
  Asked,
  Forgetting,
  HandedOn,
  HandOnOptions,
  Hold,
  Outcome,
  Refusal,
  ServedMount,
  Takeover,
} from "../ports/takeover.ts";
import { familyOf } from "./child_processes.ts";
import { type FuseDescriptor, fuseDescriptors } from "./fuse_descriptors.ts";
import {
  AT_FDCWD,
  type CallName,
  cString,
  Errno,
  fixedBytes,
  kernel,
  Open,
  withErrno,
} from "./kernel_calls.ts";
import { ParkedRequests } from "./parked_requests.ts";
import { StateDoor } from "./state_door.ts";
import { type WhatFailed, whyNotTaken } from "./takeover_reasons.ts";

const DEVICE = "/dev/fuse";
/** `_IOR(229, 0, uint32_t)`: makes a fresh descriptor of the device one more of a connection. */
const FUSE_DEV_IOC_CLONE = 0x8004_e500;
/** `FUSE_NOTIFY_INC_EPOCH` of linux/fuse.h. */
const NOTIFY_INC_EPOCH = 8;
/** struct fuse_out_header: length, code, unique. */
const HEADER_BYTES = 16;
const POLLERR = 8;
const F_SETFD = 2;

/** A descriptor of ours on a connection. */
interface Held {
  readonly mount: ServedMount;
  readonly descriptor: number;
  readonly parked: ParkedRequests;
}

/** A system call that failed while a connection was being taken. */
class CallFailed extends Error {
  override readonly name = "CallFailed";

  constructor(readonly call: WhatFailed, readonly errno: number, readonly detail = "") {
    super(`${call}: errno ${errno}`);
  }
}

/** Takeover by Linux's own means: pidfd_getfd(2) and FUSE's clones of a descriptor. */
export const systemTakeover: Takeover = {
  hold(pid: number, mounts: readonly ServedMount[]): Outcome<Hold> {
    const held: Held[] = [];
    try {
      for (const { mount, owner, descriptors } of matched(pid, mounts)) {
        const descriptor = holdOne(owner, descriptors);
        held.push({ mount, descriptor, parked: new ParkedRequests(descriptor) });
      }
    } catch (error) {
      for (const { descriptor } of held) close(descriptor);
      return refusal(error);
    }
    const hold = new SystemHold(held);
    if (hold.alive()) return { ok: true, value: hold };
    hold.close();
    return refusal(new CallFailed("connection-ended", 0));
  },
};

class SystemHold implements Hold {
  #held: readonly Held[];
  #givesBack = false;
  readonly mounts: readonly ServedMount[];

  constructor(held: readonly Held[]) {
    this.#held = held;
    this.mounts = held.map(({ mount }) => mount);
  }

  alive(): boolean {
    return this.#held.length > 0 && this.#held.every(({ descriptor }) => isConnected(descriptor));
  }

  forgetNames(): Forgetting {
    if (!this.alive()) return "ended";
    let answer: Forgetting = "forgotten";
    for (const { descriptor } of this.#held) {
      const { result, errno } = withErrno(() => notifyEpoch(descriptor));
      if (result < 0) answer = errno === Errno.EINVAL ? "unsupported" : "ended";
    }
    // Younger than giving back, which was not without faults at first.
    this.#givesBack = answer === "forgotten";
    return answer;
  }

  park(isLate: boolean): boolean {
    return this.#held.map(({ parked }) => parked.take(isLate)).includes(true);
  }

  asked(): Asked {
    if (this.#held.some(({ parked }) => parked.nodes.length > 0)) return "by number";
    return this.#held.every(({ parked }) => parked.isEmpty) ? "not" : "by path";
  }

  nodesAsked(path: string): bigint[] {
    return this.#held.filter(({ mount }) => mount.path === path)
      .flatMap(({ parked }) => parked.nodes);
  }

  letIn(): void {
    for (const { parked } of this.#held) {
      const isKnown = parked.nodes.length === 0;
      if (!isKnown || !this.#givesBack || !parked.giveBack()) parked.resume(ROOT_NODE);
    }
  }

  release(path: string, node: bigint): void {
    for (const { mount, parked } of this.#held) if (mount.path === path) parked.resume(node);
  }

  resume(): void {
    for (const { parked } of this.#held) parked.resume();
  }

  handOn<Successor>(
    { folder, nth }: HandOnOptions,
    start: (statePath: string) => Successor,
  ): Outcome<HandedOn<Successor>> {
    if (!this.alive()) return refusal(new CallFailed("connection-ended", 0));
    const given: number[] = [];
    let door: StateDoor | undefined;
    let started = false;
    try {
      for (const { descriptor } of this.#held) given.push(cloneOf(descriptor));
      const inherited = this.#held.map(({ mount }, index) => ({
        descriptor: given[index] ?? -1,
        path: mount.path,
      }));
      door = stateDoor(`${folder}/takeover.state`, takeoverState(inherited, nth));
      // From here to the closing below nothing else may run: whoever is started now inherits.
      for (const descriptor of given) inheritable(descriptor);
      const successor = start(door.path);
      started = true;
      return { ok: true, value: { successor, door } };
    } catch (error) {
      if (error instanceof CallFailed) return refusal(error);
      throw error;
    } finally {
      for (const descriptor of given) close(descriptor);
      if (!started) door?.remove();
    }
  }

  end(abort: (minor: string) => boolean): void {
    // The minor of a connection that has ended may be another's by now.
    for (const { mount, descriptor } of this.#held) {
      if (isConnected(descriptor)) abort(mount.minor);
    }
    this.close();
  }

  close(): void {
    this.resume();
    const held = this.#held;
    this.#held = [];
    for (const { descriptor } of held) close(descriptor);
  }
}

/** A mount, and which descriptors of which process belong to its connection. */
interface Match {
  readonly mount: ServedMount;
  readonly owner: number;
  readonly descriptors: readonly number[];
}

/** @throws {CallFailed} where a mount has no descriptor, or several could be its own */
function matched(pid: number, mounts: readonly ServedMount[]): Match[] {
  const found: { readonly owner: number; readonly open: readonly FuseDescriptor[] }[] = [];
  for (const owner of familyOf(pid)) {
    const open = fuseDescriptors(owner);
    if (open === undefined) throw new CallFailed("look", Errno.EACCES);
    if (open.length > 0) found.push({ owner, open });
  }
  if (found.length === 0) throw new CallFailed("no-descriptor", 0);
  return mounts.map((mount) => {
    for (const { owner, open } of found) {
      const descriptors = ofMount(open, mount, mounts.length === 1);
      if (descriptors.length > 0) return { mount, owner, descriptors };
    }
    const told = found.some(({ open }) => open.some(({ minor }) => minor !== undefined));
    throw new CallFailed(told ? "no-descriptor" : "not-told-apart", 0);
  });
}

function ofMount(
  open: readonly FuseDescriptor[],
  mount: ServedMount,
  onlyOne: boolean,
): number[] {
  const told = open.some(({ minor }) => minor !== undefined);
  // A kernel that does not tell leaves only one answer where there is only one connection.
  const own = told ? open.filter(({ minor }) => minor === mount.minor) : onlyOne ? open : [];
  return own.map(({ number }) => number);
}

/** @returns a clone of the first of these descriptors that can be had. @throws {CallFailed} */
function holdOne(owner: number, descriptors: readonly number[]): number {
  const pidfd = call("pidfd_open", owner, 0);
  try {
    let last: unknown;
    for (const number of descriptors) {
      try {
        const theirs = call("pidfd_getfd", pidfd, number, 0);
        try {
          // A request may be taken back between a look for it and the reading: nobody waits then.
          return cloneOf(theirs, Open.NONBLOCK);
        } finally {
          close(theirs);
        }
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        // It was closed meanwhile, or never became a connection; another one may do.
        if (error.errno !== Errno.EBADF && error.errno !== Errno.EINVAL) throw error;
        last = error;
      }
    }
    throw last;
  } finally {
    close(pidfd);
  }
}

/** One more descriptor of a connection, with a queue of its own. @throws {CallFailed} */
function cloneOf(descriptor: number, flags = 0): number {
  const clone = call("openat", AT_FDCWD, cString(DEVICE), Open.RDWR | Open.CLOEXEC | flags, 0);
  const number = fixedBytes(4);
  new DataView(number.buffer).setUint32(0, descriptor, true);
  const { result, errno } = withErrno(() => kernel("ioctl", clone, FUSE_DEV_IOC_CLONE, number));
  if (result === 0) return clone;
  close(clone);
  throw new CallFailed("ioctl", errno);
}

function call(name: CallName & WhatFailed, ...args: Parameters<typeof kernel>[1][]): number {
  const { result, errno } = withErrno(() => kernel(name, ...args));
  if (result < 0) throw new CallFailed(name, errno);
  return result;
}

function notifyEpoch(descriptor: number): number {
  const message = fixedBytes(HEADER_BYTES);
  const view = new DataView(message.buffer);
  view.setUint32(0, HEADER_BYTES, true);
  view.setInt32(4, NOTIFY_INC_EPOCH, true);
  return kernel("write", descriptor, message, HEADER_BYTES);
}

/** The device raises an error as soon as its connection has ended (and only then). */
function isConnected(descriptor: number): boolean {
  // struct pollfd is an int and two shorts; the errors come without being asked for.
  const watched = fixedBytes(8);
  const view = new DataView(watched.buffer);
  view.setInt32(0, descriptor, true);
  const noTime = fixedBytes(16);
  kernel("ppoll", watched, 1, noTime, null, 0);
  return (view.getInt16(6, true) & POLLERR) === 0;
}

function inheritable(descriptor: number): void {
  kernel("fcntl", descriptor, F_SETFD, 0);
}

function close(descriptor: number): void {
  kernel("close", descriptor);
}

/** @throws {CallFailed} when it cannot be written */
function stateDoor(path: string, text: string): StateDoor {
  try {
    return new StateDoor(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CallFailed("state-file", 0, reason);
  }
}

function refusal(error: unknown): Refusal {
  if (!(error instanceof CallFailed)) throw error;
  return { ok: false, ...whyNotTaken(error.call, error.errno, error.detail) };
}
