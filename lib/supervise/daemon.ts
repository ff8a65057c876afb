import type { Plan } from "../plan/plan.ts";
import { daemonEnvironment, MARK, STATE_PATH } from "./daemon_environment.ts";
import type { ExitStatus } from "../ports/child.ts";
import type { Heir } from "./state.ts";
import type {
  MarkedChild,
  Processes,
  ProcessHandle,
  SentSignal,
  StartedProcess,
} from "../ports/world.ts";

/** The daemon that serves, whether we started it or adopted it, and what descends from it. */
export class Daemon {
  readonly #processes: Processes;
  readonly #mark: string;
  readonly #tap: (chunk: Uint8Array) => void;
  readonly #ended: (status: ExitStatus, heir: Heir | undefined) => void;
  #current: ProcessHandle | undefined;

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

  /** A cold start. @throws {SpawnError} */
  start({ process }: Plan, env: Readonly<Record<string, string>>): void {
    const { argv, cwd } = process;
    const request = { argv, cwd, env: daemonEnvironment(process, env, this.#mark) };
    this.#watch(this.#processes.spawn(request, this.#tap));
  }

  /** Takes what was cold-started before us, with our mark, as the daemon in charge. */
  take(started: StartedProcess): void {
    this.#watch(this.#processes.take(started, this.#tap));
  }

  /** Takes an orphan as the daemon in charge. */
  adopt(heir: Heir): void {
    this.#watch(this.#processes.adopt(heir.pid));
  }

  /**
   * Kills other successors than the one in charge. TERM would make them unmount what it serves;
   * the connection lives on as long as one process has it open.
   */
  endRivals(): void {
    for (const { pid, env } of this.kin()) {
      if (isSuccessor(env)) this.#processes.adopt(pid).signal("SIGKILL");
    }
  }

  signal(signal: SentSignal): void {
    this.#current?.signal(signal);
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
    const successors = kin.filter(({ env }) => isSuccessor(env));
    const successor = successors.find(({ servesFuse }) => servesFuse) ?? successors[0];
    if (successor !== undefined) return { pid: successor.pid, kind: "successor" };
    if (status.code !== 0) return undefined;
    const server = kin.find(({ servesFuse }) => servesFuse);
    return server === undefined ? undefined : { pid: server.pid, kind: "server" };
  }

  /** Whether the daemon, or a child of it, serves a FUSE mount, whatever that is called. */
  servesFuse(): boolean {
    return this.#processes.anyServesFuse(MARK, this.#mark);
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

function isSuccessor(env: readonly string[]): boolean {
  return env.some((entry) => entry.startsWith(`${STATE_PATH}=`));
}
