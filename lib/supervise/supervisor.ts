import { ExitCode } from "../ports/exit_code.ts";
import type { Plan } from "../plan/plan.ts";
import { claimTarget } from "./claim_target.ts";
import { ConfigChanges } from "./config_changes.ts";
import { ConfigWatch } from "./config_watch.ts";
import { respond } from "./control_endpoints.ts";
import { ControlServer } from "./control_server.ts";
import { describeError } from "../text/describe_error.ts";
import { Journal } from "./journal.ts";
import { Keeper } from "./keeper.ts";
import { openControl } from "./open_control.ts";
import { CONTROL_SOCKET } from "../plan/run_folders.ts";
import type { Signals } from "../ports/signals.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { FirstStart } from "./first_start.ts";
import { takeSnapshot } from "./take_snapshot.ts";
import { validateConfig, type Verdict } from "./validate_config.ts";
import type { FuseConnections, Stop, World } from "../ports/world.ts";

/** What a {@link Supervisor} needs beside the plan. */
export interface SuperviseOptions {
  readonly world: World;
  readonly signals: Pick<Signals, "takeOver">;
  readonly settings: SupervisorSettings;
  /** Our own environment; the plan's is set on top of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  /** Writes the plan's configuration file, atomically. @throws when the disk does not allow it */
  readonly writeConfig: (plan: Plan) => void | Promise<void>;
  /** Generates again from the files as they are now. @throws {ConfigError} when they are bad */
  readonly regenerate: () => Plan | Promise<Plan>;
  /** The runtime config that is watched; absent when there is none. */
  readonly watchedFile?: string;
  /** What was done ahead; absent: nothing. */
  readonly first?: FirstStart;
}

/** The daemon's start goes before all else; a target that takes long to clear does not. */
const SETUP_WAIT_MS = 50;

/** Our last lines, and clients that waited for our end. */
const FLUSH_MS = 500;
const LAST_CLIENTS_MS = 1000;

/** The supervisor as the outside sees it: signals, the control socket, the configuration. */
export class Supervisor {
  readonly #world: World;
  readonly #options: SuperviseOptions;
  readonly #journal: Journal;
  readonly #changes: ConfigChanges;
  readonly #keeper: Keeper;
  readonly #server: ControlServer;
  readonly #begun: number;
  readonly #waiters: (() => void)[] = [];
  readonly #stops: Stop[] = [];
  #folder: string | undefined;
  #ownsSocket = false;
  /** Absent until the run folder is known, in which fusectl may have to be mounted. */
  #connections: FuseConnections | undefined;
  #validation: Promise<unknown> = Promise.resolve();

  constructor(plan: Plan, options: SuperviseOptions) {
    const { world, settings, env } = options;
    this.#world = world;
    this.#options = options;
    this.#begun = world.clock.now();
    this.#journal = new Journal(world, settings);
    this.#changes = new ConfigChanges(plan, {
      log: this.#journal.log,
      regenerate: options.regenerate,
      validate: (candidate) => this.#validate(candidate),
      write: options.writeConfig,
      changed: (_, same) => {
        const hot = same && this.#keeper.canHandOver();
        this.#keeper.take({ name: "reload", reason: "config", hot });
      },
    });
    this.#keeper = new Keeper({
      world,
      settings,
      env,
      journal: this.#journal,
      plan: () => this.#changes.plan,
      validate: (candidate) => this.#validate(candidate),
      connections: {
        waiting: (minor) => this.#connections?.waiting(minor),
        abort: (minor) => this.#connections?.abort(minor) ?? false,
        close: () => Promise.resolve(),
      },
      first: options.first?.daemon,
    });
    this.#server = new ControlServer((request, near) =>
      respond(request, near, {
        snapshot: () => this.#snapshot(),
        stop: (by) => this.#stopAndWait(by),
        reload: () => this.lookAtConfig(),
        announce: (target) => this.#announce(target),
      }), world.clock);
  }

  /** @returns the exit code, once all is over @throws what broke the machinery itself */
  async run(): Promise<number> {
    const world = this.#world;
    const { settings, env, first } = this.#options;
    const { log } = this.#journal;
    const { folder, rival, told } = first ??
      claimTarget(this.#keeper.plan, world, settings, env);
    this.#folder = folder;
    for (const call of told) log(...call);
    if (rival !== undefined) {
      log("error", "locked", rival);
      await this.#close();
      return ExitCode.TryAgain;
    }
    this.#connections = world.connections(folder);
    // The daemon first; everything else can wait for the milliseconds that it needs.
    await this.#inTime(this.#keeper.begin(), SETUP_WAIT_MS);
    if (!world.becomeSubreaper() && world.pid !== 1) {
      log("warn", "no-subreaper", "Cannot adopt orphans: a hot reload will end in a restart");
    }
    this.#stops.push(world.watchMounts(() => this.#keeper.target?.stir()));
    // What was mounted before the kernel was asked to tell.
    this.#keeper.target?.stir();
    this.#watchConfig();
    this.#ownsSocket = await openControl(this.#server, folder, world, settings, log);
    const code = await this.#keeper.loop.over;
    for (const done of this.#waiters) done();
    await this.#close();
    return code;
  }

  /** TERM, INT, QUIT or `POST /stop`. */
  stop(by: string): void {
    this.#keeper.take({ name: "stop", by });
  }

  /** HUP or `POST /reload`. */
  lookAtConfig(): void {
    this.#changes.look().catch((error: unknown) => this.fault(error));
  }

  /** USR1. */
  reload(): void {
    // The mount may be there already, and the kernel's word of it still on its way.
    if (this.#keeper.loop.state.name === "starting") this.#keeper.target?.look();
    this.#keeper.take({ name: "reload", reason: "signal", hot: this.#keeper.canHandOver() });
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

  #snapshot(): ReturnType<typeof takeSnapshot> {
    const { loop, plan, daemon, target, hang } = this.#keeper;
    return takeSnapshot({
      version: this.#options.version,
      world: this.#world,
      state: loop.state,
      stateSince: loop.since,
      begun: this.#begun,
      path: plan.mount?.target,
      daemon,
      target,
      hang,
      journal: this.#journal,
      changes: this.#changes,
    });
  }

  async #stopAndWait(by: string): Promise<void> {
    await new Promise<void>((done) => {
      this.#waiters.push(done);
      this.stop(by);
    });
  }

  #announce(target: string | undefined): boolean {
    const { plan, target: watch } = this.#keeper;
    if (target !== undefined && ![plan.mount?.target, watch?.mounts.target].includes(target)) {
      return false;
    }
    this.#keeper.take({ name: "announced" });
    return true;
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

  async #inTime(work: Promise<void>, milliseconds: number): Promise<void> {
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
    if (this.#ownsSocket) this.#world.files.remove(`${this.#folder}/${CONTROL_SOCKET}`);
    await this.#connections?.close();
    await this.#world.output.flush(FLUSH_MS);
  }
}
