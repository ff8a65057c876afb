import { ExitCode } from "../../ports/exit_code.ts";
import {
  describeStatus,
  endedByItself,
  endOf,
  failed,
  giveUp,
  note,
  stay,
  stopFor,
  stopToRestart,
  TAKE_OVER,
  tallyOf,
} from "../outcomes.ts";
import type { Action, Step } from "../state.ts";
import { againAfter, type Handlers, QUIET, type StateOf } from "./common.ts";
import { reload } from "./mounted.ts";

/** A daemon that refuses the state file does so at once (Curvine: Taking a FUSE connection over). */
const REFUSAL_MS = 10_000;

type TakingOver = StateOf<"taking-over">;

/**
 * The daemon has gone and we hold its connection: the mount is there, its requests wait, and a
 * successor is to answer them (Curvine: Taking a FUSE connection over). Whatever does not lead there
 * ends the connection first, for a request must not wait for ever.
 */
export const TAKING_OVER: Handlers<"taking-over"> = {
  ...QUIET,
  "retry-due": (state, { at }) =>
    state.phase === "waiting"
      ? { state: { ...state, phase: "proving", from: at }, actions: TAKE_OVER }
      : stay(state),
  "spawn-failed": (state, event) =>
    event.code === undefined || event.untried
      ? mountAnew(state, event.message, event.untried)
      : withoutConnection(giveUp(state, event.message, event.code)),
  "takeover-refused": (state, event) => mountAnew(state, event.message, false),
  "exited": (state, event, limits) => {
    const { status, heir, held } = event;
    if (state.phase === "waiting") return stay(state);
    // It forked into the background; whoever serves the mount is the daemon now.
    if (heir !== undefined) return { state, actions: [{ do: "adopt", heir }] };
    if (held && status.signal !== undefined) {
      const blamesConfig = endedByItself(status);
      return failed(state, { ...endOf(status, event), status, blamesConfig }, event, limits);
    }
    const detail = `the successor ${describeStatus(status)} before it served the mount`;
    const isByItself = status.signal === undefined;
    const step = mountAnew({ ...state, last: status }, detail, event.untried && isByItself);
    // A master that is awaited takes minutes; who ends so soon does not take what we hand on.
    const isRefusal = isByItself && !event.untried && event.at - state.from < REFUSAL_MS;
    return isRefusal ? forgoing(step, detail) : step;
  },
  "healthy": (state, event) => state.phase === "proving" ? taken(state, event.at) : stay(state),
  "takeover-timeout": (state) => {
    const what = "the successor did not serve the mount in time";
    return withoutConnection(
      stopToRestart(state, "quick", "takeover-failed", what, { blamesConfig: true }),
    );
  },
  "unmounted": (state) =>
    withoutConnection(
      stopToRestart(state, "unmounted", "unmounted", "somebody unmounted the target"),
    ),
  "stop": (state, event) => withoutConnection(stopFor(state, event.by, "quick")),
  "reload": (state, { reason, hot }) => {
    if (reason === "signal") {
      const message = "Not reloading: the mount is being taken over";
      return { state, actions: [note("info", "reload-ignored", message)] };
    }
    // Whoever is started next reads the newest configuration, but it must be for this mount.
    if (hot && state.phase === "waiting") return stay(state);
    if (hot) return stay({ ...state, again: againAfter(state.again, hot) });
    const step = stopToRestart(state, "quick", "config", "the configuration changed");
    return withoutConnection(step);
  },
  "announced": (state) =>
    withoutConnection(stopFor(state, "an unmount was announced while nobody serves", "quick")),
  "fault": (state, event) =>
    withoutConnection(giveUp(state, `an error of our own: ${event.message}`, ExitCode.Software)),
};

/** No takeover any more: a cold start at once, for the same death. */
function mountAnew(state: TakingOver, detail: string, rollBack: boolean): Step {
  const back: Action[] = rollBack ? [{ do: "roll-back", detail }] : [];
  return {
    state: { ...tallyOf(state), name: "clearing" },
    actions: [
      { do: "disarm" },
      { do: "let-go" },
      { do: "count-restart", cause: "takeover-failed", how: "cold", detail },
      ...back,
      { do: "clear" },
    ],
  };
}

function forgoing({ state, actions }: Step, detail: string): Step {
  const reason = `${detail}; does this version of the daemon take connections over?`;
  return { state, actions: [{ do: "forgo-takeovers", reason }, ...actions] };
}

/** First of all nobody waits any more. */
function withoutConnection({ state, actions }: Step): Step {
  return { state, actions: [{ do: "let-go" }, ...actions] };
}

function taken(state: TakingOver, at: number): Step {
  const mounted: StateOf<"mounted"> = {
    ...tallyOf(state),
    name: "mounted",
    failures: 0,
    since: at,
    announcedUntil: -Infinity,
  };
  const told: Action[] = [{ do: "disarm" }];
  if (state.again === "no") return { state: mounted, actions: told };
  const next = reload(mounted, "config", state.again === "reload");
  return { state: next.state, actions: [...told, ...next.actions] };
}
