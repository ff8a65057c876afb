import { ExitCode } from "../ports/exit_code.ts";
import type { ExitStatus } from "../ports/child.ts";
import type { Action, Limits, RestartCause, State, Step, StopManner, Tally } from "./state.ts";

/** Why a start, or what came of it, ended. */
export interface Failure {
  readonly cause: RestartCause;
  /** For people, such as `the daemon was killed by SIGKILL`. */
  readonly detail: string;
  readonly at: number;
  /** Since when it had been mounted; absent when it was not. */
  readonly since?: number;
  readonly status?: ExitStatus;
}

/** Nothing changes. */
export function stay(state: State): Step {
  return { state, actions: [] };
}

/** The part of a state that the next one keeps. */
export function tallyOf({ restarts, failures, begun, last }: State): Tally {
  return { restarts, failures, begun, ...(last === undefined ? {} : { last }) };
}

/** A log action. */
export function note(
  level: "debug" | "info" | "warn" | "error",
  event: string,
  message: string,
): Action {
  return { do: "log", level, event, message };
}

/** Stop in order, then exit with 0: somebody asked for it. */
export function stopFor(state: State, why: string): Step {
  return {
    state: { ...tallyOf(state), name: "stopping", then: { kind: "exit", code: ExitCode.Done } },
    actions: [
      note("info", "stopping", `Stopping: ${why}`),
      { do: "disarm" },
      { do: "stop", manner: "orderly" },
    ],
  };
}

/**
 * Stop, then exit with a code that says what went wrong.
 *
 * @param code by default what the daemon's own end asks for
 */
export function giveUp(state: State, cause: string, code = codeOfGivingUp(state.last)): Step {
  return {
    state: { ...tallyOf(state), name: "stopping", then: { kind: "exit", code } },
    actions: [
      note("error", "giving-up", `Giving up: ${cause}`),
      { do: "last-words", cause },
      { do: "disarm" },
      { do: "stop", manner: "quick" },
    ],
  };
}

/** The daemon still runs but is of no use: stop it, then start again. */
export function stopToRestart(
  state: State,
  manner: StopManner,
  cause: RestartCause,
  detail: string,
): Step {
  const since = "since" in state && state.since !== undefined ? { since: state.since } : {};
  return {
    state: {
      ...tallyOf(state),
      ...since,
      name: "stopping",
      then: { kind: "restart", cause, detail },
    },
    actions: [
      note(cause === "config" ? "info" : "warn", "restarting", `Restarting: ${detail}`),
      { do: "disarm" },
      { do: "stop", manner },
    ],
  };
}

/**
 * The daemon is gone: start again at once the first time, later after a wait, or give up after too
 * many starts without a mount. The dead mount stays until just before the next start: programs get
 * ENOTCONN meanwhile instead of an empty folder that they would write into.
 */
export function failed(state: State, failure: Failure, limits: Limits): Step {
  const { cause, detail, at, since, status } = failure;
  const stable = since !== undefined && at - since >= limits.stableAfter;
  const restarts = stable ? 0 : state.restarts;
  const failures = since === undefined ? state.failures + 1 : 0;
  const last = status ?? state.last;
  const tally: Tally = {
    restarts: restarts + 1,
    failures,
    begun: state.begun,
    ...(last === undefined ? {} : { last }),
  };
  if (failures >= limits.restartLimit) {
    return giveUp(
      { ...tally, name: "backoff" },
      `${failures} starts in a row without a mount; at last, ${detail}`,
    );
  }
  const told: Action[] = [
    { do: "disarm" },
    { do: "count-restart", cause, detail },
  ];
  return restarts === 0
    ? { state: { ...tally, name: "clearing" }, actions: [...told, { do: "clear" }] }
    : { state: { ...tally, name: "backoff" }, actions: [...told, { do: "wait", restarts }] };
}

/** A restart that somebody wanted: no failure, no wait, and old failures are forgotten. */
export function startAfresh(state: State, cause: RestartCause, detail: string): Step {
  return {
    state: { name: "clearing", restarts: 0, failures: 0, begun: state.begun },
    actions: [{ do: "disarm" }, { do: "count-restart", cause, detail }, { do: "clear" }],
  };
}

/** Which kind of end an exit status is. */
export function causeOf(status: ExitStatus): RestartCause {
  if (status.signal !== undefined) return "signal";
  return status.code === 0 ? "exit-zero" : "exit";
}

/** For a log line: `exited with 1`, `was killed by SIGKILL`. */
export function describeStatus(status: ExitStatus): string {
  return status.signal === undefined
    ? `exited with ${status.code}`
    : `was killed by ${status.signal}`;
}

/** Codes that read as if somebody had asked for the end: success, and 128 + HUP, INT, QUIT, TERM. */
const ASKED_FOR = [0, 129, 130, 131, 143];

/**
 * What we exit with when we give the daemon up: its own code, or 1 where that would read like an end
 * that was asked for.
 *
 * @param last how it ended; `undefined` when it never ran, so that the system is to blame
 */
export function codeOfGivingUp(last: ExitStatus | undefined): number {
  if (last === undefined) return ExitCode.OsError;
  return ASKED_FOR.includes(last.code) ? ExitCode.No : last.code;
}
