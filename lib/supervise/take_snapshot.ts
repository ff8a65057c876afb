import type { Snapshot } from "../observe/snapshot.ts";
import type { ConfigChanges } from "./config_changes.ts";
import type { Daemon } from "./daemon.ts";
import type { HangMonitor } from "./hang_monitor.ts";
import type { Journal } from "./journal.ts";
import type { State } from "./state.ts";
import type { TargetWatch } from "./target_watch.ts";
import type { World } from "../ports/world.ts";

/** What a snapshot is taken of. */
export interface SnapshotParts {
  readonly version: string;
  readonly world: World;
  readonly state: State;
  /** Since when it has been in this state, and running at all; by the clock. */
  readonly stateSince: number;
  readonly begun: number;
  /** The plan's target, as it was written. */
  readonly path: string | undefined;
  readonly daemon: Daemon;
  readonly target: TargetWatch | undefined;
  readonly hang: HangMonitor | undefined;
  readonly journal: Journal;
  readonly changes: ConfigChanges;
}

/** Everything that health, status and metrics tell. */
export function takeSnapshot(parts: SnapshotParts): Snapshot {
  const { world, state, daemon, target, hang, journal, changes } = parts;
  const now = world.clock.now();
  const reason = whyNotReady(parts);
  const serving = state.name === "mounted" || state.name === "reloading";
  return {
    version: parts.version,
    state: state.name,
    stateFor: now - parts.stateSince,
    upFor: now - parts.begun,
    target: parts.path,
    pid: daemon.current?.pid,
    mounted: serving && target?.state !== "gone",
    ready: reason === undefined,
    reason,
    restarts: journal.restarts,
    lastRestart: journal.lastRestart,
    lastRemount: journal.lastRemount,
    failures: state.failures,
    waiting: hang?.waiting,
    reaped: world.processes.reaped(),
    generation: changes.generation,
    reloads: { ...journal.reloads, ...changes.counts },
    configProblem: changes.problem,
    droppedBytes: world.output.dropped(),
    lastErrors: [...journal.lastErrors],
  };
}

function whyNotReady({ state, target, hang }: SnapshotParts): string | undefined {
  if (state.name !== "mounted") return state.name;
  if (hang?.suspicious === true) return "the mount does not answer";
  return target?.state === "covered" ? "somebody mounted over the target" : undefined;
}
