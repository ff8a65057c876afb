import { AT_FDCWD, cString, fixedBytes, kernel, kernelInBackground, Open } from "./kernel_calls.ts";
import { MOUNTINFO } from "./read_mountinfo.ts";

const POLLIN = 1;
const POLLPRI = 2;
const EFD_NONBLOCK = Open.NONBLOCK;

/** Whatever may make a file in a folder appear, change or go. */
const IN_CHANGES = 0x2 /* modify */ | 0x4 /* attributes */ | 0x8 /* closed after writing */ |
  0x40 | 0x80 /* moved */ | 0x100 /* created */ | 0x200 /* deleted */ | 0x400 | 0x800 /* itself */;

/** Should the kernel refuse to tell, look so often. */
const FALLBACK_MS = 1000;

interface Watched {
  readonly fd: number;
  readonly events: number;
  /** Something to be read away, so that it is not told again. */
  readonly drain: boolean;
  readonly changed: () => void;
}

/**
 * Waits for the kernel to tell of changes: of the mount table (`/proc/self/mountinfo` raises
 * `POLLPRI`, proc(5)) and of folders (inotify(7)). One thread sleeps in one `poll` for all of
 * them, so that a supervisor that has nothing to do does nothing.
 */
export class Poller {
  readonly #watched = new Set<Watched>();
  #wake = -1;
  #running: Promise<void> | undefined;
  #closed = false;

  /** @returns what ends the watch */
  watchMounts(changed: () => void): () => void {
    const fd = kernel("openat", AT_FDCWD, cString(MOUNTINFO), Open.CLOEXEC);
    return this.#watch({ fd, events: POLLPRI, drain: false, changed });
  }

  /** @returns what ends the watch */
  watchFolder(path: string, changed: () => void): () => void {
    const fd = kernel("inotify_init1", Open.CLOEXEC | Open.NONBLOCK);
    if (fd >= 0 && kernel("inotify_add_watch", fd, cString(path), IN_CHANGES) < 0) {
      kernel("close", fd);
      return repeat(changed);
    }
    return this.#watch({ fd, events: POLLIN, drain: true, changed });
  }

  /** Ends all watches and the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#signal();
    await this.#running;
  }

  #watch(watched: Watched): () => void {
    this.#wake = this.#wake >= 0 ? this.#wake : kernel("eventfd2", 0, Open.CLOEXEC | EFD_NONBLOCK);
    if (watched.fd < 0 || this.#wake < 0) return repeat(watched.changed);
    this.#watched.add(watched);
    this.#signal();
    this.#running ??= this.#run();
    return () => {
      // The descriptor is closed by the loop, which may be polling it just now.
      if (this.#watched.delete(watched)) this.#signal();
    };
  }

  #signal(): void {
    if (this.#wake < 0) return;
    const count = fixedBytes(8);
    count[0] = 1;
    kernel("write", this.#wake, count, count.length);
  }

  async #run(): Promise<void> {
    const scratch = fixedBytes(4096);
    let open = new Set<Watched>();
    while (!this.#closed) {
      const watched = [...this.#watched];
      for (const one of open) if (!this.#watched.has(one)) kernel("close", one.fd);
      open = new Set(watched);
      const ready = await pollOnce([{ fd: this.#wake, events: POLLIN }, ...watched]);
      if (ready[0] === true) kernel("read", this.#wake, scratch, 8);
      watched.forEach((one, index) => {
        if (ready[index + 1] !== true || !this.#watched.has(one)) return;
        if (one.drain) kernel("read", one.fd, scratch, scratch.length);
        try {
          one.changed();
        } catch (error) {
          // Whoever watches may fail; the watch goes on.
          reportError(error);
        }
      });
    }
    for (const one of open) kernel("close", one.fd);
    kernel("close", this.#wake);
    this.#wake = -1;
  }
}

/** @returns for each whether something happened */
async function pollOnce(
  watched: readonly { readonly fd: number; readonly events: number }[],
): Promise<boolean[]> {
  // struct pollfd is an int and two shorts.
  const bytes = fixedBytes(watched.length * 8);
  const view = new DataView(bytes.buffer);
  watched.forEach(({ fd, events }, index) => {
    view.setInt32(index * 8, fd, true);
    view.setInt16(index * 8 + 4, events, true);
  });
  const count = await kernelInBackground("ppoll", bytes, watched.length, null, null);
  // Interrupted, or out of memory: not worth more than a pause.
  if (count < 0) await new Promise((done) => setTimeout(done, 10));
  return watched.map((_, index) => count > 0 && view.getInt16(index * 8 + 6, true) !== 0);
}

function repeat(changed: () => void): () => void {
  const timer = setInterval(changed, FALLBACK_MS);
  return () => clearInterval(timer);
}
