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
  /** Whether the kernel lets us mount and unmount (`CAP_SYS_ADMIN`). */
  mayMount(): boolean;
}

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
