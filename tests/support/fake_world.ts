import { type Lesson, type MountAnswer, NO_LESSON } from "../../lib/ports/mounts.ts";
import { parseMountinfo } from "../../lib/mount/mountinfo.ts";
import type { ExitStatus } from "../../lib/ports/child.ts";
import type { Connection, Listener } from "../../lib/ports/sockets.ts";
import type {
  MarkedChild,
  ProcessHandle,
  SentSignal,
  SpawnRequest,
  Stray,
  World,
} from "../../lib/ports/world.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeTakeover } from "./fake_takeover.ts";

/** A process of a {@link FakeWorld}. */
export class FakeProcess implements ProcessHandle {
  readonly exited: Promise<ExitStatus>;
  readonly signals: SentSignal[] = [];
  readonly #end = Promise.withResolvers<ExitStatus>();
  alive = true;

  constructor(
    readonly pid: number,
    readonly env: readonly string[],
    readonly argv: readonly string[],
    readonly onSignal: (signal: SentSignal, process: FakeProcess) => void,
  ) {
    this.exited = this.#end.promise;
  }

  signal(signal: SentSignal): void {
    if (!this.alive) return;
    this.signals.push(signal);
    this.onSignal(signal, this);
  }

  end(status: ExitStatus): void {
    this.alive = false;
    this.#end.resolve(status);
  }
}

/** Where the daemons of a {@link FakeWorld} mount. */
export const TARGET = "/mnt/target";

const ROOT = "1 0 8:1 / / rw - ext4 /dev/vda rw";

/**
 * A world without a kernel: tests say what daemons do with signals, what is mounted and when, and
 * see what was done in which order.
 */
export class FakeWorld implements World {
  readonly clock = new FakeClock();
  /** What was done, in order. */
  readonly done: string[] = [];
  readonly lines: string[] = [];
  readonly texts = new Map<string, string>();
  readonly started: FakeProcess[] = [];
  readonly orphans: FakeProcess[] = [];
  readonly user = 0;
  readonly pid = 1;
  mounted: string[] = [];
  answer: MountAnswer = "answers";
  waitingRequests: number | undefined = 0;
  /** What daemons do when they get a signal. */
  onSignal: (signal: SentSignal, process: FakeProcess) => void = (signal, process) => {
    if (signal === "SIGTERM") process.end({ code: 0 });
    if (signal === "SIGKILL") process.end({ code: 137, signal: "SIGKILL" });
    if (signal === "SIGABRT") process.end({ code: 134, signal: "SIGABRT" });
  };
  /** Called instead of a start when set; may throw. */
  onSpawn: (() => void) | undefined;
  tableFails = false;
  /** Whether daemons ask the mount that they should serve. */
  confused = false;
  /** Processes that the kernel may take first. */
  readonly offered: number[] = [];
  oomCount = 0;
  #next = 100;
  #device = 50;
  #mountsChanged = (): void => {};
  #folderChanged = (): void => {};

  random = (): number => 0.5;
  oomKills = (): number => this.oomCount;
  readLink = (): undefined => undefined;
  becomeSubreaper = (): boolean => true;
  trimMemory = (): void => {};
  watchFaults = (): () => void => () => {};
  watchMounts = (changed: () => void): () => void => {
    this.#mountsChanged = changed;
    return () => {};
  };
  watchFolder = (_: string, changed: () => void): () => void => {
    this.#folderChanged = changed;
    return () => {};
  };

  readonly output = {
    line: (text: string): void => void this.lines.push(text),
    dropped: (): number => 0,
    flush: (): Promise<void> => Promise.resolve(),
  };
  readonly files = {
    read: (path: string): string | undefined => this.texts.get(path),
    write: (path: string, text: string): void => void this.texts.set(path, text),
    remove: (path: string): void => void this.texts.delete(path),
    makeFolder: (): void => {},
  };
  readonly folders = {
    pin: () => ({
      mountId: 1,
      names: (): string[] => [],
      removeEmpty: (): boolean => true,
      lock: (): () => void => () => {},
      close: (): void => {},
    }),
    make: (): void => {},
  };
  readonly takeover = new FakeTakeover((what) => this.done.push(what));
  readonly locks = { take: (): () => void => () => {} };
  readonly sockets = {
    connectUnix: (): Promise<Connection> => Promise.reject(new Error("nobody")),
    connectTcp: (_host?: string, _port?: number): Promise<Connection> =>
      Promise.reject(new Error("nobody")),
    listenUnix: (): Listener => silentListener(),
    listenTcp: (): Listener => silentListener(),
  };
  readonly mounts = {
    table: (): string => {
      if (this.tableFails) throw new Error("no /proc");
      return [ROOT, ...this.mounted].join("\n");
    },
    detach: (path: string): Promise<void> => {
      this.done.push(`detach ${path}`);
      this.unmount();
      return Promise.resolve();
    },
    unmount: (path: string): Promise<void> => this.mounts.detach(path),
    ask: (_: string, deadline: number): Promise<MountAnswer> => {
      const { answer } = this;
      if (answer !== "silent") return Promise.resolve(answer);
      return new Promise((late) => void this.clock.after(deadline, () => late("silent")));
    },
    walk: (path: string): Promise<boolean> => {
      this.done.push(`walk ${path}`);
      return Promise.resolve(this.answer === "answers");
    },
    teach: (path: string): Lesson => {
      this.done.push(`teach ${path}`);
      // A successor that has only been let in takes a moment.
      const answered = new Promise<boolean>((done) => {
        this.clock.after(5, () => done(this.answer === "answers"));
      });
      return { ...NO_LESSON, answered };
    },
    mayMount: (): boolean => true,
  };
  readonly processes = {
    spawn: (request: SpawnRequest, tap: (chunk: Uint8Array) => void): ProcessHandle => {
      this.tap = tap;
      return this.#spawn(request);
    },
    run: () => Promise.resolve(undefined),
    adopt: (pid: number): ProcessHandle => {
      this.done.push(`adopt ${pid}`);
      const orphan = this.orphans.find((process) => process.pid === pid);
      if (orphan === undefined) throw new Error(`there is no orphan ${pid}`);
      return orphan;
    },
    marked: (variable: string, value: string): MarkedChild[] =>
      this.orphans.filter(({ alive, env }) => alive && env.includes(`${variable}=${value}`))
        .map(({ pid, env }) => ({ pid, env, servesFuse: true })),
    anyServesFuse: (): boolean => true,
    strays: (): Stray[] => [],
    birthOf: (): number | undefined => undefined,
    endStray: (): Promise<boolean> => Promise.resolve(true),
    serves: (): boolean | undefined => undefined,
    reaped: (): number => 0,
    endedSince: (): [] => [],
    waitsForFuse: (): boolean => this.confused,
    offerToKernel: (pid: number): void => void this.offered.push(pid),
    stacks: (): string => "thread 1 (fuse) state D wchan request_wait_answer",
    close: (): Promise<void> => Promise.resolve(),
  };
  /** The current daemon's output. */
  tap: (chunk: Uint8Array) => void = () => {};

  connections = () => ({
    waiting: (): number | undefined => this.waitingRequests,
    abort: (minor: string): boolean => {
      this.done.push(`abort ${minor}`);
      return true;
    },
    close: (): Promise<void> => Promise.resolve(),
  });

  /** The daemon of now. */
  get daemon(): FakeProcess {
    const daemon = this.started.at(-1);
    if (daemon === undefined) throw new Error("nothing was started");
    return daemon;
  }

  /** The daemon mounts. */
  async mount(type = "fuse.curvinefs"): Promise<void> {
    const id = this.#next++;
    const parent = parseMountinfo(this.mounted.join("\n")).at(-1)?.id ?? 1;
    this.mounted.push(`${id} ${parent} 0:${this.#device++} / ${TARGET} rw - ${type} curvinefs rw`);
    this.#mountsChanged();
    await this.clock.pass(0);
  }

  /** The topmost mount goes. */
  unmount(): void {
    this.mounted.pop();
    this.#mountsChanged();
  }

  /** The config's folder changes. */
  stirConfig(): void {
    this.#folderChanged();
  }

  /** The daemon leaves an orphan behind, with these on top of its environment. */
  orphan(env: readonly string[] = []): FakeProcess {
    const orphan = this.#process([...this.daemon.env, ...env], this.daemon.argv);
    this.orphans.push(orphan);
    return orphan;
  }

  #spawn(request: SpawnRequest): FakeProcess {
    this.onSpawn?.();
    this.done.push(`spawn ${request.argv[0]}`);
    const env = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
    const process = this.#process(env, request.argv);
    this.started.push(process);
    return process;
  }

  #process(env: readonly string[], argv: readonly string[]): FakeProcess {
    return new FakeProcess(this.#next++, env, argv, (signal, process) => {
      this.done.push(`${signal} ${process.pid}`);
      this.onSignal(signal, process);
    });
  }
}

/** A connection that nothing comes from. */
export function silentConnection(): Connection {
  return {
    near: true,
    read: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    finish: () => {},
    close: () => {},
  };
}

function silentListener(): Listener {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { accept: () => promise, close: () => resolve(undefined) };
}
