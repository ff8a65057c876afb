import type { Plan } from "../plan/plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { CaughtSignal, Signals } from "../ports/signals.ts";
import type { FuseConnections, Stop, World } from "../ports/world.ts";
import { describeError } from "../text/describe_error.ts";
import { claimTarget } from "./claim_target.ts";
import { ConfigChanges, type ConfigSource } from "./config_changes.ts";
import { ConfigWatch } from "./config_watch.ts";
import { respond } from "./control_endpoints.ts";
import { ControlServer, openControl } from "./control_server.ts";
import { HeldConnection } from "./held_connection.ts";
import { Journal } from "./journal.ts";
import { Keeper } from "./keeper.ts";
import { takeSnapshot } from "./take_snapshot.ts";
import { ConfigValidator } from "./validate_config.ts";

/** What {@link supervise} needs beside the plan. */
export interface SuperviseOptions {
  readonly world: World;
  readonly signals: Pick<Signals, "takeOver">;
  readonly settings: SupervisorSettings;
  /** Our own environment; the plan's is set on top of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  /** Takes secrets out of what the daemon said, for status and last words; absent: there are none. */
  readonly redact?: (text: string) => string;
  readonly source: ConfigSource;
}

/**
 * Starts the plan's daemon and keeps its mount alive, until somebody asks for the end or nothing
 * helps any more. The plan's configuration file is written already.
 *
 * @returns what to exit with: 0 after a stop that was asked for, else what DESIGN says; the last
 *   words are written by then
 */
export async function supervise(plan: Plan, options: SuperviseOptions): Promise<number> {
  const { world, settings, env } = options;
  const journal = new Journal(world, settings, options.redact);
  let supervisor: Supervisor;
  try {
    const folder = claimTarget(plan, world, settings, env, journal.log);
    supervisor = new Supervisor(plan, options, journal, folder);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    journal.log("error", "not-supervised", error.message);
    journal.lastWords(error.message);
    await world.output.flush(FLUSH_MS);
    return error.exitCode;
  }
  options.signals.takeOver((signal) => supervisor.hear(signal));
  const unwatch = world.watchFaults((error) => supervisor.fault(error));
  try {
    return await supervisor.run();
  } catch (error) {
    await supervisor.emergency(error);
    return ExitCode.Software;
  } finally {
    unwatch();
  }
}

/** The daemon's start goes before all else; a target that takes long to clear does not. */
const SETUP_WAIT_MS = 50;
/** Microtasks that clearing takes where there is nothing to clear, and more. */
const TURNS = 64;

/** Our last lines, and clients that waited for our end. */
const FLUSH_MS = 500;
const LAST_CLIENTS_MS = 1000;

/** The supervisor as the outside sees it: signals, the control socket, the configuration. */
class Supervisor {
  readonly #world: World;
  readonly #options: SuperviseOptions;
  readonly #journal: Journal;
  readonly #folder: string | undefined;
  readonly #connections: FuseConnections;
  readonly #held: HeldConnection;
  readonly #keeper: Keeper;
  readonly #changes: ConfigChanges;
  readonly #server: ControlServer;
  readonly #begun: number;
  readonly #waiters: (() => void)[] = [];
  readonly #stops: Stop[] = [];

  /** @param folder the run folder, where there is one */
  constructor(
    plan: Plan,
    options: SuperviseOptions,
    journal: Journal,
    folder: string | undefined,
  ) {
    const { world, settings, env, source } = options;
    this.#world = world;
    this.#options = options;
    this.#journal = journal;
    this.#folder = folder;
    this.#begun = world.clock.now();
    this.#connections = world.connections(folder);
    const validator = new ConfigValidator({
      world,
      env,
      folder,
      write: (candidate) => source.write(candidate),
    });
    const { log } = journal;
    const connections = this.#connections;
    this.#held = new HeldConnection({ world, connections, log, folder });
    this.#keeper = new Keeper(plan, {
      world,
      settings,
      env,
      journal,
      validator,
      connections,
      held: this.#held,
      folder,
      write: (served) => source.write(served),
      rolledBack: (bad, detail) => this.#changes.rolledBack(bad, detail),
    });
    this.#changes = new ConfigChanges({
      log,
      source,
      validate: (candidate) => validator.ask(candidate),
      current: () => this.#keeper.plan,
      apply: (changed) => this.#keeper.apply(changed),
    });
    this.#server = new ControlServer((request, near) =>
      respond(request, near, {
        snapshot: () => this.#snapshot(),
        stop: (by) => this.#stopAndWait(by),
        reload: () => this.#lookAtConfig(),
        announce: (target) => this.#keeper.announce(target),
      }), world.clock);
  }

  /** @returns the exit code, once all is over @throws what broke the machinery itself */
  async run(): Promise<number> {
    const world = this.#world;
    const { settings } = this.#options;
    const { log } = this.#journal;
    if (!world.becomeSubreaper() && world.pid !== 1) {
      log("warn", "no-subreaper", "Cannot adopt orphans: a hot reload will end in a restart");
    }
    // The daemon first; everything else can wait for the milliseconds that it needs.
    await this.#inTime(this.#keeper.begin(), SETUP_WAIT_MS);
    this.#stops.push(world.watchMounts(() => this.#keeper.place.stir()));
    // What was mounted before the kernel was asked to tell.
    this.#keeper.place.stir();
    this.#watchConfig();
    const socket = await openControl(this.#server, this.#folder, world, settings, log);
    if (socket !== undefined) this.#stops.push(() => world.files.remove(socket));
    const code = await this.#keeper.loop.over;
    for (const done of this.#waiters) done();
    await this.#close();
    return code;
  }

  /** A signal means what DESIGN says. */
  hear(signal: CaughtSignal): void {
    switch (signal) {
      case "SIGTERM":
      case "SIGINT":
      case "SIGQUIT":
        return this.#keeper.take({ name: "stop", by: signal });
      case "SIGHUP":
        return this.#lookAtConfig();
      case "SIGUSR1":
        return this.#keeper.reload();
      case "SIGUSR2":
        // Nothing: but the default would be our death.
        return;
    }
  }

  /** An error that nothing caught. */
  fault(error: unknown): void {
    this.#keeper.take({ name: "fault", message: describeError(error) });
  }

  /** The machinery itself failed: whatever can be done without it. */
  async emergency(error: unknown): Promise<void> {
    const message = describeError(error);
    this.#journal.log("error", "fault", `An error of our own, stopping at once: ${message}`);
    this.#journal.lastWords(`an error of our own: ${message}`);
    try {
      await this.#keeper.emergency();
    } finally {
      await this.#close();
    }
  }

  /** HUP, `POST /reload`, or the file changed. */
  #lookAtConfig(): void {
    this.#changes.look().catch((error: unknown) => this.fault(error));
  }

  #snapshot(): ReturnType<typeof takeSnapshot> {
    return takeSnapshot({
      version: this.#options.version,
      world: this.#world,
      begun: this.#begun,
      keeper: this.#keeper,
      held: this.#held,
      journal: this.#journal,
      changes: this.#changes,
    });
  }

  async #stopAndWait(by: string): Promise<void> {
    await new Promise<void>((done) => {
      this.#waiters.push(done);
      this.#keeper.take({ name: "stop", by });
    });
  }

  #watchConfig(): void {
    const { settings, source } = this.#options;
    if (source.file === undefined || !settings.watchConfig) return;
    const { clock, files, watchFolder } = this.#world;
    const { path, text } = source.file;
    const watch = new ConfigWatch(path, text, {
      clock,
      watchFolder,
      read: files.read,
      changed: () => this.#lookAtConfig(),
    });
    this.#stops.push(() => watch.close());
  }

  async #inTime(work: Promise<void>, milliseconds: number): Promise<void> {
    let isDone = false;
    void work.then(() => isDone = true);
    // A process's first timer takes a quarter of a millisecond: as a rule there is nothing to wait for.
    for (let turn = 0; turn < TURNS && !isDone; turn++) await undefined;
    if (isDone) return;
    await new Promise<void>((done) => {
      const cancel = this.#world.clock.after(milliseconds, done);
      void work.then(() => {
        cancel();
        done();
      });
    });
  }

  /** Whatever happens, we end: nothing here may keep us for long. */
  async #close(): Promise<void> {
    this.#keeper.close();
    for (const stop of this.#stops.splice(0)) stop();
    await this.#server.close(LAST_CLIENTS_MS);
    await this.#connections.close();
    await this.#world.output.flush(FLUSH_MS);
  }
}
