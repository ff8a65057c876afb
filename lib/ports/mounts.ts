/** The mounts of this process's namespace. Nothing here asks a file system for anything. */
export interface Mounts {
  /** The text of `/proc/self/mountinfo`. */
  table(): string;
  /**
   * Takes the topmost layer at a path away at once, busy or not (`MNT_DETACH`). Whether that
   * worked the table shows. Never keeps the caller's thread.
   */
  detach(path: string): Promise<void>;
  /** As `umount` does: written out first, refused when busy. May take long; never blocks us. */
  unmount(path: string): Promise<void>;
  /**
   * Lets a disposable child ask the mount, for at most so many milliseconds.
   *
   * @param afresh whether the answer to a question that was asked before now does not count, for
   *   another daemon may have given it
   */
  ask(path: string, deadline: number, afresh?: boolean): Promise<MountAnswer>;
  /**
   * Lets a disposable child read the upper folders of a mount, a limited part of it, so that a
   * daemon which took it over knows them.
   *
   * @returns whether it came back within so many milliseconds
   */
  walk(path: string, deadline: number): Promise<boolean>;
  /**
   * Lets a disposable child wait for a successor's first answer, look for the files that callers ask
   * for, and then for the upper ones, so that the successor knows them. One that still waits for an
   * answer is taken again.
   *
   * @param nodes a file with the numbers of what is asked for, one in a line; read when there is an answer
   * @param knows told each of these numbers that the successor knows now
   */
  teach(path: string, nodes: string, knows: (node: bigint) => void): Lesson;
  /** Whether the kernel lets us mount and unmount (`CAP_SYS_ADMIN`). */
  mayMount(): boolean;
}

/** A child that teaches a successor, see {@link Mounts.teach}. */
export interface Lesson {
  /** It is about to ask, or has ended. */
  readonly ready: Promise<void>;
  /** The mount's answer: false where it gave none before the child's end. */
  readonly answered: Promise<boolean>;
  /** What callers ask for has been looked for. */
  readonly over: Promise<void>;
}

/** A lesson that nobody gives: the mount has not answered. */
export const NO_LESSON: Lesson = {
  ready: Promise.resolve(),
  answered: Promise.resolve(false),
  over: Promise.resolve(),
};

/** The number of a FUSE mount's root, which every daemon knows. */
export const ROOT_NODE = 1n;

/** What a disposable child learned by asking the mount, within its deadline. */
export type MountAnswer =
  /** It answered: a daemon serves it. */
  | "answers"
  /** `ENOTCONN`: its daemon is dead. */
  | "stale"
  /** No answer in time: its daemon hangs, or waits for something itself. */
  | "silent"
  /** The question could not be asked. */
  | "unknown";
