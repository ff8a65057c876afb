import type { Snapshot } from "../observe/snapshot.ts";
import { tidyPath } from "../mount/mount_path.ts";
import type { CaughtSignal } from "../ports/signals.ts";
import type { World } from "../ports/world.ts";
import { chooseRunFolder } from "./claim_target.ts";
import { ConfigWatch } from "./config_watch.ts";
import { respond } from "./control_endpoints.ts";
import { ControlServer, openControl } from "./control_server.ts";
import { Journal } from "./journal.ts";
import type { SuperviseOptions } from "./supervisor.ts";

/** What came of generating once more: what to go on with, or why that cannot be yet. */
export type Another<Result> = { readonly ready: Result } | { readonly reason: string };

/** What {@link waitForMount} needs. */
export interface WaitOptions<Result>
  extends Pick<SuperviseOptions, "world" | "signals" | "settings" | "env" | "version"> {
  /** The runtime config, with the text that has no mount. */
  readonly file: { readonly path: string; readonly text: string | undefined };
  /** Where the mount will be, where that is known. */
  readonly target: string | undefined;
  /** Why there is nothing to mount yet, for people. */
  readonly reason: string;
  /** Generates from the files as they are now. */
  readonly again: () => Another<Result>;
}

/** Our last lines, and clients that wait for our end. */
const FLUSH_MS = 500;
const LAST_CLIENTS_MS = 1000;

/**
 * Waits until the Dataset has its first mount. Fluid starts the clients of a Dataset without mounts
 * like any other's and adds the mounts later: to end until then would be a restart loop that grows
 * slower than its cause. Live, and not ready; whoever asks for the end gets it at once.
 *
 * @returns what to go on with; `undefined` when somebody asked for the end
 */
export async function waitForMount<Result>(
  options: WaitOptions<Result>,
): Promise<Result | undefined> {
  const { world, settings, env, file, version } = options;
  const journal = new Journal(world, settings);
  const { log } = journal;
  const begun = world.clock.now();
  let { reason } = options;
  let end: (result: Result | undefined) => void = () => {};
  const ended = new Promise<Result | undefined>((done) => end = done);
  const look = (): void => {
    const found = options.again();
    if ("ready" in found) return end(found.ready);
    if (found.reason !== reason) log("warn", "waiting", `Still waiting: ${found.reason}`);
    ({ reason } = found);
  };
  const stop = (by: string): void => {
    log("info", "stopping", `Stopping before there was a mount: ${by}`);
    end(undefined);
  };
  options.signals.takeOver((signal: CaughtSignal) => {
    if (signal === "SIGHUP") look();
    else if (!signal.startsWith("SIGUSR")) stop(signal);
  });
  const server = new ControlServer((request, near) =>
    respond(request, near, {
      snapshot: () => snapshotOf(world, journal, { begun, version, reason, options }),
      stop: (by) => Promise.resolve(stop(by)),
      reload: look,
      announce: (target) => {
        const ours = target === undefined ||
          options.target !== undefined && target === tidyPath(options.target);
        if (ours) stop("an unmount");
        return ours;
      },
    }), world.clock);
  log("info", "waiting", `Waiting for the Dataset's first mount: ${reason}`);
  const folder = chooseRunFolder(world, env, settings, log);
  const socket = await openControl(server, folder, world, settings, log);
  const watch = new ConfigWatch(file.path, file.text, {
    clock: world.clock,
    watchFolder: world.watchFolder,
    read: world.files.read,
    changed: look,
  });
  try {
    return await ended;
  } finally {
    watch.close();
    if (socket !== undefined) world.files.remove(socket);
    await server.close(LAST_CLIENTS_MS);
    await world.output.flush(FLUSH_MS);
  }
}

/** What health, status and metrics tell of somebody who waits. */
function snapshotOf<Result>(
  world: World,
  journal: Journal,
  { begun, version, reason, options }: {
    readonly begun: number;
    readonly version: string;
    readonly reason: string;
    readonly options: WaitOptions<Result>;
  },
): Snapshot {
  const upFor = world.clock.now() - begun;
  return {
    version,
    state: "waiting",
    stateFor: upFor,
    upFor,
    target: options.target,
    pid: undefined,
    mounted: false,
    ready: false,
    reason: `waiting for the first mount: ${reason}`,
    restarts: journal.restarts,
    takeovers: journal.takeovers,
    noTakeover: undefined,
    unserved: journal.unserved,
    lastRestart: undefined,
    lastRemount: undefined,
    failures: 0,
    waiting: undefined,
    reaped: world.processes.reaped(),
    generation: 0,
    reloads: journal.reloads,
    configProblem: undefined,
    droppedBytes: world.output.dropped(),
    lastErrors: [...journal.lastErrors],
    lastLines: [],
  };
}
