import type { CliResult, CurvineCli } from "./curvine_cli.ts";
import { LoadQueue } from "./load_queue.ts";
import { type LoadPath, type LoadSource, resolveLoadPath } from "../plan/fluid/load_paths.ts";
import {
  describeProgress,
  isCompleted,
  isTerminal,
  type LoadProgress,
  NO_PROGRESS,
  takeLoadLine,
} from "./load_progress.ts";
import { type MountRow, writeTypeOf } from "./mount_table.ts";

/** What a load needs of the world. */
export interface LoadPorts {
  /** Curvine's cli, with a configuration that asks for that many copies. */
  withCli<Result>(replicas: number, use: (cli: CurvineCli) => Promise<Result>): Promise<Result>;
  /** Progress and messages, for people. */
  say(message: string): void;
  /** A result: one line for a path. */
  report(line: string): void;
  /** Aborted when the job is to end. */
  readonly signal: AbortSignal;
}

/** What is to be loaded. */
export interface LoadPlan {
  readonly paths: readonly LoadPath[];
  /** Fluid asks for the mounts' metadata to be brought up to date first. */
  readonly metadata: boolean;
  /** Somebody has asked for `mount resync` by name, though it may delete objects of the UFS. */
  readonly resync: boolean;
  readonly rows: readonly MountRow[];
  /** How many loads may run at the same time. */
  readonly atOnce: number;
  /** Paths of the dataset's `curvine://` mounts, where they are known. */
  readonly native: readonly string[];
}

/** A watcher that has shown the end should exit by itself within this. */
const EXIT_MS = 5_000;
/** Cancelling must not use up the time that a pod has to stop. */
const CANCEL_MS = 5_000;

/**
 * Loads every path, several at once; a path that fails does not keep the others from being tried.
 * Only `Completed` counts: the cli exits with 0 whatever became of the job. Results come in the
 * order of the paths.
 *
 * @returns how many paths failed
 */
export async function dataLoad(plan: LoadPlan, ports: LoadPorts): Promise<number> {
  const queue = new LoadQueue(plan.atOnce);
  const synced = new Map<string, Promise<void>>();
  const loads = plan.paths.map((path) => loadPath(path, queue, synced, plan, ports));
  // Whatever one of them throws, the others are waited for: each has a child to end.
  const settled = Promise.allSettled(loads);
  let failed = 0;
  try {
    for (const [index, load] of loads.entries()) {
      const { ok, text } = await load;
      if (!ok) failed++;
      ports.report(`${ok ? "done" : "FAILED"} ${plan.paths[index]?.path}: ${text}`);
    }
  } finally {
    await settled;
  }
  return failed;
}

interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

async function loadPath(
  { path, replicas }: LoadPath,
  queue: LoadQueue,
  synced: Map<string, Promise<void>>,
  plan: LoadPlan,
  ports: LoadPorts,
): Promise<Outcome> {
  const resolved = resolveLoadPath(path, plan.rows, plan.native);
  if (resolved.kind === "unknown") return { ok: false, text: resolved.reason };
  if (resolved.kind === "native") {
    return { ok: true, text: "it lies in Curvine itself; nothing to load" };
  }
  const outcomes = await Promise.all(
    resolved.sources.map((source) =>
      queue.run(source.source, async (begun): Promise<Outcome> => {
        if (ports.signal.aborted) return { ok: false, text: "cancelled" };
        return await ports.withCli(replicas, async (cli) => {
          await syncOnce(source, cli, synced, plan, ports);
          return await loadSource(path, source, cli, ports, begun);
        });
      })
    ),
  );
  return {
    ok: outcomes.every((one) => one.ok),
    text: outcomes.map((one) => one.text).join("; "),
  };
}

/** A mount's metadata is brought up to date once, before anything of it is loaded. */
async function syncOnce(
  source: LoadSource,
  cli: CurvineCli,
  synced: Map<string, Promise<void>>,
  plan: LoadPlan,
  ports: LoadPorts,
): Promise<void> {
  let done = synced.get(source.mount);
  if (done === undefined) {
    done = syncMetadata(source, cli, plan, ports);
    synced.set(source.mount, done);
  }
  await done;
}

/**
 * Only `fs_mode` keeps metadata of its own that can be behind: a `cache_mode` mount asks the UFS.
 * What brings it up to date deletes objects that changed since, and reading a file through Curvine
 * changes it; so nobody gets that who did not ask for it by name.
 *
 * Source: Curvine, What a mount does to the UFS.
 */
async function syncMetadata(
  { mount }: LoadSource,
  cli: CurvineCli,
  plan: LoadPlan,
  ports: LoadPorts,
): Promise<void> {
  const row = plan.rows.find(({ path }) => path === mount);
  if (row === undefined || writeTypeOf(row) !== "fs_mode") return;
  ports.say(`WARNING: ${mount} is fs_mode: what is loaded is written to the UFS once more`);
  if (!plan.metadata) return;
  if (!plan.resync) {
    ports.say(
      `The metadata of ${mount} is left as it is: "mount resync" may delete objects of the UFS ` +
        "(--resync or CURVINE_FLUID_DATA_LOAD_RESYNC=true asks for it by name)",
    );
    return;
  }
  ports.say(`Bringing the metadata of ${mount} up to date; this may delete objects of the UFS`);
  const result = await cli.run(["mount", "resync", mount], { signal: ports.signal });
  if (!result.ok) ports.say(`The metadata of ${mount} is as old as before: ${result.reason}`);
}

async function loadSource(
  path: string,
  { source }: LoadSource,
  cli: CurvineCli,
  ports: LoadPorts,
  begun: () => void,
): Promise<Outcome> {
  ports.say(`Loading ${path} from ${source}`);
  let progress: LoadProgress = NO_PROGRESS;
  let shown = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overdue = new AbortController();
  const stop = (): void => overdue.abort();
  ports.signal.addEventListener("abort", stop);
  if (ports.signal.aborted) stop();
  let result: CliResult;
  try {
    result = await cli.run(["load", source, "--watch"], {
      signal: overdue.signal,
      onLine: (line, stream) => {
        if (stream === "stderr") {
          if (line.trim() !== "") ports.say(`curvine-cli: ${line.trim()}`);
          return;
        }
        progress = takeLoadLine(progress, line);
        if (progress.job !== undefined) begun();
        const text = describeProgress(progress);
        if (text !== shown && text !== "") ports.say(`${path}: ${text}`);
        shown = text;
        // Some versions watch on for ever when a part of the files failed.
        if (isTerminal(progress)) timer ??= setTimeout(stop, EXIT_MS);
      },
    });
  } finally {
    clearTimeout(timer);
    ports.signal.removeEventListener("abort", stop);
  }
  if (ports.signal.aborted && !isTerminal(progress)) {
    await cancel(progress, cli, ports);
    return { ok: false, text: `${source} cancelled` };
  }
  return judge(source, progress, result);
}

function judge(source: string, progress: LoadProgress, result: CliResult): Outcome {
  const overdue = result.stopped === "signal" && isTerminal(progress);
  if (isCompleted(progress) && (result.ok || overdue)) {
    return { ok: true, text: `${source} ${describeProgress(progress)}` };
  }
  const state = progress.state === undefined
    ? "was not accepted"
    : `ended ${describeProgress(progress)}`;
  const why = progress.message || (result.ok || overdue ? "" : result.reason);
  return { ok: false, text: `${source} ${state}${why === "" ? "" : `: ${why}`}` };
}

/** The cli only watches: the job itself runs in Curvine until it is told to end. */
async function cancel({ job }: LoadProgress, cli: CurvineCli, ports: LoadPorts): Promise<void> {
  if (job === undefined) return;
  ports.say(`Cancelling job ${job}`);
  const result = await cli.run(["cancel-load", job], { limitMs: CANCEL_MS });
  if (!result.ok) ports.say(`Cannot cancel job ${job}: ${result.reason}`);
}
