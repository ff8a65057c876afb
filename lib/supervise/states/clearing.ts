import { ExitCode } from "../../ports/exit_code.ts";
import { failed, giveUp, note, tallyOf } from "../outcomes.ts";
import {
  giveUpOnRejection,
  type Handlers,
  QUIET,
  stopOnAnnouncement,
  stopOnFault,
  stopOnRequest,
} from "./common.ts";

/** Leftovers of the daemon and of its mounts are taken away. */
export const CLEARING: Handlers<"clearing"> = {
  ...QUIET,
  "cleared": (state) => ({
    state: { ...tallyOf(state), name: "starting", begun: true },
    actions: [{ do: "spawn" }, { do: "arm", timer: "start-timeout" }],
  }),
  "occupied": (state, { message, neighbour }) => ({
    state: { ...tallyOf(state), name: "standing-by" },
    actions: [
      { do: "disarm" },
      note("warn", "standing-by", message),
      { do: "attend", neighbour },
    ],
  }),
  "obstructed": (state, event, limits) =>
    state.begun && event.lasting !== true
      ? failed(state, { cause: "target", detail: event.message, blamesConfig: true }, event, limits)
      : giveUp(state, event.message, ExitCode.OsError),
  "masterless": (state, event, limits) =>
    failed(
      state,
      { cause: "no-master", detail: event.message, blamesConfig: true },
      event,
      limits,
    ),
  "stop": stopOnRequest,
  "announced": stopOnAnnouncement,
  // A reload needs nothing here: what is about to start reads the newest configuration anyway.
  "config-rejected": giveUpOnRejection,
  "fault": stopOnFault,
};
