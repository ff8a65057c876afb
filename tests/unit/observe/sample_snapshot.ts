import type { Snapshot } from "../../../lib/observe/snapshot.ts";

/** A supervisor that is well. */
export const SNAPSHOT: Snapshot = {
  version: "1.2.3",
  state: "mounted",
  stateFor: 61_500,
  upFor: 65_000,
  target: "/m",
  pid: 42,
  mounted: true,
  ready: true,
  reason: undefined,
  restarts: { signal: 2, exit: 0 },
  takeovers: { signal: 1 },
  noTakeover: undefined,
  unserved: 52.5,
  lastRestart: "the daemon was killed by SIGKILL",
  lastRemount: 21.5,
  failures: 0,
  waiting: 3,
  reaped: 7,
  generation: 2,
  reloads: { hot: 1, rejected: 4 },
  configProblem: undefined,
  droppedBytes: 0,
  lastErrors: [],
  lastLines: [],
};
