import { note, startAfresh, tallyOf } from "../outcomes.ts";
import {
  giveUpOnRejection,
  type Handlers,
  QUIET,
  stopOnAnnouncement,
  stopOnFault,
  stopOnRequest,
} from "./common.ts";

/** The wait before the next start. */
export const BACKOFF: Handlers<"backoff"> = {
  ...QUIET,
  "retry-due": (state) => ({
    state: { ...tallyOf(state), name: "clearing" },
    actions: [{ do: "clear" }],
  }),
  "stop": stopOnRequest,
  "reload": (state, { reason }) =>
    reason === "config"
      // Another configuration is another chance.
      ? startAfresh(state, "config", "the configuration changed")
      : {
        state,
        actions: [note("warn", "reload-ignored", "Not reloading: nothing is mounted")],
      },
  "announced": stopOnAnnouncement,
  "config-rejected": giveUpOnRejection,
  "fault": stopOnFault,
};
