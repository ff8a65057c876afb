import type { Plan } from "../plan/plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { FuseConnections, World } from "../ports/world.ts";
import { describeError } from "../text/describe_error.ts";
import type { NotReady } from "./clear_target.ts";
import { sameProcess } from "./config_changes.ts";
import { Daemon, newMark } from "./daemon.ts";
import { EventLoop, type News } from "./event_loop.ts";
import type { HeldConnection } from "./held_connection.ts";
import type { Journal } from "./journal.ts";
import { OomCount } from "./oom_count.ts";
import { Place } from "./place.ts";
import { Plans, type PlansParts } from "./plans.ts";
import { Serving } from "./serving.ts";
import { Starts } from "./starts.ts";
import type { Action, Facts, State, StopLeavings, StopManner, TimerName } from "./state.ts";
import { StateTimer } from "./state_timer.ts";
import { Stops } from "./stops.ts";
import type { TargetWatch } from "./target_watch.ts";
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
  readonly held: HeldConnection;
  /** The run folder, where there is one. */
  readonly folder: string | undefined;
  /** Writes a plan's configuration file. @throws when the disk does not allow it */
  readonly write: PlansParts["write"];
  /** Told when a plan that never served was given up for the one that did. */
  readonly rolledBack: PlansParts["rolledBack"];
}

/**
 * Keeps one daemon and its mount alive: carries out what the machine decides. Exits, timers and
 * changes of the mount table become events; signals and requests come from outside.
 */
export class Keeper {
  readonly daemon: Daemon;
  readonly loop: EventLoop;
  readonly place: Place;
  readonly serving: Serving;
  readonly #parts: KeeperParts;
  readonly #world: World;
  readonly #starts: Starts;
  readonly #stops: Stops;
  readonly #plans: Plans;
  readonly #oomKills: OomCount;
  readonly #timer: StateTimer;
  #begun = Promise.withResolvers<void>();

  /** @throws {CommandError} when the target's path leads nowhere */
  constructor(plan: Plan, parts: KeeperParts) {
    const { world, settings, journal } = parts;
    this.#parts = parts;
    this.#world = world;
    this.#plans = new Plans(plan, { ...parts, log: journal.log });
    this.#oomKills = new OomCount(world);
    this.#timer = new StateTimer(world, settings, journal.log);
    this.loop = new EventLoop(world.clock, settings, {
      entered: (from, at) => this.#entered(from, at),
      perform: (action) => this.#perform(action),
      facts: () => this.#facts(),
    });
    this.serving = new Serving({ ...parts, take: (news) => this.take(news) });
    this.daemon = new Daemon(world.processes, newMark(world), journal.tap, (status, heir) => {
      this.serving.lost();
      const oom = this.#oomKills.explains(status);
      this.take({ name: "exited", status, ...(heir === undefined ? {} : { heir }), oom });
    });
    const all = {
      ...parts,
      daemon: this.daemon,
      target: () => this.target,
      plan: () => this.plan,
      state: () => this.loop.state,
      take: (news: News) => this.take(news),
      unserved: () => this.serving.lost(),
    };
    this.#stops = new Stops(all);
    this.#starts = new Starts(all);
    this.place = new Place(all);
    this.place.watch(plan.mount);
  }

  /** Absent for a server, which mounts nothing. */
  get target(): TargetWatch | undefined {
    return this.place.target;
  }

  /** What runs, or is to be started next. */
  get plan(): Plan {
    return this.#plans.current;
  }

  /** Something happened, now. */
  take(news: News): void {
    this.loop.take(news);
  }

  /** @returns when the first start was tried, or given up */
  begin(): Promise<void> {
    this.loop.begin();
    if (this.loop.state.name !== "clearing") this.#begun.resolve();
    return this.#begun.promise;
  }

  /** Takes a changed plan, whose configuration is written already. */
  apply(plan: Plan): void {
    // Whether anybody is there to hand over, the state knows: a successor takes the change as well.
    const hot = sameProcess(this.plan, plan) && this.target !== undefined;
    this.#plans.change(plan);
    this.take({ name: "reload", reason: "config", hot });
  }

  /** USR1: the daemon is to hand over to a successor, though nothing changed. */
  reload(): void {
    // The mount may be there already, and the kernel's word of it still on its way.
    if (this.loop.state.name === "starting") this.target?.look();
    const hot = this.target !== undefined && this.daemon.current !== undefined;
    this.take({ name: "reload", reason: "signal", hot });
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
    await this.#stops.emergency();
  }

  /** Ends all timers and watches. */
  close(): void {
    this.#timer.disarm();
    this.place.close();
    this.serving.close();
    this.#parts.held.end();
  }

  /** What the machine has to know beside an event. */
  #facts(): Omit<Facts, "at"> {
    const untried = this.#plans.isUntried;
    try {
      const mount = this.target?.mounts.state();
      const held = mount === "served" && this.#parts.held.isKept;
      return { held, gone: mount === "gone", untried };
    } catch {
      // Nobody can look: then nothing can be taken over either.
      return { held: false, gone: false, untried };
    }
  }

  #entered(from: State["name"], at: number): void {
    const { name } = this.loop.state;
    this.#parts.journal.log("debug", "state", `${from} → ${name}`);
    if (from === "mounted") this.serving.pause();
    if (from === "standing-by") this.place.leave();
    if (from === "clearing") this.#begun.resolve();
    if (name !== "starting") this.#starts.release();
    if (name === "mounted") this.#onMounted(from, at);
  }

  #onMounted(from: State["name"], at: number): void {
    const served = this.target?.own() ?? [];
    // Several may come; only now is it known that the adopted one serves.
    if (from === "reloading") this.daemon.endRivals();
    const { journal, held } = this.#parts;
    const unserved = this.serving.begin(served, at);
    this.#plans.serves();
    const { current } = this.daemon;
    if (current !== undefined && this.target !== undefined) held.keep(current.pid, served);
    this.place.lookAround();
    if (from === "reloading") return;
    const [event, message] = from === "taking-over"
      ? ["taken-over", "Taken over: a successor serves the mount, which was there all along"]
      : ["mounted", this.target === undefined ? "Running" : "Mounted"];
    journal.log("info", event, message, {
      ...(this.target === undefined ? {} : { target: this.target.mounts.target }),
      ...(current === undefined ? {} : { pid: current.pid }),
      ...(unserved === undefined ? {} : { unserved_ms: Math.round(unserved) }),
    });
  }

  #perform(action: Action): void {
    const { journal } = this.#parts;
    switch (action.do) {
      case "clear":
        return this.#background(this.#clear());
      case "attend":
        return this.place.attend(action.neighbour);
      case "spawn":
        this.#plans.begin();
        this.#starts.spawn();
        return this.#oomKills.begin();
      case "take-over":
        return this.#background(this.#takeOver());
      case "forgo-takeovers":
        return this.#parts.held.refuse(action.reason);
      case "let-go":
        return this.#parts.held.end();
      case "roll-back":
        return this.#plans.rollBack(action.detail);
      case "adopt": {
        const { pid, kind } = action.heir;
        this.daemon.adopt(action.heir);
        journal.log("info", "adopted", "Adopted the process that carries on", { pid, kind });
        this.#plans.begin();
        return this.#background(this.#starts.settle());
      }
      case "seek":
        return this.#background(this.#starts.seek());
      case "hot-reload":
        this.#plans.begin();
        return this.daemon.handOver();
      case "stop":
        return this.#background(this.#stop(action.manner, action.leave));
      case "hurry":
        return this.#stops.hurry();
      case "arm":
        return this.#arm(action.timer);
      case "wait":
        return this.#timer.wait(action.restarts, () => this.take({ name: "retry-due" }));
      case "disarm":
        return this.#timer.disarm();
      case "validate":
        return this.#background(this.#validate());
      case "finish":
        return this.loop.finish(action.code);
      default:
        return journal.tell(action, this.loop.state.failures);
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
    const { plan } = this;
    const notReady = await this.#makeReady();
    // What was made ready for another plan may be another target.
    if (plan !== this.plan && this.loop.state.name === "clearing") return await this.#clear();
    this.take(notReady ?? { name: "cleared" });
  }

  /** @returns what keeps the target from being mounted on */
  async #makeReady(): Promise<NotReady | undefined> {
    if (this.loop.state.begun) await this.#stops.endLeftovers();
    await this.#plans.writeBack();
    return await this.place.moveTo(this.plan.mount, () => this.#stops.detach()) ??
      await this.#starts.clear();
  }

  async #takeOver(): Promise<void> {
    const lessons = this.#starts.teach();
    await this.#stops.endLeftovers();
    await this.#plans.writeBack();
    if (this.loop.state.name !== "taking-over") return;
    this.#plans.begin();
    await this.#starts.takeOver(lessons);
  }

  async #stop(manner: StopManner, leave: StopLeavings): Promise<void> {
    if (!await this.#stops.run(manner, leave)) return;
    const { last } = this.loop.state;
    this.take(last === undefined ? { name: "stopped" } : { name: "stopped", status: last });
  }

  async #validate(): Promise<void> {
    const { plan } = this;
    const verdict = await this.#parts.validator.ask(plan);
    // It may have been replaced meanwhile.
    if (verdict.kind !== "bad" || plan !== this.plan) return;
    this.take({ name: "config-rejected", message: verdict.message });
  }
}
