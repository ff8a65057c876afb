import { ExitCode } from "../cli/exit_code.ts";
import { clearMounts } from "../mount/clear.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import { prepareFolder } from "../mount/prepare_folder.ts";
import type { Plan } from "../generate/plan.ts";
import type { Log } from "../observe/log.ts";
import type { Snapshot } from "../observe/snapshot.ts";
import { backoffDelay } from "./backoff.ts";
import { ConfigChanges } from "./config_changes.ts";
import { ConfigWatch } from "./config_watch.ts";
import { respond } from "./control_endpoints.ts";
import { ControlServer } from "./control_server.ts";
import { Daemon } from "./daemon.ts";
import { HangMonitor } from "./hang_monitor.ts";
import { Journal } from "./journal.ts";
import { begin, transition } from "./machine.ts";
import { MountWatch } from "./mount_watch.ts";
import { chooseRunFolder, openControl } from "./run_folder.ts";
import { lockTarget } from "./target_lock.ts";
import type { Action, Event, State, StopManner, TimerName } from "./state.ts";
import { StopSequence } from "./stop_sequence.ts";
import type { SuperviseOptions } from "./supervise.ts";
import { validateConfig, type Verdict } from "./validate_config.ts";
import { type FuseConnections, SpawnError, type Stop, type World } from "./world.ts";

/** An event without its time, which is added when it is taken. */
type News = Event extends infer E ? E extends Event ? Omit<E, "at"> : never : never;

/** A successor is begun before its predecessor goes: it must be there by then, or nearly. */
const HEIR_TIMEOUT_MS = 2000;
const SEEK_MS = 20;

/** Leftovers of a dead daemon get no more than this to go. */
const CLEANUP_MS = 2000;

/** A mount so old is over with what its start needed. */
const TRIM_MS = 8000;

/** The daemon's start goes before all else; a target that takes long to clear does not. */
const SETUP_WAIT_MS = 50;

/** Our last lines, and clients that waited for our end. */
const FLUSH_MS = 500;
const LAST_CLIENTS_MS = 1000;

/** Should the kernel not tell of a mount, the table is read so often while one is awaited. */
const LOOK_MS = 250;

/**
 * Carries out what the machine decides. All that happens (signals, exits, timers, changes of the
 * mount table) becomes an event; events are taken one after the other.
 */
export class Supervisor {
  readonly #world: World;
  readonly #options: SuperviseOptions;
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #daemon: Daemon;
  readonly #changes: ConfigChanges;
  readonly #server: ControlServer;
  readonly #begun: number;
  readonly #over = Promise.withResolvers<number>();
  readonly #waiters: (() => void)[] = [];
  #folder: string | undefined;
  #connections: FuseConnections;
  #hang: HangMonitor | undefined;
  #watch: MountWatch | undefined;
  #state: State = begin().state;
  #stateSince: number;
  #plan: Plan;
  #events: Event[] = [];
  #busy = false;
  #disarm: Stop = () => {};
  #stopping: StopSequence | undefined;
  #downSince: number | undefined;
  #mounts: ReturnType<MountWatch["state"]> = "gone";
  #lastLook = -Infinity;
  #lookCost = 0;
  #pendingLook: Stop | undefined;
  #cancelTrim: Stop = () => {};
  #onStarted: () => void = () => {};
  #stops: Stop[] = [];
  #validation: Promise<unknown> = Promise.resolve();

  constructor(plan: Plan, options: SuperviseOptions) {
    const { world, settings } = options;
    this.#world = world;
    this.#options = options;
    this.#plan = plan;
    this.#journal = new Journal(world, settings);
    this.#log = this.#journal.log;
    this.#begun = this.#stateSince = world.clock.now();
    const mark = `${world.pid}-${Math.floor(world.random() * 2 ** 48).toString(36)}`;
    this.#daemon = new Daemon(world.processes, mark, this.#journal.tap, (status, heir) => {
      this.#downSince ??= world.clock.now();
      this.#take(
        heir === undefined ? { name: "exited", status } : { name: "exited", status, heir },
      );
    });
    this.#over.promise.catch(() => {});
    this.#connections = {
      waiting: () => undefined,
      abort: () => false,
      close: () => Promise.resolve(),
    };
    this.#changes = new ConfigChanges(plan, {
      log: this.#log,
      regenerate: options.regenerate,
      validate: (candidate) => this.#validate(candidate),
      write: options.writeConfig,
      changed: (_, hot) => {
        const possible = hot && this.#canHandOver();
        this.#take({ name: "reload", reason: "config", hot: possible });
      },
    });
    this.#server = new ControlServer((request, near) =>
      respond(request, near, {
        snapshot: () => this.snapshot(),
        stop: (by) => this.#stopAndWait(by),
        reload: () => this.lookAtConfig(),
        announce: (target) => this.#announce(target),
      }), world.clock);
    this.#makeWatch();
  }

  /** @returns the exit code, once all is over */
  async run(): Promise<number> {
    const world = this.#world;
    const { settings } = this.#options;
    this.#folder = chooseRunFolder(world, this.#options.env, settings, this.#log);
    const rival = await lockTarget(this.#folder, this.#plan, world, this.#log);
    if (rival !== undefined) {
      this.#log("error", "locked", rival);
      await this.#close();
      return ExitCode.TryAgain;
    }
    // The daemon first; everything else can wait for the milliseconds that it needs. A signal that
    // came earlier may have ended it all by now.
    if (this.#state.name === "clearing") this.#perform(begin().actions);
    await this.#whenStarted(SETUP_WAIT_MS);
    if (!world.becomeSubreaper() && world.pid !== 1) {
      this.#log("warn", "no-subreaper", "Cannot adopt orphans: a hot reload will end in a restart");
    }
    this.#connections = world.connections(this.#folder);
    this.#stops.push(world.watchMounts(() => this.#tableChanged()));
    this.#watchConfig();
    await openControl(this.#server, this.#folder, world, settings, this.#log);
    const code = await this.#over.promise;
    for (const done of this.#waiters) done();
    await this.#close();
    return code;
  }

  /** Waits until the first start was tried, but only so long: a target may take time to clear. */
  async #whenStarted(milliseconds: number): Promise<void> {
    await new Promise<void>((done) => {
      const cancel = this.#world.clock.after(milliseconds, done);
      this.#onStarted = () => {
        cancel();
        done();
      };
      if (this.#state.name !== "clearing") this.#onStarted();
    });
  }

  /** TERM, INT, QUIT or `POST /stop`. */
  stop(by: string): void {
    this.#take({ name: "stop", by });
  }

  /** HUP or `POST /reload`. */
  lookAtConfig(): void {
    this.#changes.look().catch((error: unknown) => this.fault(error));
  }

  /** USR1. */
  reload(): void {
    // The mount may be there already, and the kernel's word of it still on its way.
    if (this.#state.name === "starting") this.#look();
    this.#take({ name: "reload", reason: "signal", hot: this.#canHandOver() });
  }

  /** An error that nothing caught. */
  fault(error: unknown): void {
    const message = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#take({ name: "fault", message });
  }

  /** The machinery itself failed: whatever can be done without it. */
  async emergency(error: unknown): Promise<void> {
    const message = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#log("error", "fault", `An error of our own, stopping at once: ${message}`);
    this.#journal.lastWords(`an error of our own: ${message}`);
    try {
      const sequence = this.#stopSequence();
      sequence.hurry();
      await sequence.run("quick", CLEANUP_MS);
    } finally {
      await this.#close();
    }
  }

  /** Everything that health, status and metrics tell. */
  snapshot(): Snapshot {
    const now = this.#world.clock.now();
    const { name } = this.#state;
    const hangs = this.#hang?.suspicious === true;
    const covered = this.#mounts === "covered";
    const ready = name === "mounted" && !hangs && !covered;
    const serving = name === "mounted" || name === "reloading";
    return {
      version: this.#options.version,
      state: name,
      stateFor: now - this.#stateSince,
      upFor: now - this.#begun,
      target: this.#plan.mount?.target,
      pid: this.#daemon.current?.pid,
      mounted: serving && (this.#watch === undefined || this.#mounts !== "gone"),
      ready,
      reason: ready
        ? undefined
        : hangs
        ? "the mount does not answer"
        : covered
        ? "somebody mounted over the target"
        : name,
      restarts: this.#journal.restarts,
      lastRestart: this.#journal.lastRestart,
      lastRemount: this.#journal.lastRemount,
      failures: this.#state.failures,
      waiting: this.#hang?.waiting,
      reaped: this.#world.processes.reaped(),
      generation: this.#changes.generation,
      reloads: { ...this.#journal.reloads, ...this.#changes.counts },
      configProblem: this.#changes.problem,
      droppedBytes: this.#world.output.dropped(),
      lastErrors: [...this.#journal.lastErrors],
    };
  }

  // Events and actions

  #take(news: News): void {
    this.#events.push({ ...news, at: this.#world.clock.now() } as Event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        this.#handle(event);
      }
    } catch (error) {
      this.#events = [];
      this.#over.reject(error);
    } finally {
      this.#busy = false;
    }
  }

  #handle(event: Event): void {
    const before = this.#state;
    const { state, actions } = transition(before, event, this.#options.settings);
    this.#state = state;
    if (state.name !== before.name) this.#entered(before.name, event.at);
    this.#perform(actions);
  }

  #entered(from: State["name"], at: number): void {
    const { name } = this.#state;
    this.#log("debug", "state", `${from} → ${name}`);
    this.#stateSince = at;
    if (from === "mounted") this.#hang?.stop();
    if (from === "clearing") queueMicrotask(() => this.#onStarted());
    if (name === "mounted") this.#onMounted(from, at);
  }

  #onMounted(from: State["name"], at: number): void {
    const served = this.#watch?.served() ?? [];
    this.#watch?.own(served);
    this.#mounts = "served";
    // Several may come; only now is it known that the adopted one serves.
    if (from === "reloading") this.#daemon.endRivals();
    this.#startHangMonitor(served);
    this.#cancelTrim();
    this.#cancelTrim = this.#world.clock.after(TRIM_MS, () => this.#world.trimMemory());
    if (from !== "starting") return;
    if (this.#downSince !== undefined) this.#journal.lastRemount = at - this.#downSince;
    this.#downSince = undefined;
    this.#log("info", "mounted", this.#watch === undefined ? "Running" : "Mounted", {
      ...(this.#watch === undefined ? {} : { target: this.#watch.target }),
      ...(this.#daemon.current === undefined ? {} : { pid: this.#daemon.current.pid }),
    });
  }

  #perform(actions: readonly Action[]): void {
    for (const action of actions) this.#do(action);
  }

  #do(action: Action): void {
    switch (action.do) {
      case "clear":
        return this.#background(this.#clear());
      case "spawn":
        return this.#spawn();
      case "adopt":
        this.#daemon.adopt(action.heir);
        this.#log("info", "adopted", "Adopted the process that carries on", {
          pid: action.heir.pid,
          kind: action.heir.kind,
        });
        return this.#background(this.#settle());
      case "seek":
        return this.#seek();
      case "hot-reload":
        return this.#daemon.signal("SIGUSR1");
      case "stop":
        return this.#background(this.#stop(action.manner));
      case "hurry":
        return this.#stopping?.hurry();
      case "arm":
        return this.#arm(action.timer);
      case "wait":
        return this.#wait(action.restarts);
      case "disarm":
        return this.#disarm();
      case "count-restart":
        this.#journal.restarts[action.cause] = (this.#journal.restarts[action.cause] ?? 0) + 1;
        this.#journal.lastRestart = action.detail;
        this.#log(
          action.cause === "config" ? "info" : "warn",
          "restart",
          `Restart: ${action.detail}`,
          {
            cause: action.cause,
            failures: this.#state.failures,
          },
        );
        return;
      case "count-reload":
        this.#journal.reloads[action.result] = (this.#journal.reloads[action.result] ?? 0) + 1;
        return;
      case "validate":
        return this.#background(this.#askAboutConfig());
      case "last-words":
        return this.#journal.lastWords(action.cause);
      case "finish":
        return this.#over.resolve(action.code);
      case "log":
        return this.#log(action.level, action.event, action.message);
    }
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => this.fault(error));
  }

  // Timers

  #arm(timer: TimerName): void {
    const { startTimeout } = this.#options.settings;
    // A successor gets as long as a cold start: it may have to wait for a master as well.
    const limit = timer === "heir-timeout" ? HEIR_TIMEOUT_MS : startTimeout;
    this.#set(limit, () => this.#take({ name: timer }));
  }

  #wait(restarts: number): void {
    const delay = backoffDelay(restarts, this.#options.settings, this.#world.random());
    this.#log("info", "backoff", `Waiting ${delay} ms before the next start`);
    this.#set(delay, () => this.#take({ name: "retry-due" }));
  }

  #set(milliseconds: number, callback: () => void): void {
    this.#disarm();
    this.#disarm = this.#world.clock.after(milliseconds, callback);
  }

  // Starting

  async #clear(): Promise<void> {
    const leftovers = this.#stopSequence();
    if (this.#state.begun) await leftovers.endLeftovers(CLEANUP_MS);
    if (this.#plan !== this.#changes.plan) {
      // The target may be another one now; nothing of ours may stay at the old one.
      await leftovers.detach();
      this.#plan = this.#changes.plan;
      this.#makeWatch();
    }
    const watch = this.#watch;
    if (watch !== undefined) {
      const { mounts, folders } = this.#world;
      const { cleared, obstacle } = await clearMounts(watch.target, mounts, {
        ownDevices: watch.ownDevices,
        askDeadline: this.#options.settings.probeTimeout,
      });
      for (const { mount, kind } of cleared) {
        this.#log("info", "cleared", "Detached a mount that was left at the target", {
          path: mount.path,
          kind,
          type: mount.type,
          source: mount.source,
        });
      }
      const problem = obstacle?.message ??
        prepareFolder(watch.target, () => parseMountinfo(mounts.table()), folders);
      if (problem !== undefined) return this.#take({ name: "obstructed", message: problem });
    }
    this.#take({ name: "cleared" });
  }

  #makeWatch(): void {
    const { mount } = this.#plan;
    const { mounts, readLink } = this.#world;
    this.#watch = mount === null ? undefined : new MountWatch(mount, mounts, readLink);
  }

  #spawn(): void {
    this.#journal.forgetOutput();
    try {
      this.#daemon.start(this.#plan, this.#options.env);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      const { message, code } = error;
      return this.#take(
        code === undefined
          ? { name: "spawn-failed", message }
          : { name: "spawn-failed", message, code },
      );
    }
    this.#log("info", "started", "Started the daemon", {
      pid: this.#daemon.current?.pid ?? 0,
    });
    if (this.#watch === undefined) return this.#take({ name: "mounted" });
    this.#keepLooking();
  }

  /** Beside the kernel's word, while a mount is awaited. */
  #keepLooking(): void {
    this.#world.clock.after(LOOK_MS, () => {
      if (this.#state.name !== "starting") return;
      this.#look();
      this.#keepLooking();
    });
  }

  // The mount table

  #tableChanged(): void {
    if (this.#pendingLook !== undefined) return;
    // On a node with many mounts the table changes often and costs much to read.
    const pause = Math.max(this.#lastLook + 10 * this.#lookCost - this.#world.clock.now(), 0);
    if (pause <= 1) return this.#look();
    this.#pendingLook = this.#world.clock.after(pause, () => this.#look());
  }

  #look(): void {
    this.#pendingLook?.();
    this.#pendingLook = undefined;
    const watch = this.#watch;
    if (watch === undefined) return;
    const begun = this.#world.clock.now();
    if (this.#state.name === "starting") {
      const served = watch.served();
      if (served.length > 0) watch.own(served);
      this.#mounts = watch.isComplete(served) ? "served" : "gone";
      if (this.#mounts === "served") this.#take({ name: "mounted" });
    } else {
      const before = this.#mounts;
      this.#mounts = watch.state();
      if (this.#mounts !== before) this.#onMountsChanged();
    }
    this.#lastLook = this.#world.clock.now();
    this.#lookCost = this.#lastLook - begun;
  }

  #onMountsChanged(): void {
    const { name } = this.#state;
    if (name !== "mounted" && name !== "reloading") return;
    if (this.#mounts === "gone") {
      this.#downSince ??= this.#world.clock.now();
      this.#take({ name: "unmounted" });
    } else if (this.#mounts === "covered") {
      this.#log("warn", "covered", "Somebody mounted over the target; ours lives on below it");
    } else this.#log("info", "uncovered", "The target is ours again");
  }

  // Reloading

  #canHandOver(): boolean {
    return this.#watch !== undefined && this.#daemon.current !== undefined;
  }

  #seek(): void {
    this.#world.clock.after(SEEK_MS, () => {
      if (this.#state.name !== "reloading" || this.#state.phase !== "seeking") return;
      const heir = this.#daemon.heir(this.#state.last ?? { code: 0 });
      if (heir === undefined) return this.#seek();
      this.#take({ name: "heir-found", heir });
    });
  }

  /** Waits until the adopted successor serves the mount, as long as it is still wanted. */
  async #settle(): Promise<void> {
    const adopted = this.#daemon.current;
    const { clock, mounts } = this.#world;
    const wanted = (): boolean =>
      this.#state.name === "reloading" && this.#daemon.current === adopted;
    while (wanted()) {
      const watch = this.#watch;
      if (watch === undefined) return this.#take({ name: "healthy" });
      const served = watch.served();
      if (watch.isComplete(served)) {
        const { probeTimeout } = this.#options.settings;
        const answers = await Promise.all(served.map(({ path }) => mounts.ask(path, probeTimeout)));
        if (wanted() && answers.every((answer) => answer === "answers")) {
          return this.#take({ name: "healthy" });
        }
      }
      await new Promise<void>((done) => void clock.after(SEEK_MS * 5, done));
    }
  }

  // Stopping

  async #stop(manner: StopManner): Promise<void> {
    // One that is under way ends everything too, and sooner.
    if (this.#stopping !== undefined) return;
    const sequence = this.#stopSequence();
    this.#stopping = sequence;
    try {
      await sequence.run(manner, this.#options.settings.stopTimeout);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#log("error", "stop-failed", `The stop went wrong, ending by force: ${message}`);
      await sequence.force();
    } finally {
      this.#stopping = undefined;
    }
    const { last } = this.#state;
    this.#take(last === undefined ? { name: "stopped" } : { name: "stopped", status: last });
  }

  #stopSequence(): StopSequence {
    const { clock, mounts, processes } = this.#world;
    return new StopSequence({
      daemon: this.#daemon,
      watch: this.#watch,
      clock,
      mounts,
      processes,
      connections: this.#connections,
      log: this.#log,
    });
  }

  async #stopAndWait(by: string): Promise<void> {
    await new Promise<void>((done) => {
      this.#waiters.push(done);
      this.stop(by);
    });
  }

  #announce(target: string | undefined): boolean {
    const ours = [this.#plan.mount?.target, this.#watch?.target];
    if (target !== undefined && !ours.includes(target)) return false;
    this.#take({ name: "announced" });
    return true;
  }

  // Hangs and the configuration

  #startHangMonitor(served: ReturnType<MountWatch["served"]>): void {
    const { clock, mounts } = this.#world;
    this.#hang = new HangMonitor(
      this.#options.settings,
      clock,
      mounts,
      this.#connections,
      (message) => {
        this.#downSince ??= clock.now();
        this.#take({ name: "hung", message });
      },
    );
    this.#hang.start(served);
  }

  async #validate(plan: Plan): Promise<Verdict> {
    const { env, writeConfig } = this.#options;
    const { processes, files } = this.#world;
    const folder = this.#folder;
    if (folder === undefined) return { kind: "unknown" };
    // One at a time: each writes its copies under the same names.
    const verdict = this.#validation.then(() =>
      validateConfig(plan, { processes, files, env, folder, writeConfig })
    );
    this.#validation = verdict;
    return await verdict;
  }

  async #askAboutConfig(): Promise<void> {
    const plan = this.#plan;
    const verdict = await this.#validate(plan);
    if (verdict.kind !== "bad" || plan !== this.#changes.plan) return;
    this.#take({ name: "config-rejected", message: verdict.message });
  }

  #watchConfig(): void {
    const { settings, watchedFile } = this.#options;
    if (watchedFile === undefined || !settings.watchConfig) return;
    const { clock, files, watchFolder } = this.#world;
    const watch = new ConfigWatch(watchedFile, {
      clock,
      watchFolder,
      read: files.read,
      changed: () => this.lookAtConfig(),
    });
    this.#stops.push(() => watch.close());
  }

  /** Whatever happens, we end: nothing here may keep us for long. */
  async #close(): Promise<void> {
    this.#disarm();
    this.#pendingLook?.();
    this.#cancelTrim();
    this.#hang?.stop();
    for (const stop of this.#stops.splice(0)) stop();
    await this.#server.close(LAST_CLIENTS_MS);
    // The socket may be another supervisor's.
    if (this.#folder !== undefined && this.#server.listens) {
      this.#world.files.remove(`${this.#folder}/control.sock`);
    }
    await this.#connections.close();
    await this.#world.output.flush(FLUSH_MS);
  }
}
