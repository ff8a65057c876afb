import {
  describeStatus,
  endedByItself,
  failed,
  type Failure,
  note,
  stay,
  stopToRestart,
  tallyOf,
} from "../outcomes.ts";
import type { Action, Facts, Limits, Step } from "../state.ts";
import {
  againAfter,
  type Handlers,
  heedAnnouncement,
  isAnnounced,
  QUIET,
  type StateOf,
  stopOnFault,
  stopServing,
  stopUnmounted,
} from "./common.ts";
import { reload } from "./mounted.ts";

type Reloading = StateOf<"reloading">;

/** The daemon hands the mount over to its successor, which we adopt (Curvine: Hot reload). */
export const RELOADING: Handlers<"reloading"> = {
  ...QUIET,
  // A handover may take the mount away for a moment; the end of it is what counts.
  "unmounted": (state, event) =>
    isAnnounced(state, event.at) ? stopUnmounted(state, event) : stay(state),
  "exited": (state, event, limits) => {
    const { status, heir } = event;
    if (isAnnounced(state, event.at)) return stopUnmounted(state, event);
    if (heir !== undefined) {
      return { state: { ...state, phase: "settling" }, actions: [{ do: "adopt", heir }] };
    }
    if (state.phase === "seeking") return stay(state);
    if (state.phase === "handoff" && status.code === 0) {
      return {
        state: { ...state, phase: "seeking", last: status },
        actions: [{ do: "arm", timer: "heir-timeout" }, { do: "seek" }],
      };
    }
    const who = state.phase === "handoff" ? "the daemon" : "the successor";
    const detail = `${who} ${describeStatus(status)} during a reload`;
    // A daemon that ends instead of handing over has not even read the new configuration.
    const blamesConfig = state.phase === "settling" && endedByItself(status);
    return startAnew(state, { detail, status, blamesConfig }, event, limits);
  },
  "heir-found": (state, { heir }) =>
    state.phase !== "seeking" ? stay(state) : {
      state: { ...state, phase: "settling" },
      actions: [{ do: "adopt", heir }, { do: "arm", timer: "reload-timeout" }],
    },
  "heir-ended": (state, event, limits) => {
    if (state.phase !== "seeking") return stay(state);
    const { status } = event;
    const detail = `the successor ${describeStatus(status)} before it was adopted`;
    return startAnew(state, { detail, status, blamesConfig: endedByItself(status) }, event, limits);
  },
  "healthy": (state) => state.phase === "settling" ? settled(state) : stay(state),
  "reload-timeout": (state, event, limits) => {
    if (state.phase === "seeking") return startAnew(state, NO_SUCCESSOR, event, limits);
    if (state.phase === "handoff" && state.reason === "signal" && state.again === "no") {
      return {
        state: mounted(state),
        actions: [
          { do: "disarm" },
          { do: "count-reload", result: "failed" },
          note("error", "reload-failed", "The daemon did not hand over in time; it goes on"),
        ],
      };
    }
    // One that never served has nothing to write out; its end must not unmount what others use.
    const step = state.phase === "handoff"
      ? stopToRestart(state, "quick", "reload-failed", "the daemon did not hand over in time")
      : stopToRestart(
        state,
        "hung",
        "reload-failed",
        "the successor did not serve the mount in time",
        { keep: event.held, blamesConfig: true },
      );
    return { state: step.state, actions: [...step.actions, resultOf(step)] };
  },
  "heir-timeout": (state, event, limits) =>
    state.phase === "seeking" ? startAnew(state, NO_SUCCESSOR, event, limits) : stay(state),
  "stop": stopServing,
  "reload": (state, { reason, hot }) => {
    if (reason === "config") return stay({ ...state, again: againAfter(state.again, hot) });
    return {
      state,
      actions: [note("info", "reload-ignored", "Not reloading: a reload is under way")],
    };
  },
  "announced": heedAnnouncement,
  "fault": stopOnFault,
};

const NO_SUCCESSOR = { detail: "no successor came", blamesConfig: true };

function startAnew(
  state: Reloading,
  failure: Omit<Failure, "cause" | "since">,
  facts: Facts,
  limits: Limits,
): Step {
  const whole: Failure = { ...failure, cause: "reload-failed", since: state.since };
  const step = failed(state, whole, facts, limits);
  return { state: step.state, actions: [...step.actions, resultOf(step)] };
}

/** How the reload went, by what comes of it. */
function resultOf({ state }: Step): Action {
  const isKept = state.name === "taking-over" ||
    state.name === "stopping" && state.then.kind === "restart" && state.then.keep === true;
  return { do: "count-reload", result: isKept ? "takeover" : "cold" };
}

function settled(state: Reloading): Step {
  const told: Action[] = [
    { do: "disarm" },
    { do: "count-reload", result: "hot" },
    note("info", "reloaded", "Reloaded: the successor serves the mount"),
  ];
  const { again } = state;
  if (again === "no") return { state: mounted(state), actions: told };
  const next = reload(mounted(state), "config", again === "reload");
  return { state: next.state, actions: [...told, ...next.actions] };
}

function mounted(state: Reloading): StateOf<"mounted"> {
  const { since, announcedUntil } = state;
  return { ...tallyOf(state), name: "mounted", failures: 0, since, announcedUntil };
}
