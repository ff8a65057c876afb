import { endOf, failed, giveUp, note, stopToRestart, tallyOf } from "../outcomes.ts";
import { ExitCode } from "../../ports/exit_code.ts";
import type { ReloadReason, State, Step } from "../state.ts";
import {
  type Handlers,
  heedAnnouncement,
  isAnnounced,
  QUIET,
  type StateOf,
  stopOnFault,
  stopServing,
  stopUnmounted,
} from "./common.ts";

/** The mount serves. */
export const MOUNTED: Handlers<"mounted"> = {
  ...QUIET,
  // The daemon may have unmounted it, and is about to end: then its end names the cause.
  "unmounted": (state, event) =>
    isAnnounced(state, event.at)
      ? stopUnmounted(state, event)
      : stopToRestart(state, "unmounted", "unmounted", "somebody unmounted the target"),
  // What lies beneath cannot be mended from inside: the kubelet binds it anew for a new container.
  "unshared": (state, { message }) => giveUp(state, message, ExitCode.OsError),
  "exited": (state, event, limits) => {
    const { status, heir, at } = event;
    if (isAnnounced(state, at)) return stopUnmounted(state, event);
    if (heir !== undefined) {
      // Somebody else told it to reload, past us.
      return {
        state: reloading(state, "settling", "signal"),
        actions: [{ do: "adopt", heir }, { do: "arm", timer: "reload-timeout" }],
      };
    }
    return failed(state, { ...endOf(status, event), since: state.since, status }, event, limits);
  },
  "stop": stopServing,
  "reload": (state, { reason, hot }) => reload(state, reason, hot),
  "hung": (state, { message, held }) =>
    stopToRestart(state, "hung", "hang", message, { keep: held }),
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
