import type { Log } from "../observe/log.ts";
import { clearMounts } from "../mount/clear.ts";
import { doneWithin } from "./clock_waits.ts";
import type { Daemon } from "./daemon.ts";
import type { HeldConnection } from "./held_connection.ts";
import { minorOf } from "../mount/mountinfo.ts";
import type { MountWatch } from "./target_watch.ts";
import type { StopLeavings, StopManner } from "./state.ts";
import type { FuseConnections, ProcessHandle, SentSignal, World } from "../ports/world.ts";

/** What is stopped, and with what. */
export interface StopParts {
  readonly world: Pick<World, "clock" | "mounts" | "processes">;
  readonly daemon: Daemon;
  /** Absent for a server, which mounts nothing. */
  readonly watch: MountWatch | undefined;
  readonly connections: FuseConnections;
  readonly held: HeldConnection;
  readonly log: Log;
}

/** Of the budget this much is kept for what follows a TERM that was not heeded. */
const RESERVE_SHARE = 0.25;
const MOST_RESERVE_MS = 3000;

/** A daemon whose mount is of no use any more gets so long to say goodbye. */
const QUICK_MS = 5000;

/** A daemon whose mount has gone ends by itself, or is of no use. */
const UNMOUNTED_MS = 1000;

/** How long a core dump may take. */
const ABORT_MS = 1000;

/** After KILL; what is still there then waits in the kernel. */
const KILL_MS = 1000;

/** A detach that takes longer waits for the very daemon that is to be killed. */
const DETACH_MS = 300;

/** A mount of unknown origin is asked for no longer than this during a stop. */
const ASK_MS = 500;

/**
 * Ends the daemon, whatever descends from it, and what it is not to leave: TERM, wait, detach, KILL,
 * abort. It never takes longer than its budget by more than what the kernel itself needs.
 */
export class StopSequence {
  readonly #parts: StopParts;
  #leave: StopLeavings;
  #hurried = false;
  #onHurry: (() => void)[] = [];

  constructor(parts: StopParts, leave: StopLeavings = "nothing") {
    this.#parts = parts;
    this.#leave = leave;
  }

  /** One that is under way is the end of all, after all. */
  leaveNothing(): void {
    this.#leave = "nothing";
  }

  /** No more waiting: KILL at once. */
  hurry(): void {
    this.#hurried = true;
    for (const wake of this.#onHurry.splice(0)) wake();
  }

  /** @param budget milliseconds; `Infinity` waits for the daemon as long as it takes */
  async run(manner: StopManner, budget: number): Promise<void> {
    const { daemon, held, watch, world: { clock } } = this.#parts;
    const reserve = Math.min(budget * RESERVE_SHARE, MOST_RESERVE_MS);
    const end = clock.now() + budget;
    const handle = daemon.current;
    // Known only while it is mounted.
    const minors = (watch?.served() ?? []).map(({ device }) => minorOf(device));
    if (handle !== undefined) {
      const gone = await this.#endGently(handle, manner, budget - reserve);
      if (!gone && !await this.#force(handle, minors)) this.#leave = this.#withoutConnection();
    }
    // Before anything else waits for it: with nobody left to serve, nobody must wait for an answer.
    if (this.#leave !== "connection") held.end();
    await this.#endKin(Math.min(reserve, Math.max(end - clock.now(), KILL_MS)), manner);
    if (this.#leave !== "connection") held.end();
    if (this.#leave === "nothing") await this.detach();
  }

  /** @returns whether it has ended */
  async #endGently(
    handle: ProcessHandle,
    manner: StopManner,
    budget: number,
  ): Promise<boolean> {
    const { log } = this.#parts;
    if (!this.#mayUnmount(manner)) {
      log(
        "info",
        "killing",
        `Killing process ${handle.pid}: on its way out it would unmount another's`,
      );
      return await this.#signalAndWait(handle, "SIGKILL", KILL_MS);
    }
    switch (manner) {
      case "hung":
        return await this.#abortDaemon(handle);
      case "unmounted":
        return await this.#wait(handle, Math.min(budget, UNMOUNTED_MS), true);
      case "orderly":
        return await this.#signalAndWait(handle, "SIGTERM", budget);
      case "quick":
        return await this.#signalAndWait(handle, "SIGTERM", Math.min(budget, QUICK_MS));
    }
  }

  /**
   * Whether what the daemon unmounts on its way out is its own: it takes the topmost layer, whosever
   * that is (Curvine: On its way out).
   */
  #mayUnmount(manner: StopManner): boolean {
    const { daemon, watch } = this.#parts;
    if (watch === undefined) return true;
    const theirs = watch.served().some(({ device }) => daemon.serves(minorOf(device)) === false);
    if (theirs) return false;
    if (!watch.everServed) return true;
    switch (watch.state()) {
      case "served":
        return true;
      case "covered":
        return false;
      case "gone":
        // With nothing beneath there is nothing to lose: its own end may name the cause.
        return manner === "unmounted" && !watch.hasBeneath();
    }
  }

  /** A process that cannot be killed may still answer: nobody can take over from it. */
  #withoutConnection(): StopLeavings {
    return this.#leave === "connection" ? "layer" : this.#leave;
  }

  /** Before a cold start: whatever a dead daemon left behind. */
  async endLeftovers(milliseconds: number): Promise<void> {
    await this.#endKin(milliseconds, "quick");
  }

  /**
   * The last resort, when the orderly way fails because `/proc`, say, is gone: nothing here looks
   * before it acts. Only as many layers are detached as our daemon has made.
   */
  async force(): Promise<void> {
    const { daemon, held, watch, world: { mounts } } = this.#parts;
    const handle = daemon.current;
    handle?.signal("SIGKILL");
    held.end();
    for (const path of watch?.paths ?? []) await mounts.detach(path);
    if (handle !== undefined) await this.#wait(handle, KILL_MS, false);
  }

  async #abortDaemon(handle: ProcessHandle): Promise<boolean> {
    const { log, world: { processes } } = this.#parts;
    log("warn", "stacks", `Stacks of process ${handle.pid}:\n${processes.stacks(handle.pid)}`);
    return await this.#signalAndWait(handle, "SIGABRT", ABORT_MS);
  }

  /** It did not end by itself. @returns whether it has now */
  async #force(handle: ProcessHandle, minors: readonly string[]): Promise<boolean> {
    const { connections, log, world: { clock } } = this.#parts;
    log("warn", "killing", `Process ${handle.pid} does not end by itself; killing it`);
    // First the path is made clean: from here on nobody new gets stuck in the mount.
    const detached = this.#leave === "nothing" ? this.detach() : Promise.resolve();
    await doneWithin(clock, DETACH_MS, detached);
    handle.signal("SIGKILL");
    if (!await this.#wait(handle, KILL_MS, false)) {
      // A thread of it waits in the kernel, perhaps for an answer of its own mount.
      for (const minor of minors) connections.abort(minor);
    }
    await detached;
    if (await this.#wait(handle, KILL_MS, false)) return true;
    log("error", "unkillable", `Process ${handle.pid} hangs in the kernel and cannot be killed`);
    return false;
  }

  /** Orphans of the daemon: a successor just begun, children in sessions of their own. */
  async #endKin(milliseconds: number, manner: StopManner): Promise<void> {
    const { daemon, log, world: { clock, processes } } = this.#parts;
    const end = clock.now() + milliseconds;
    let signal: SentSignal = manner === "orderly" && !this.#hurried ? "SIGTERM" : "SIGKILL";
    // Each that ends may leave children of its own behind.
    for (let kin = daemon.kin(); kin.length > 0 && clock.now() < end; kin = daemon.kin()) {
      log("info", "ending-orphans", `Ending orphans of the daemon`, {
        pids: kin.map(({ pid }) => pid).join(" "),
        signal,
      });
      const handles = kin.map(({ pid }) => processes.adopt(pid));
      for (const handle of handles) handle.signal(signal);
      const share = signal === "SIGTERM" ? (end - clock.now()) / 2 : end - clock.now();
      await Promise.all(handles.map((handle) => this.#wait(handle, share, signal === "SIGTERM")));
      signal = "SIGKILL";
    }
  }

  /** Takes our mounts away from the target. */
  async detach(): Promise<void> {
    const { log, watch, world: { mounts } } = this.#parts;
    if (watch === undefined) return;
    const { ownDevices, target } = watch;
    const { cleared, obstacle } = await clearMounts(target, mounts, {
      ownDevices,
      askDeadline: ASK_MS,
    });
    if (cleared.length > 0) {
      log("info", "detached", `Detached ${cleared.length} mount(s) at ${JSON.stringify(target)}`);
    }
    if (obstacle?.kind === "neighbour") {
      log("info", "left-alone", `Left alone: another client's mount at ${JSON.stringify(target)}`);
    } else if (obstacle !== undefined) log("error", "not-detached", obstacle.message);
  }

  async #signalAndWait(
    handle: ProcessHandle,
    signal: SentSignal,
    milliseconds: number,
  ): Promise<boolean> {
    handle.signal(signal);
    return await this.#wait(handle, milliseconds, true);
  }

  /** @returns whether it ended; a hurry ends the wait where that is allowed */
  async #wait(handle: ProcessHandle, milliseconds: number, hurryable: boolean): Promise<boolean> {
    if (hurryable && this.#hurried) milliseconds = 0;
    return await new Promise<boolean>((done) => {
      const cancel = this.#parts.world.clock.after(milliseconds, () => done(false));
      const settle = (gone: boolean): void => {
        cancel();
        done(gone);
      };
      void handle.exited.then(() => settle(true));
      if (hurryable) this.#onHurry.push(() => settle(false));
    });
  }
}
