import { masterEndpoints } from "../plan/generate/masters.ts";
import type { Lesson } from "../ports/mounts.ts";
import type { Plan } from "../plan/plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { Door } from "../ports/takeover.ts";
import { SpawnError, type Stop, type World } from "../ports/world.ts";
import { awaitMaster } from "./await_master.ts";
import { clearTarget, type NotReady } from "./clear_target.ts";
import { doneWithin, pause } from "./clock_waits.ts";
import { type Daemon, seekHeir, settles } from "./daemon.ts";
import type { News } from "./event_loop.ts";
import type { HeldConnection } from "./held_connection.ts";
import type { Journal } from "./journal.ts";
import { letIn } from "./let_in.ts";
import { LEAST_PATIENCE_MS } from "./neighbour_watch.ts";
import type { State } from "./state.ts";
import type { TargetWatch } from "./target_watch.ts";

/** What {@link Starts} needs. */
export interface StartsParts {
  readonly world: World;
  readonly settings: SupervisorSettings;
  readonly journal: Journal;
  /** Our own environment; the plan's is set on top of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly daemon: Daemon;
  readonly held: HeldConnection;
  readonly plan: () => Plan;
  /** Absent for a server, which mounts nothing. */
  readonly target: () => TargetWatch | undefined;
  readonly state: () => State;
  readonly take: (news: News) => void;
}

/** A daemon that mounts nothing counts as started when it has lived for so long. */
const RUNNING_MS = 1000;

/** Callers that ask for what a successor does not know wait no longer than this when it serves. */
const LESSON_MS = 500;

/** A successor is looked at so often until it serves. */
const LOOK_MS = 100;

/** So many looks in a row at a successor that asks its own mount are no accident. */
const ASKING_LOOKS = 2;

/** A walk of the upper folders of a mount takes no longer than this. */
const WALK_MS = 10_000;

/** How daemons are begun, and how they prove that they serve. */
export class Starts {
  readonly #parts: StartsParts;
  /** Gives the target's folder back. */
  #release: Stop = () => {};

  constructor(parts: StartsParts) {
    this.#parts = parts;
  }

  /** Other clients may mount at the target again: it is mounted, or we are not about to do so. */
  release(): void {
    this.#release();
    this.#release = () => {};
  }

  /** Makes the target ready. @returns what keeps it from that */
  async clear(): Promise<NotReady | undefined> {
    this.release();
    const { world, settings, journal, plan, target, state } = this.#parts;
    const watch = target();
    if (watch === undefined) return undefined;
    const begun = plan();
    // Another configuration may name other masters, and another target.
    const wanted = (): boolean => state().name === "clearing" && plan() === begun;
    return await clearTarget(watch.mounts, {
      world,
      log: journal.log,
      askDeadline: Math.max(settings.probeTimeout, LEAST_PATIENCE_MS),
      awaitMaster: async () => {
        const masters = masterEndpoints(begun.config.toml);
        const { startTimeout } = settings;
        return await awaitMaster(masters, world, startTimeout, wanted);
      },
      wanted,
      patience: settings.startTimeout,
      reserved: (release) => wanted() ? this.#release = release : release(),
    });
  }

  /** A cold start. */
  spawn(): void {
    const { world, daemon, target, journal, take } = this.#parts;
    if (!this.#start(() => this.#begin())) return;
    const { current } = daemon;
    journal.log("info", "started", "Started the daemon", { pid: current?.pid ?? 0 });
    const watch = target();
    if (watch !== undefined) return watch.expect();
    world.clock.after(RUNNING_MS, () => {
      if (daemon.current === current) take({ name: "mounted" });
    });
  }

  /** Begins to teach whoever is about to take over. A child takes longer to begin than a successor. */
  teach(): readonly Lesson[] {
    const { world: { mounts }, held, target, state } = this.#parts;
    return (target()?.mounts.paths ?? []).map((path) =>
      mounts.teach(path, held.nodesFile(path), (node) => {
        if (state().name === "taking-over") held.release(path, node);
      })
    );
  }

  /**
   * A start with the connection of the daemon before. Tells when it serves, or cannot.
   *
   * @param lessons of {@link teach}
   */
  async takeOver(lessons: readonly Lesson[]): Promise<void> {
    const { world: { clock }, settings, daemon, held, journal, take } = this.#parts;
    const forgetting = held.forgetNames();
    if (forgetting === "ended") {
      return take({ name: "takeover-refused", message: "the mount's connection has ended" });
    }
    held.park(false);
    let door: Door | undefined;
    const started = this.#start(() => {
      const outcome = held.handOn((statePath) => this.#begin(statePath));
      if (outcome.ok) ({ door } = outcome.value);
      else take({ name: "takeover-refused", message: outcome.reason });
      return outcome.ok;
    });
    if (!started || door === undefined) return;
    const { current } = daemon;
    void current?.exited.then(() => door?.remove());
    journal.log("info", "started", "Started a successor for the mount", { pid: current?.pid ?? 0 });
    const wanted = (): boolean =>
      this.#parts.state().name === "taking-over" && daemon.current === current;
    void this.#lookForConfusion(wanted);
    const taught = await letIn({ clock, held, door, lessons, wanted });
    if (taught === undefined) return;
    const answers = Promise.all(taught.map(async ({ answered }) => {
      if (!await answered) throw new Error("no answer");
    }));
    const isProved = await doneWithin(clock, settings.probeTimeout, answers);
    if (!isProved && !await this.#serves(wanted)) return;
    // A large tree takes its time, and a caller may hold a lock of the kernel that the search needs.
    await doneWithin(clock, LESSON_MS, Promise.all(taught.map(({ over }) => over)));
    if (!wanted()) return;
    door.remove();
    take({ name: "healthy" });
    // Whoever was to teach them has not come to it.
    if (!isProved) await this.#teachNames();
  }

  /** An adopted process is to prove itself. */
  async settle(): Promise<void> {
    const { daemon, state, take } = this.#parts;
    const adopted = daemon.current;
    const wanted = (): boolean =>
      ["reloading", "taking-over"].includes(state().name) && daemon.current === adopted;
    if (!await this.#serves(wanted)) return;
    const isTakeover = state().name === "taking-over";
    take({ name: "healthy" });
    if (isTakeover) await this.#teachNames();
  }

  /** Looks for whoever carries on after a daemon that went. */
  async seek(): Promise<void> {
    const { world, daemon, state, take } = this.#parts;
    const found = await seekHeir(daemon, state().last ?? { code: 0 }, world, () => {
      const now = state();
      return now.name === "reloading" && now.phase === "seeking";
    });
    if (found === undefined) return;
    if ("heir" in found) take({ name: "heir-found", heir: found.heir });
    else take({ name: "heir-ended", status: found.fallen });
  }

  /**
   * A bind mount of a folder of the mount, as of a `subPath`, asks for it by a number that no name
   * leads to, and so does an old kernel for all that it knows. Of those that nobody asked for while
   * nobody served, the successor learns the upper ones (Takeover: Folders that are bound elsewhere).
   */
  async #teachNames(): Promise<void> {
    const { target, world: { mounts } } = this.#parts;
    const paths = target()?.mounts.paths ?? [];
    await Promise.all(paths.map((path) => mounts.walk(path, WALK_MS)));
  }

  #begin(statePath?: string): boolean {
    const { daemon, plan, env, journal } = this.#parts;
    journal.forgetOutput();
    daemon.start(plan(), env, statePath);
    return true;
  }

  /** @returns whether it was started; if not, that is told */
  #start(begin: () => boolean): boolean {
    try {
      return begin();
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      const { message, code } = error;
      const failure = { name: "spawn-failed", message } as const;
      this.#parts.take(code === undefined ? failure : { ...failure, code });
      return false;
    }
  }

  async #serves(wanted: () => boolean): Promise<boolean> {
    const { world, settings, target } = this.#parts;
    const watch = target();
    return watch === undefined
      ? wanted()
      : await settles(watch.mounts, settings.probeTimeout, world, wanted);
  }

  /**
   * A daemon that does not know how to take a connection over mounts as ever, and for that asks the
   * very mount whose requests nobody answers: it would wait until the limit.
   */
  async #lookForConfusion(wanted: () => boolean): Promise<void> {
    const { world: { clock, processes }, daemon, held } = this.#parts;
    let asking = 0;
    while (wanted() && asking < ASKING_LOOKS) {
      await pause(clock, LOOK_MS);
      const pid = daemon.current?.pid;
      asking = pid !== undefined && processes.waitsForFuse(pid) ? asking + 1 : 0;
    }
    if (!wanted()) return;
    held.refuse(
      "the daemon asks the mount instead of taking it over; does this version know how to?",
    );
    daemon.signal("SIGKILL");
  }
}
