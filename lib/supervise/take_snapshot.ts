import type { Snapshot } from "../observe/snapshot.ts";
import type { ConfigChanges } from "./config_changes.ts";
import type { HeldConnection } from "./held_connection.ts";
import type { Journal } from "./journal.ts";
import type { Keeper } from "./keeper.ts";
import type { World } from "../ports/world.ts";

/** What a snapshot is taken of. */
export interface SnapshotParts {
  readonly version: string;
  readonly world: World;
  /** Since when it has been running, by the clock. */
  readonly begun: number;
  readonly keeper: Keeper;
  readonly held: HeldConnection;
  readonly journal: Journal;
  readonly changes: ConfigChanges;
}

/** Everything that health, status and metrics tell. */
export function takeSnapshot(parts: SnapshotParts): Snapshot {
  const { world, journal, changes, keeper, held } = parts;
  const { daemon, target, serving: { hang }, loop: { state, since } } = keeper;
  const now = world.clock.now();
  const reason = whyNotReady(keeper);
  const serving = state.name === "mounted" || state.name === "reloading";
  return {
    version: parts.version,
    state: state.name,
    stateFor: now - since,
    upFor: now - parts.begun,
    target: target?.plan.target,
    pid: daemon.current?.pid,
    mounted: serving && target?.state !== "gone",
    ready: reason === undefined,
    reason,
    restarts: journal.restarts,
    takeovers: journal.takeovers,
    noTakeover: target === undefined ? undefined : held.whyNot,
    unserved: journal.unserved,
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
    lastLines: journal.lastLines(),
  };
}

function whyNotReady(keeper: Keeper): string | undefined {
  const { loop: { state }, serving: { hang }, place: { target, neighbour, reach } } = keeper;
  if (state.name === "standing-by") {
    return neighbour?.answers === true
      ? undefined
      : "another client serves the target, and does not answer";
  }
  if (state.name !== "mounted") return state.name;
  if (hang?.suspicious === true) return "the mount does not answer";
  return target?.state === "covered" ? "somebody mounted over the target" : reach.problem;
}
