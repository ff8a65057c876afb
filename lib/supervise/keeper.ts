import type { Plan } from "../plan/plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import { CommandError } from "../ports/command_error.ts";
import { type FuseConnections, SpawnError, type Stop, type World } from "../ports/world.ts";
import { describeError } from "../text/describe_error.ts";
import { clearTarget } from "./clear_target.ts";
import { sameProcess, sameValue } from "./config_changes.ts";
import { Daemon, newMark, seekHeir, settles } from "./daemon.ts";
import { EventLoop, type News } from "./event_loop.ts";
import { HangMonitor } from "./hang_monitor.ts";
import type { Journal } from "./journal.ts";
import type { Action, State, StopManner, TimerName } from "./state.ts";
import { StateTimer } from "./state_timer.ts";
import { StopSequence } from "./stop_sequence.ts";
import { phaseOf, TargetWatch } from "./target_watch.ts";
import type { ConfigValidator } from "./validate_config.ts";

/** What a {@link Keeper} needs. */
export interface KeeperParts {
  readonly world: World;
  readonly settings: SupervisorSettings;
  readonly journal: Journal;
  /** Our own environment; the plan's is set on top of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly validator: ConfigValidator;
  readonly connections: FuseConnections;
}

/** A daemon that mounts nothing counts as started when it has lived for so long. */
const RUNNING_MS = 1000;

/** Leftovers of a dead daemon get no more than this to go. */
const CLEANUP_MS = 2000;

/** A mount so old is over with what its start needed. */
const TRIM_MS = 8000;

/**
 * Keeps one daemon and its mount alive: carries out what the machine decides. Exits, timers and
 * changes of the mount table become events; signals and requests come from outside.
 */
export class Keeper {
  readonly daemon: Daemon;
  readonly loop: EventLoop;
  /** Absent for a server, which mounts nothing. */
  target: TargetWatch | undefined;
  hang: HangMonitor | undefined;
  readonly #parts: KeeperParts;
  readonly #world: World;
  #plan: Plan;
  readonly #timer: StateTimer;
  #cancelTrim: Stop = () => {};
  #stopping: StopSequence | undefined;
  /** Since when the target has not been served. */
  #downSince: number | undefined;
  #tried = Promise.withResolvers<void>();

  /** @throws {CommandError} when the target's path leads nowhere */
  constructor(plan: Plan, parts: KeeperParts) {
    const { world, settings, journal } = parts;
    this.#parts = parts;
    this.#world = world;
    this.#plan = plan;
    this.#timer = new StateTimer(world, settings, journal.log);
    this.loop = new EventLoop(world.clock, settings, {
      entered: (from, at) => this.#entered(from, at),
      perform: (action) => this.#perform(action),
    });
    this.daemon = new Daemon(world.processes, newMark(world), journal.tap, (status, heir) => {
      this.#downSince ??= world.clock.now();
      this.take(heir === undefined ? { name: "exited", status } : { name: "exited", status, heir });
    });
    this.#watchTarget();
  }

  /** What runs, or is to be started next. */
  get plan(): Plan {
    return this.#plan;
  }

  /** Something happened, now. */
  take(news: News): void {
    this.loop.take(news);
  }

  /** @returns when the first start was tried, or given up */
  begin(): Promise<void> {
    this.loop.begin();
    if (this.loop.state.name !== "clearing") this.#tried.resolve();
    return this.#tried.promise;
  }

  /** Takes a changed plan, whose configuration is written already. */
  apply(plan: Plan): void {
    const hot = sameProcess(this.#plan, plan) && this.#canHandOver();
    this.#plan = plan;
    this.take({ name: "reload", reason: "config", hot });
  }

  /** USR1: the daemon is to hand over to a successor, though nothing changed. */
  reload(): void {
    // The mount may be there already, and the kernel's word of it still on its way.
    if (this.loop.state.name === "starting") this.target?.look();
    this.take({ name: "reload", reason: "signal", hot: this.#canHandOver() });
  }

  /** Somebody is about to unmount a target. @returns whether it is ours */
  announce(target: string | undefined): boolean {
    const { plan, mounts } = this.target ?? {};
    if (target !== undefined && target !== plan?.target && target !== mounts?.target) return false;
    this.take({ name: "announced" });
    return true;
  }

  /** Without the machine, at once: for when that itself has failed. */
  async emergency(): Promise<void> {
    const sequence = this.#stopSequence();
    sequence.hurry();
    try {
      await sequence.run("quick", CLEANUP_MS);
    } catch {
      await sequence.force();
    }
  }

  /** Ends all timers and watches. */
  close(): void {
    this.#timer.disarm();
    this.#cancelTrim();
    this.target?.close();
    this.hang?.stop();
  }

  /** Whether the daemon can hand its mount over to a successor. */
  #canHandOver(): boolean {
    return this.target !== undefined && this.daemon.current !== undefined;
  }

  #entered(from: State["name"], at: number): void {
    const { name } = this.loop.state;
    this.#parts.journal.log("debug", "state", `${from} → ${name}`);
    if (from === "mounted") this.hang?.stop();
    if (from === "clearing") this.#tried.resolve();
    if (name === "mounted") this.#onMounted(from, at);
  }

  #onMounted(from: State["name"], at: number): void {
    const { clock } = this.#world;
    const served = this.target?.own() ?? [];
    // Several may come; only now is it known that the adopted one serves.
    if (from === "reloading") this.daemon.endRivals();
    const { settings, connections, journal } = this.#parts;
    this.hang = new HangMonitor(settings, clock, this.#world.mounts, connections, (message) => {
      this.#downSince ??= clock.now();
      this.take({ name: "hung", message });
    });
    this.hang.start(served);
    this.#cancelTrim();
    this.#cancelTrim = clock.after(TRIM_MS, () => this.#world.trimMemory());
    const downSince = this.#downSince;
    this.#downSince = undefined;
    if (from !== "starting") return;
    if (downSince !== undefined) journal.lastRemount = at - downSince;
    journal.log("info", "mounted", this.target === undefined ? "Running" : "Mounted", {
      ...(this.target === undefined ? {} : { target: this.target.mounts.target }),
      ...(this.daemon.current === undefined ? {} : { pid: this.daemon.current.pid }),
    });
  }

  #perform(action: Action): void {
    const { journal } = this.#parts;
    switch (action.do) {
      case "clear":
        return this.#background(this.#clear());
      case "spawn":
        return this.#spawn();
      case "adopt": {
        const { pid, kind } = action.heir;
        this.daemon.adopt(action.heir);
        journal.log("info", "adopted", "Adopted the process that carries on", { pid, kind });
        return this.#background(this.#settle());
      }
      case "seek":
        return this.#background(this.#seek());
      case "hot-reload":
        return this.daemon.signal("SIGUSR1");
      case "stop":
        return this.#background(this.#stop(action.manner));
      case "hurry":
        return this.#stopping?.hurry();
      case "arm":
        return this.#arm(action.timer);
      case "wait":
        return this.#timer.wait(action.restarts, () => this.take({ name: "retry-due" }));
      case "disarm":
        return this.#timer.disarm();
      case "count-restart":
        return journal.countRestart(action.cause, action.detail, this.loop.state.failures);
      case "count-reload":
        return journal.countReload(action.result);
      case "validate":
        return this.#background(this.#validate());
      case "last-words":
        return journal.lastWords(action.cause);
      case "finish":
        return this.loop.finish(action.code);
      case "log":
        return journal.log(action.level, action.event, action.message);
    }
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => this.take({ name: "fault", message: describeError(error) }));
  }

  #arm(timer: TimerName): void {
    this.#timer.arm(timer, () => {
      if (timer === "start-timeout") this.target?.tellOfOthers(this.#parts.journal.log);
      this.take({ name: timer });
    });
  }

  async #clear(): Promise<void> {
    const problem = await this.#makeReady();
    this.take(
      problem === undefined ? { name: "cleared" } : { name: "obstructed", message: problem },
    );
  }

  /** @returns what keeps the target from being mounted on */
  async #makeReady(): Promise<string | undefined> {
    const { settings, journal } = this.#parts;
    const leftovers = this.#stopSequence();
    if (this.loop.state.begun) await leftovers.endLeftovers(CLEANUP_MS);
    if (!sameValue(this.target?.plan ?? null, this.#plan.mount)) {
      // Nothing of ours may stay at the old target.
      await leftovers.detach();
      try {
        this.#watchTarget();
      } catch (error) {
        if (error instanceof CommandError) return error.message;
        throw error;
      }
    }
    return this.target &&
      await clearTarget(this.target.mounts, this.#world, settings.probeTimeout, journal.log);
  }

  #watchTarget(): void {
    this.target?.close();
    const { mount } = this.#plan;
    const { log } = this.#parts.journal;
    this.target = mount === null ? undefined : new TargetWatch(mount, this.#world, {
      phase: () => phaseOf(this.loop.state),
      servesFuse: () => this.daemon.servesFuse(),
      mounted: () => this.take({ name: "mounted" }),
      gone: () => {
        this.#downSince ??= this.#world.clock.now();
        this.take({ name: "unmounted" });
      },
      covered: (is) =>
        is
          ? log("warn", "covered", "Somebody mounted over the target; ours lives on below it")
          : log("info", "uncovered", "The target is ours again"),
    });
  }

  #spawn(): void {
    const { journal, env } = this.#parts;
    journal.forgetOutput();
    try {
      this.daemon.start(this.#plan, env);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      const { message, code } = error;
      const failure = { name: "spawn-failed", message } as const;
      return this.take(code === undefined ? failure : { ...failure, code });
    }
    const daemon = this.daemon.current;
    journal.log("info", "started", "Started the daemon", { pid: daemon?.pid ?? 0 });
    if (this.target !== undefined) return this.target.expect();
    this.#world.clock.after(RUNNING_MS, () => {
      if (this.daemon.current === daemon) this.take({ name: "mounted" });
    });
  }

  async #seek(): Promise<void> {
    const status = this.loop.state.last ?? { code: 0 };
    const heir = await seekHeir(this.daemon, status, this.#world, () => {
      const { state } = this.loop;
      return state.name === "reloading" && state.phase === "seeking";
    });
    if (heir !== undefined) this.take({ name: "heir-found", heir });
  }

  async #settle(): Promise<void> {
    const adopted = this.daemon.current;
    const wanted = (): boolean =>
      this.loop.state.name === "reloading" && this.daemon.current === adopted;
    const { probeTimeout } = this.#parts.settings;
    const serves = this.target === undefined ||
      await settles(this.target.mounts, probeTimeout, this.#world, wanted);
    if (serves && wanted()) this.take({ name: "healthy" });
  }

  async #stop(manner: StopManner): Promise<void> {
    // One that is under way ends everything too, and sooner.
    if (this.#stopping !== undefined) return;
    const { journal, settings } = this.#parts;
    const sequence = this.#stopSequence();
    this.#stopping = sequence;
    try {
      await sequence.run(manner, settings.stopTimeout);
    } catch (error) {
      const reason = describeError(error);
      const message = `The stop went wrong, ending by force: ${reason}`;
      journal.log("error", "stop-failed", message);
      await sequence.force().catch((worse: unknown) => {
        journal.log("error", "stop-failed", `Nor by force: ${describeError(worse)}`);
      });
    } finally {
      this.#stopping = undefined;
    }
    const { last } = this.loop.state;
    this.take(last === undefined ? { name: "stopped" } : { name: "stopped", status: last });
  }

  #stopSequence(): StopSequence {
    const { connections, journal: { log } } = this.#parts;
    const watch = this.target?.mounts;
    return new StopSequence({ world: this.#world, daemon: this.daemon, watch, connections, log });
  }

  async #validate(): Promise<void> {
    const plan = this.#plan;
    const verdict = await this.#parts.validator.ask(plan);
    // It may have been replaced meanwhile.
    if (verdict.kind !== "bad" || plan !== this.#plan) return;
    this.take({ name: "config-rejected", message: verdict.message });
  }
}
