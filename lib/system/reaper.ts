import type { ExitStatus } from "../ports/child.ts";
import type { EndedOrphan } from "../ports/world.ts";
import { fixedBytes, kernel } from "./kernel_calls.ts";
import { isOwnChild, onOwnChildTaken } from "./own_children.ts";
import { signalName } from "./signal_names.ts";

const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x0100_0000;
const CLD_EXITED = 1;

/** Offsets in `siginfo_t`, the same on x86-64 and arm64. */
const SI_CODE = 8;
const SI_PID = 16;
const SI_STATUS = 24;

/** So many ends of orphans are remembered. */
const REMEMBERED = 16;

/** So many at a time, then others get their turn. */
const BATCH = 500;

/** SIGCHLD tells of every orphan; looking by ourselves is mere caution. */
const LOOK_MS = 15_000;

/**
 * Reaps orphans, and waits for those that were adopted. Children that Deno waits for are only
 * looked at, never taken: whoever takes a status first takes it from everybody else.
 */
export class Reaper {
  /** Orphans that nobody waited for. */
  count = 0;
  /** The last of them, the newest at the end. */
  readonly #ended: (EndedOrphan & { readonly number: number })[] = [];
  readonly #adopted = new Map<number, (status: ExitStatus) => void>();
  readonly #info = fixedBytes(128);
  readonly #view = new DataView(this.#info.buffer);
  readonly #onChild = (): void => this.sweep();
  readonly #unlisten: () => void;
  readonly #fallback: ReturnType<typeof setInterval>;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    Deno.addSignalListener("SIGCHLD", this.#onChild);
    // One that Deno has taken may have stood before others in the kernel's list.
    this.#unlisten = onOwnChildTaken(this.#onChild);
    this.#fallback = setInterval(this.#onChild, LOOK_MS);
  }

  /** Waits for a child that Deno did not start; ended before counts too. */
  adopt(pid: number): Promise<ExitStatus> {
    return new Promise((resolve) => {
      this.#adopted.set(pid, resolve);
      if (this.#isChild(pid)) return this.sweep();
      // It has ended, and has been reaped, before anybody thought of adopting it.
      const ended = this.#ended.findLast((one) => one.pid === pid);
      this.#settle(pid, ended?.status ?? { code: 1 });
    });
  }

  /** The ends of orphans after the first so many; the oldest are forgotten. */
  endedSince(count: number): readonly EndedOrphan[] {
    return this.#ended.filter(({ number }) => number > count);
  }

  close(): void {
    Deno.removeSignalListener("SIGCHLD", this.#onChild);
    this.#unlisten();
    clearInterval(this.#fallback);
    clearTimeout(this.#again);
  }

  /** Takes every orphan that has ended. */
  sweep(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    for (let i = 0; i < BATCH; i++) {
      const pid = this.#wait(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT);
      if (pid === 0) return;
      if (isOwnChild(pid)) {
        // Deno will take it in a moment; those behind it in the kernel's list have to wait.
        this.#later(20);
        return;
      }
      const name = nameOf(pid);
      if (this.#wait(P_PID, pid, WEXITED | WNOHANG) !== pid) continue;
      const status = this.#status();
      if (this.#settle(pid, status)) continue;
      this.count++;
      this.#ended.push({ pid, name, status, number: this.count });
      if (this.#ended.length > REMEMBERED) this.#ended.shift();
    }
    this.#later(0);
  }

  #later(milliseconds: number): void {
    this.#again = setTimeout(this.#onChild, milliseconds);
  }

  #settle(pid: number, status: ExitStatus): boolean {
    const resolve = this.#adopted.get(pid);
    this.#adopted.delete(pid);
    resolve?.(status);
    return resolve !== undefined;
  }

  /** @returns the child's number; 0 when none has ended or none is there */
  #wait(idType: number, id: number, options: number): number {
    this.#info.fill(0);
    if (kernel("waitid", idType, id, this.#info, options) !== 0) return 0;
    return this.#view.getInt32(SI_PID, true);
  }

  #isChild(pid: number): boolean {
    return kernel("waitid", P_PID, pid, this.#info, WEXITED | WNOHANG | WNOWAIT) === 0;
  }

  #status(): ExitStatus {
    const status = this.#view.getInt32(SI_STATUS, true);
    if (this.#view.getInt32(SI_CODE, true) === CLD_EXITED) return { code: status };
    return { code: 128 + status, signal: signalName(status) };
  }
}

/** What the kernel calls a process, also one that has ended and that nobody has reaped. */
function nameOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trimEnd();
  } catch {
    return "";
  }
}
