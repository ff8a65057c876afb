import { ExitCode } from "../../ports/exit_code.ts";
import { note, stay, tallyOf } from "../outcomes.ts";
import type { State, Step } from "../state.ts";
import { type Handlers, QUIET, stopOnFault } from "./common.ts";

/** Another client serves the target. Nothing of ours runs, so that nothing is to be taken away. */
export const STANDING_BY: Handlers<"standing-by"> = {
  ...QUIET,
  "vacated": (state) => ({
    state: { ...tallyOf(state), name: "clearing" },
    actions: [{ do: "clear" }],
  }),
  "reload": (state, { reason, hot }) =>
    // Another target may be free; anything else is read when the other is gone.
    reason === "config" && !hot
      ? { state: { ...tallyOf(state), name: "clearing" }, actions: [{ do: "clear" }] }
      : stay(state),
  "stop": (state, { by }) => leave(state, by),
  // It is the other's mount: that stays.
  "announced": (state) => leave(state, "an unmount was announced, and the mount is another's"),
  "fault": stopOnFault,
};

function leave(state: State, why: string): Step {
  return {
    state: { ...tallyOf(state), name: "done" },
    actions: [
      note("info", "stopping", `Stopping: ${why}`),
      { do: "disarm" },
      { do: "finish", code: ExitCode.Done },
    ],
  };
}
