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
  readonly last_restart: string | null;
  readonly last_remount_seconds: number | null;
  readonly failures: number;
  readonly requests_waiting: number | null;
  readonly orphans_reaped: number;
  readonly config_generation: number;
  readonly config_problem: string | null;
  readonly reloads: Readonly<Record<string, number>>;
  readonly output_dropped_bytes: number;
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
    restarts_total: Object.values(snapshot.restarts).reduce((sum, count) => sum + count, 0),
    last_restart: snapshot.lastRestart ?? null,
    last_remount_seconds: snapshot.lastRemount === undefined ? null : seconds(snapshot.lastRemount),
    failures: snapshot.failures,
    requests_waiting: snapshot.waiting ?? null,
    orphans_reaped: snapshot.reaped,
    config_generation: snapshot.generation,
    config_problem: snapshot.configProblem ?? null,
    reloads: snapshot.reloads,
    output_dropped_bytes: snapshot.droppedBytes,
  };
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

/** The status for a person's eyes, from the JSON that the supervisor gave. */
export function statusText(status: Status): string {
  const rows: [string, string | null][] = [
    ["state", `${status.state} for ${status.state_seconds} s`],
    ["target", status.target],
    ["daemon", status.pid === null ? "not running" : `process ${status.pid}`],
    ["ready", status.ready ? "yes" : `no: ${status.reason ?? "not mounted"}`],
    ["restarts", `${status.restarts_total}${nonZero(status.restarts)}`],
    ["last restart", status.last_restart],
    [
      "last remount",
      status.last_remount_seconds === null ? null : `${status.last_remount_seconds} s`,
    ],
    ["requests waiting", status.requests_waiting === null ? null : `${status.requests_waiting}`],
    ["configuration", `generation ${status.config_generation}${nonZero(status.reloads)}`],
    ["refused configuration", status.config_problem],
    ["version", status.version],
  ];
  return rows.flatMap(([name, value]) =>
    value === null ? [] : [`${`${name}:`.padEnd(24)}${value}\n`]
  )
    .join("");
}

function nonZero(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length === 0
    ? ""
    : ` (${some.map(([name, count]) => `${name} ${count}`).join(", ")})`;
}
