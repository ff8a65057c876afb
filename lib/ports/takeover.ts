/** A value, or why there is none: what a daemon's death makes of it must never be an exception. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | Refusal;

/** Why something could not be had. */
export interface Refusal {
  readonly ok: false;
  /** One sentence for log and status: what was tried, what came of it, what would mend it. */
  readonly reason: string;
  /** Whether this machine will give the same answer to every later try. */
  readonly lasting: boolean;
}

/** A mount of a daemon whose connection is to be held. */
export interface ServedMount {
  /** The minor of its device in mountinfo, which is the name of its connection. */
  readonly minor: string;
  readonly path: string;
}

/**
 * Keeps FUSE connections alive beyond their daemon. The kernel ends a connection when the last
 * descriptor of it is closed; as long as we hold one, the requests of a dead daemon's clients wait.
 *
 * Whoever holds owes an end: while nobody serves, requests wait without one.
 */
export interface Takeover {
  /**
   * Takes hold of the connections that a daemon serves, all of them or none.
   *
   * @param pid the daemon; its descendants are looked at when it has no FUSE device open itself
   * @param mounts all mounts that it serves, at least one
   */
  hold(pid: number, mounts: readonly ServedMount[]): Outcome<Hold>;
}

/** What came of telling the kernel that all names it knows are stale. */
export type Forgetting =
  /** It looks every name up again. */
  | "forgotten"
  /** It is older than Linux 6.16: the successor must be taught what the kernel knows by a walk. */
  | "unsupported"
  /** The connection has ended. */
  | "ended";

/** How callers ask for files. */
export type Asked =
  /** Nobody asks. */
  | "not"
  /** From the root on, which every daemon knows. */
  | "by path"
  /** Somebody, too, by a number that a successor does not know. */
  | "by number";

/** How a connection is handed on. */
export interface HandOnOptions {
  /** An existing folder of ours for the state file, which is gone after {@link Door.remove}. */
  readonly folder: string;
  /** The first takeover of these connections is 1. */
  readonly nth: number;
}

/** A successor that was started with the connections. */
export interface HandedOn<Successor> {
  readonly successor: Successor;
  readonly door: Door;
}

/** Where a successor waits, its start all done, until it is to serve. */
export interface Door {
  /** Whether it keeps anybody; where it does not, the successor may serve already. */
  readonly keeps: boolean;
  /** Whether it stands there, or nothing can keep it. */
  isReached(): boolean;
  /** Lets it in. */
  open(): void;
  /** Nothing of it is left. To be called when the successor serves, or has ended. */
  remove(): void;
}

/** Connections that we hold. */
export interface Hold {
  readonly mounts: readonly ServedMount[];
  /** Whether all of them still are connections: an abort or the end of the last mount ends one. */
  alive(): boolean;
  /** Has the kernel look up again all that it remembers of the mounts. Before a successor serves. */
  forgetNames(): Forgetting;
  /**
   * Keeps what is asked for now from a successor that does not know yet what it names. Never once that
   * is let in. Whoever has a file open loses it, with `EBADF`.
   *
   * @param isLate whether callers that get a signal are to be let go, with `EINTR`
   * @returns whether somebody lost a file: what he asks next is on its way
   */
  park(isLate: boolean): boolean;
  /** How parked callers ask, of any mount. */
  asked(): Asked;
  /** The numbers of files that parked callers ask a mount for, but for its root. */
  nodesAsked(path: string): bigint[];
  /**
   * A successor is about to serve: it may be asked for what begins with a mount's root. Before it reads
   * its first request.
   */
  letIn(): void;
  /** A successor knows a file that parked callers ask a mount for: has the kernel ask it. */
  release(path: string, node: bigint): void;
  /** Has the kernel ask a successor all that is parked. */
  resume(): void;
  /**
   * Starts a successor that inherits the connections, nobody else does: the descriptors are closed
   * before this returns.
   *
   * @param start starts it with this text as `CURVINE_FUSE_STATE_PATH`, at once; what it throws
   * comes through, when all is put away
   */
  handOn<Successor>(
    options: HandOnOptions,
    start: (statePath: string) => Successor,
  ): Outcome<HandedOn<Successor>>;
  /**
   * Ends those connections that are not ended yet: whoever waits gets an error. Then lets go.
   *
   * @param abort ends the connection of a minor; see `FuseConnections.abort`
   */
  end(abort: (minor: string) => boolean): void;
  /** Lets go: a connection ends when nobody else serves it. More than once does no harm. */
  close(): void;
}
