import type { Plan, ProcessPlan } from "../plan/plan.ts";
import type { ExitStatus } from "../ports/child.ts";
import {
  type MarkedChild,
  NAME_LENGTH,
  type Processes,
  type ProcessHandle,
  type SentSignal,
  type World,
} from "../ports/world.ts";
import type { Heir } from "./state.ts";
import type { MountWatch } from "./target_watch.ts";

/**
 * Marks everything that descends from a daemon of ours: of all the orphans that come to PID 1,
 * these are the ones that are our business.
 */
export const MARK = "CURVINE_FLUID_DAEMON";

/** Set for a successor, and never for a cold start (Curvine: Hot reload). */
export const STATE_PATH = "CURVINE_FUSE_STATE_PATH";

/** A value for {@link MARK} that no other supervisor has. */
export function newMark(
  { pid, random, processes }: Pick<World, "pid" | "random" | "processes">,
): string {
  // Numbers of processes are given again, but not with the same time of birth.
  return `${pid}.${processes.birthOf(pid) ?? 0}-${Math.floor(random() * 2 ** 48).toString(36)}`;
}

/**
 * The whole environment of a start: the plan's on top of ours, and the mark.
 *
 * @param statePath what a successor takes the connection over from; absent for a cold start
 */
export function daemonEnvironment(
  { env: planned }: ProcessPlan,
  env: Readonly<Record<string, string>>,
  mark: string,
  statePath?: string,
): Record<string, string> {
  const whole: Record<string, string> = { ...env };
  for (const [name, value] of Object.entries(planned)) {
    if (value === null) delete whole[name];
    else whole[name] = value;
  }
  if (statePath === undefined) delete whole[STATE_PATH];
  else whole[STATE_PATH] = statePath;
  whole[MARK] = mark;
  return whole;
}

/** The daemon that serves, whether we started it or adopted it, and what descends from it. */
export class Daemon {
  readonly #processes: Processes;
  readonly #mark: string;
  readonly #tap: (chunk: Uint8Array) => void;
  readonly #ended: (status: ExitStatus, heir: Heir | undefined) => void;
  #current: ProcessHandle | undefined;
  /** What the one in charge was begun with. */
  #statePath: string | undefined;
  /** What the kernel calls the program. */
  #name = "";
  /** How many orphans had been reaped when it was last told to hand over. */
  #reapedBefore = 0;
  /** What the last one that served was begun with: its children have inherited it. */
  #servedPath: string | undefined;

  /**
   * @param mark unique to this supervisor
   * @param tap sees the daemon's output
   * @param ended is told when the daemon in charge has ended, with who carries on
   */
  constructor(
    processes: Processes,
    mark: string,
    tap: (chunk: Uint8Array) => void,
    ended: (status: ExitStatus, heir: Heir | undefined) => void,
  ) {
    this.#processes = processes;
    this.#mark = mark;
    this.#tap = tap;
    this.#ended = ended;
  }

  /** The process in charge. */
  get current(): ProcessHandle | undefined {
    return this.#current;
  }

  /**
   * Starts the plan's daemon.
   *
   * @param statePath what it takes the connection over from; absent for a cold start
   * @throws {SpawnError}
   */
  start({ process }: Plan, env: Readonly<Record<string, string>>, statePath?: string): void {
    const { argv, cwd } = process;
    const request = { argv, cwd, env: daemonEnvironment(process, env, this.#mark, statePath) };
    const handle = this.#processes.spawn(request, this.#tap);
    const [program = ""] = argv;
    this.#name = program.slice(program.lastIndexOf("/") + 1).slice(0, NAME_LENGTH);
    this.#statePath = statePath;
    this.#servedPath = statePath;
    // Where memory runs out the kernel is to take the daemon, which can be taken over from, and not us.
    this.#processes.offerToKernel(handle.pid);
    this.#watch(handle);
  }

  /** Takes an orphan as the daemon in charge. */
  adopt(heir: Heir): void {
    const env = this.kin().find(({ pid }) => pid === heir.pid)?.env ?? [];
    this.#statePath = statePathOf(env) ?? this.#statePath;
    this.#watch(this.#processes.adopt(heir.pid));
  }

  /**
   * Kills other successors than the one in charge. TERM would make them unmount what it serves;
   * the connection lives on as long as one process has it open.
   */
  endRivals(): void {
    const rivals = this.kin().filter(({ env }) => this.#isSuccessor(env));
    this.#servedPath = this.#statePath;
    for (const { pid } of rivals) {
      this.#processes.adopt(pid).signal("SIGKILL");
    }
  }

  signal(signal: SentSignal): void {
    this.#current?.signal(signal);
  }

  /** Tells it to start a successor and to go. */
  handOver(): void {
    this.#reapedBefore = this.#processes.reaped();
    this.signal("SIGUSR1");
  }

  /** How a successor ended that came to us dead; `undefined` where none did. */
  fallenHeir(): ExitStatus | undefined {
    return this.#processes.endedSince(this.#reapedBefore)
      .findLast(({ name }) => name === this.#name)?.status;
  }

  /** Orphans that descend from daemons of ours; the one in charge is none of them. */
  kin(): MarkedChild[] {
    return this.#processes.marked(MARK, this.#mark)
      .filter(({ pid }) => pid !== this.#current?.pid);
  }

  /**
   * Who carries on: a successor in any case, and whoever serves FUSE when the daemon went with
   * success, as one does that forks into the background.
   */
  heir(status: ExitStatus): Heir | undefined {
    const kin = this.kin().sort((one, other) => one.pid - other.pid);
    const successors = kin.filter(({ env }) => this.#isSuccessor(env));
    const successor = successors.find(({ servesFuse }) => servesFuse) ?? successors[0];
    if (successor !== undefined) return { pid: successor.pid, kind: "successor" };
    if (status.code !== 0) return undefined;
    const server = kin.find(({ servesFuse }) => servesFuse);
    return server === undefined ? undefined : { pid: server.pid, kind: "server" };
  }

  /** Whether the daemon, or a descendant of it, serves a connection; see `Processes.serves`. */
  serves(minor: string): boolean | undefined {
    return this.#processes.serves(this.#current?.pid, MARK, this.#mark, minor);
  }

  /** Whether the daemon, or a child of it, serves a FUSE mount, whatever that is called. */
  servesFuse(): boolean {
    return this.#processes.anyServesFuse(MARK, this.#mark);
  }

  /** Whoever was begun to carry on, as opposed to a child that has its parent's environment. */
  #isSuccessor(env: readonly string[]): boolean {
    const statePath = statePathOf(env);
    return statePath !== undefined && statePath !== this.#servedPath;
  }

  #watch(handle: ProcessHandle): void {
    this.#current = handle;
    void handle.exited.then((status) => {
      // Another one was put in charge meanwhile: this end is no news.
      if (this.#current !== handle) return;
      this.#current = undefined;
      this.#ended(status, this.heir(status));
    });
  }
}

function statePathOf(env: readonly string[]): string | undefined {
  const name = `${STATE_PATH}=`;
  return env.find((entry) => entry.startsWith(name))?.slice(name.length);
}

const SEEK_MS = 20;
const SETTLE_MS = 100;

/**
 * Looks for whoever carries on after a daemon that went, as long as that is wanted.
 *
 * @param status how the daemon went
 * @returns who it is, or how it ended before it could be adopted
 */
export async function seekHeir(
  daemon: Daemon,
  status: ExitStatus,
  { clock }: World,
  wanted: () => boolean,
): Promise<{ readonly heir: Heir } | { readonly fallen: ExitStatus } | undefined> {
  while (wanted()) {
    const heir = daemon.heir(status);
    if (heir !== undefined) return { heir };
    // In this order: whoever forks into the background leaves somebody behind.
    const fallen = daemon.fallenHeir();
    if (fallen !== undefined) return { fallen };
    await new Promise<void>((done) => void clock.after(SEEK_MS, done));
  }
  return undefined;
}

/**
 * Waits until an adopted successor serves the mount, as long as that is wanted: all mount points
 * are there and answer a disposable child.
 *
 * @param probeTimeout how long one answer may take, in milliseconds
 * @returns whether it serves
 */
export async function settles(
  watch: MountWatch,
  probeTimeout: number,
  { clock, mounts }: World,
  wanted: () => boolean,
): Promise<boolean> {
  while (wanted()) {
    const served = watch.served();
    if (watch.isComplete(served)) {
      // What somebody asked before may have been answered by the daemon before.
      const answers = await Promise.all(
        served.map(({ path }) => mounts.ask(path, probeTimeout, true)),
      );
      if (answers.every((answer) => answer === "answers")) return wanted();
    }
    await new Promise<void>((done) => void clock.after(SETTLE_MS, done));
  }
  return false;
}
