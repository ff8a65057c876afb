import type { ExitStatus } from "../ports/child.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type {
  Action,
  Facts,
  Limits,
  RestartCause,
  State,
  Step,
  StopLeavings,
  StopManner,
  Tally,
} from "./state.ts";

/** Why a start, or what came of it, ended. */
export interface Failure {
  readonly cause: RestartCause;
  /** For people, such as `the daemon was killed by SIGKILL`. */
  readonly detail: string;
  /** Since when it had been mounted; absent when it was not. */
  readonly since?: number;
  readonly status?: ExitStatus;
  /** Whether a configuration that never served may be to blame. */
  readonly blamesConfig?: boolean;
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

/** Stop, then exit with 0: somebody asked for it. */
export function stopFor(state: State, why: string, manner: StopManner = "orderly"): Step {
  return {
    state: { ...tallyOf(state), name: "stopping", then: { kind: "exit", code: ExitCode.Done } },
    actions: [
      note("info", "stopping", `Stopping: ${why}`),
      { do: "disarm" },
      { do: "stop", manner, leave: "nothing" },
    ],
  };
}

/**
 * Stop, then exit with a code that says what went wrong.
 *
 * @param code by default what the daemon's own end asks for
 */
export function giveUp(
  state: State,
  cause: string,
  code = codeOfGivingUp(state.last),
  leave: StopLeavings = "nothing",
): Step {
  return {
    state: { ...tallyOf(state), name: "stopping", then: { kind: "exit", code } },
    actions: [
      note("error", "giving-up", `Giving up: ${cause}`),
      { do: "last-words", cause },
      { do: "disarm" },
      { do: "stop", manner: "quick", leave },
    ],
  };
}

/**
 * The daemon still runs but is of no use: stop it, then start again.
 *
 * @param options whether its connection is kept, so that a successor can take the mount over, and
 *   whether a configuration that never served may be to blame
 */
export function stopToRestart(
  state: State,
  manner: StopManner,
  cause: RestartCause,
  detail: string,
  options: { readonly keep?: boolean; readonly blamesConfig?: boolean } = {},
): Step {
  const since = "since" in state && state.since !== undefined ? { since: state.since } : {};
  return {
    state: {
      ...tallyOf(state),
      ...since,
      name: "stopping",
      then: { kind: "restart", cause, detail, ...options },
    },
    actions: [
      note(cause === "config" ? "info" : "warn", "restarting", `Restarting: ${detail}`),
      { do: "disarm" },
      { do: "stop", manner, leave: options.keep === true ? "connection" : "layer" },
    ],
  };
}

/**
 * The daemon is gone: somebody new comes at once the first time, later after a wait, or never after
 * too many starts without a mount. Where the connection is held, he takes it over and the mount
 * stays. A dead mount stays until just before the next start: programs get ENOTCONN meanwhile
 * instead of an empty folder that they would write into.
 */
export function failed(state: State, failure: Failure, facts: Facts, limits: Limits): Step {
  const { cause, detail, since, status, blamesConfig = false } = failure;
  const { at, held, untried } = facts;
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
  const told: Action[] = [
    { do: "disarm" },
    { do: "count-restart", cause, how: held ? "takeover" : "cold", detail },
  ];
  // So many kills in a row are no accident either.
  if (untried && (blamesConfig || failures >= limits.restartLimit)) {
    // Another configuration is another chance, and a good one needs no wait.
    const next = startAgain({ ...tally, failures: 0 }, facts, 0);
    return { state: next.state, actions: [...told, { do: "roll-back", detail }, ...next.actions] };
  }
  if (failures >= limits.restartLimit) {
    return giveUp(
      { ...tally, name: "backoff" },
      `${failures} starts in a row without a mount; at last, ${detail}`,
      undefined,
      // Nobody has seen a master: the folder beneath must not show now either.
      cause === "no-master" ? "layer" : "nothing",
    );
  }
  const next = startAgain(tally, facts, restarts);
  return { state: next.state, actions: [...told, ...next.actions] };
}

/** Somebody new is started: after a wait, when there were restarts before. */
function startAgain(tally: Tally, { held, at }: Facts, restarts: number): Step {
  if (held) {
    const state = { ...tally, name: "taking-over", from: at, again: "no" } as const;
    return restarts === 0
      ? { state: { ...state, phase: "proving" }, actions: TAKE_OVER }
      : { state: { ...state, phase: "waiting" }, actions: [{ do: "wait", restarts }] };
  }
  return restarts === 0
    ? { state: { ...tally, name: "clearing" }, actions: [{ do: "let-go" }, { do: "clear" }] }
    : {
      state: { ...tally, name: "backoff" },
      actions: [{ do: "let-go" }, { do: "wait", restarts }],
    };
}

/** How a takeover begins. */
export const TAKE_OVER: readonly Action[] = [
  { do: "arm", timer: "takeover-timeout" },
  { do: "take-over" },
];

/** A restart that somebody wanted: no failure, no wait, and old failures are forgotten. */
export function startAfresh(state: State, cause: RestartCause, detail: string): Step {
  return {
    state: { name: "clearing", restarts: 0, failures: 0, begun: state.begun },
    actions: [
      { do: "disarm" },
      { do: "count-restart", cause, how: "cold", detail },
      { do: "let-go" },
      { do: "clear" },
    ],
  };
}

/** Which kind of end an exit status is. */
export function causeOf(status: ExitStatus): RestartCause {
  if (status.signal !== undefined) return "signal";
  return status.code === 0 ? "exit-zero" : "exit";
}

/** Signals that a program brings upon itself: a panic that aborts, a fault of memory. */
const CRASHES = ["SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP"];

/** Whether a daemon ended by itself, so that its configuration may be to blame; nobody killed it. */
export function endedByItself({ signal }: ExitStatus): boolean {
  return signal === undefined || CRASHES.includes(signal);
}

/** For a log line: `exited with 1`, `was killed by SIGKILL`. */
export function describeStatus(status: ExitStatus): string {
  return status.signal === undefined
    ? `exited with ${status.code}`
    : `was killed by ${status.signal}`;
}

/**
 * What became of a daemon that ended.
 *
 * @param gone whether its mount went as well
 * @param oom whether the kernel ended it for lack of memory
 */
export function endOf(
  status: ExitStatus,
  { gone, oom = false }: { readonly gone: boolean; readonly oom?: boolean },
): { readonly cause: RestartCause; readonly detail: string } {
  if (oom) {
    return {
      cause: "oom",
      detail: "the daemon was killed by the kernel: the container's memory limit is reached",
    };
  }
  if (!gone || status.signal !== undefined) {
    return { cause: causeOf(status), detail: `the daemon ${describeStatus(status)}` };
  }
  // A mount that goes takes its daemon along, which then calls that a success.
  return status.code === 0
    ? {
      cause: "unmounted",
      detail: "somebody unmounted the target or told the daemon to, which exited with 0",
    }
    : { cause: "exit", detail: `the daemon unmounted the target and exited with ${status.code}` };
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
