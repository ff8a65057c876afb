import type { Clock, Stop } from "../ports/world.ts";

/** What a {@link ConfigWatch} needs. */
export interface ConfigWatchParts {
  readonly clock: Clock;
  readonly watchFolder: (path: string, changed: () => void) => Stop;
  /** The file's text, or `undefined` when it cannot be read. */
  readonly read: (path: string) => string | undefined;
  /** Told when the file may say something else. */
  readonly changed: () => void;
}

/** A change back and forth within a second must not be seen as two. */
const QUIET_MS = 1000;

/** A folder that is never quiet is looked at all the same. */
const LONGEST_WAIT_MS = 5000;

/** Where no event comes (a subPath mount, a folder that was replaced), the text is compared. */
const LOOK_MS = 30_000;

/**
 * Watches the runtime config. kubelet never writes the file: it swaps the link `..data` beside it,
 * so the folder is watched.
 */
export class ConfigWatch {
  readonly #path: string;
  readonly #parts: ConfigWatchParts;
  readonly #unwatch: Stop;
  #seen: string | undefined;
  #first: number | undefined;
  #cancel: Stop = () => {};
  #cancelLook: Stop = () => {};

  /** @param seen the text that counts already; `undefined` where there was no file */
  constructor(path: string, seen: string | undefined, parts: ConfigWatchParts) {
    this.#path = path;
    this.#parts = parts;
    this.#seen = seen;
    const folder = path.slice(0, Math.max(path.lastIndexOf("/"), 1));
    this.#unwatch = parts.watchFolder(folder, () => this.#stir());
    this.#look();
    // What happened before anybody watched caused no event.
    if (parts.read(path) !== seen) this.#stir();
  }

  close(): void {
    this.#unwatch();
    this.#cancel();
    this.#cancelLook();
  }

  #stir(): void {
    const now = this.#parts.clock.now();
    this.#first ??= now;
    const pause = Math.min(QUIET_MS, Math.max(this.#first + LONGEST_WAIT_MS - now, 0));
    this.#cancel();
    this.#cancel = this.#parts.clock.after(pause, () => this.#compare());
  }

  #compare(): void {
    this.#first = undefined;
    const text = this.#parts.read(this.#path);
    // Gone: in the middle of a swap, or taken away. What runs goes on either way.
    if (text === undefined || text === this.#seen) return;
    this.#seen = text;
    this.#parts.changed();
  }

  #look(): void {
    this.#cancelLook = this.#parts.clock.after(LOOK_MS, () => {
      if (this.#first === undefined) this.#compare();
      this.#look();
    });
  }
}
