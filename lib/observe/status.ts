import type { Snapshot } from "./snapshot.ts";

/** What `GET /status` and `status --json` give. Times are seconds; absent values are `null`. */
export interface Status {
  readonly version: string;
  readonly state: string;
  readonly state_seconds: number;
  readonly uptime_seconds: number;
  readonly target: string | null;
  readonly pid: number | null;
  readonly mounted: boolean;
  readonly ready: boolean;
  readonly reason: string | null;
  readonly restarts: Readonly<Record<string, number>>;
  readonly restarts_total: number;
  /** How many of the restarts kept the mount. */
  readonly takeovers_total: number;
  /** Whether the daemon's death would leave the mount as it is. */
  readonly takeover_possible: boolean;
  /** Why it would not. */
  readonly takeover_problem: string | null;
  readonly last_restart: string | null;
  readonly last_remount_seconds: number | null;
  /** How long nobody served, all restarts together. */
  readonly unserved_seconds_total: number;
  readonly failures: number;
  readonly requests_waiting: number | null;
  readonly orphans_reaped: number;
  readonly config_generation: number;
  readonly config_problem: string | null;
  readonly reloads: Readonly<Record<string, number>>;
  readonly output_dropped_bytes: number;
  /** The newest warnings and errors, the oldest of them first. */
  readonly last_errors: Snapshot["lastErrors"];
  /** What the daemon said last, the oldest line first. */
  readonly daemon_last_lines: readonly string[];
}

/** A snapshot as the JSON that programs read. */
export function statusOf(snapshot: Snapshot): Status {
  return {
    version: snapshot.version,
    state: snapshot.state,
    state_seconds: seconds(snapshot.stateFor),
    uptime_seconds: seconds(snapshot.upFor),
    target: snapshot.target ?? null,
    pid: snapshot.pid ?? null,
    mounted: snapshot.mounted,
    ready: snapshot.ready,
    reason: snapshot.reason ?? null,
    restarts: snapshot.restarts,
    restarts_total: sum(snapshot.restarts),
    takeovers_total: sum(snapshot.takeovers),
    takeover_possible: snapshot.target !== undefined && snapshot.noTakeover === undefined,
    takeover_problem: snapshot.noTakeover ?? null,
    last_restart: snapshot.lastRestart ?? null,
    last_remount_seconds: snapshot.lastRemount === undefined ? null : seconds(snapshot.lastRemount),
    unserved_seconds_total: seconds(snapshot.unserved),
    failures: snapshot.failures,
    requests_waiting: snapshot.waiting ?? null,
    orphans_reaped: snapshot.reaped,
    config_generation: snapshot.generation,
    config_problem: snapshot.configProblem ?? null,
    reloads: snapshot.reloads,
    output_dropped_bytes: snapshot.droppedBytes,
    last_errors: snapshot.lastErrors,
    daemon_last_lines: snapshot.lastLines,
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
