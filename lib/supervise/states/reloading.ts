import type { ExitStatus } from "../../ports/child.ts";
import { describeStatus, failed, note, stay, stopToRestart, tallyOf } from "../outcomes.ts";
import type { Action, Limits, Step } from "../state.ts";
import {
  type Handlers,
  heedAnnouncement,
  isAnnounced,
  QUIET,
  type StateOf,
  stopOnFault,
  stopOnRequest,
  stopUnmounted,
} from "./common.ts";
import { reload } from "./mounted.ts";

type Reloading = StateOf<"reloading">;

/** The daemon hands the mount over to its successor, which we adopt (Curvine: Hot reload). */
export const RELOADING: Handlers<"reloading"> = {
  ...QUIET,
  // A handover may take the mount away for a moment; the end of it is what counts.
  "unmounted": (state, { at }) => isAnnounced(state, at) ? stopUnmounted(state) : stay(state),
  "exited": (state, { status, heir, at }, limits) => {
    if (isAnnounced(state, at)) return stopUnmounted(state);
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
    return coldStart(state, detail, at, limits, status);
  },
  "heir-found": (state, { heir }) =>
    state.phase !== "seeking" ? stay(state) : {
      state: { ...state, phase: "settling" },
      actions: [{ do: "adopt", heir }, { do: "arm", timer: "reload-timeout" }],
    },
  "healthy": (state) => state.phase === "settling" ? settled(state) : stay(state),
  "reload-timeout": (state, { at }, limits) => {
    if (state.phase === "seeking") return coldStart(state, "no successor came", at, limits);
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
    const what = state.phase === "handoff"
      ? "the daemon did not hand over in time"
      : "the successor did not serve the mount in time";
    const step = stopToRestart(state, "quick", "reload-failed", what);
    return { state: step.state, actions: [...step.actions, COLD] };
  },
  "heir-timeout": (state, { at }, limits) =>
    state.phase === "seeking" ? coldStart(state, "no successor came", at, limits) : stay(state),
  "stop": stopOnRequest,
  "reload": (state, { reason, hot }) => {
    if (reason === "config") {
      const again = hot && state.again !== "restart" ? "reload" : "restart";
      return stay({ ...state, again });
    }
    return {
      state,
      actions: [note("info", "reload-ignored", "Not reloading: a reload is under way")],
    };
  },
  "announced": heedAnnouncement,
  "fault": stopOnFault,
};

const COLD: Action = { do: "count-reload", result: "cold" };

function coldStart(
  state: Reloading,
  detail: string,
  at: number,
  limits: Limits,
  status?: ExitStatus,
): Step {
  const failure = { cause: "reload-failed", detail, at, since: state.since } as const;
  const step = failed(state, status === undefined ? failure : { ...failure, status }, limits);
  return { state: step.state, actions: [...step.actions, COLD] };
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
