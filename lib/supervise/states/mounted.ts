import { causeOf, failed, note, stopToRestart, tallyOf } from "../outcomes.ts";
import type { ReloadReason, State, Step } from "../state.ts";
import {
  ended,
  type Handlers,
  heedAnnouncement,
  isAnnounced,
  QUIET,
  type StateOf,
  stopOnFault,
  stopOnRequest,
  stopUnmounted,
} from "./common.ts";

/** The mount serves. */
export const MOUNTED: Handlers<"mounted"> = {
  ...QUIET,
  "unmounted": (state, { at }) =>
    isAnnounced(state, at)
      ? stopUnmounted(state)
      : stopToRestart(state, "quick", "unmounted", "somebody unmounted the target"),
  "exited": (state, { status, heir, at }, limits) => {
    if (isAnnounced(state, at)) return stopUnmounted(state);
    if (heir !== undefined) {
      // Somebody else told it to reload, past us.
      return {
        state: reloading(state, "settling", "signal"),
        actions: [{ do: "adopt", heir }, { do: "arm", timer: "reload-timeout" }],
      };
    }
    const failure = { cause: causeOf(status), detail: ended(status), at, since: state.since };
    return failed(state, { ...failure, status }, limits);
  },
  "stop": stopOnRequest,
  "reload": (state, { reason, hot }) => reload(state, reason, hot),
  "hung": (state, { message }) => stopToRestart(state, "hung", "hang", message),
  "announced": heedAnnouncement,
  "fault": stopOnFault,
};

/** Hands over where that can be done; else a changed configuration costs a restart. */
export function reload(state: StateOf<"mounted">, reason: ReloadReason, hot: boolean): Step {
  if (hot) {
    return {
      state: reloading(state, "handoff", reason),
      actions: [
        note("info", "reloading", "Reloading: the daemon hands the mount to its successor"),
        { do: "arm", timer: "reload-timeout" },
        { do: "hot-reload" },
      ],
    };
  }
  if (reason === "config") {
    return stopToRestart(state, "orderly", "config", "the configuration changed");
  }
  return {
    state,
    actions: [note("warn", "reload-ignored", "Not reloading: this daemon cannot hand over")],
  };
}

function reloading(
  state: StateOf<"mounted">,
  phase: StateOf<"reloading">["phase"],
  reason: ReloadReason,
): State {
  const { since, announcedUntil } = state;
  return {
    ...tallyOf(state),
    name: "reloading",
    phase,
    reason,
    again: "no",
    since,
    announcedUntil,
  };
}
