import { ExitCode } from "../../ports/exit_code.ts";
import { endOf, failed, note, startAfresh, stay, stopFor, tallyOf } from "../outcomes.ts";
import type { Action } from "../state.ts";
import { type Handlers, QUIET, stopOnAnnouncement, stopOnFault } from "./common.ts";

/** The daemon and its mounts are ended; afterwards we exit or start again. */
export const STOPPING: Handlers<"stopping"> = {
  ...QUIET,
  "exited": (state, { status }) => stay({ ...state, last: status }),
  "stop": (state, event) =>
    state.then.kind === "exit"
      ? { state, actions: [note("info", "hurrying", `Hurrying: ${event.by}`), { do: "hurry" }] }
      : stopFor(state, event.by),
  // What is kept for a successor is of no use to one that has another command line or target.
  "reload": (state, { reason, hot }) =>
    reason === "config" && !hot && state.then.kind === "restart"
      ? stay({ ...state, then: { ...state.then, keep: false } })
      : stay(state),
  "announced": (state) => state.then.kind === "exit" ? stay(state) : stopOnAnnouncement(state),
  "stopped": (state, event, limits) => {
    const { status } = event;
    const { then } = state;
    if (then.kind === "exit") {
      const finish: Action = { do: "finish", code: then.code };
      return then.code === ExitCode.Done
        ? { state: { ...tallyOf(state), name: "done" }, actions: [finish] }
        : { state: { ...tallyOf(state), name: "failed", code: then.code }, actions: [finish] };
    }
    if (then.cause === "config") return startAfresh(state, then.cause, then.detail);
    // A daemon that ended by itself after its mount had gone says more than the mount does.
    const { cause, detail } = then.cause === "unmounted" && status?.signal === undefined && status
      ? endOf(status, { gone: true })
      : then;
    const failure = {
      cause,
      detail,
      ...(state.since === undefined ? {} : { since: state.since }),
      ...(status === undefined ? {} : { status }),
      blamesConfig: then.blamesConfig === true,
    };
    const held = event.held && then.keep === true;
    return failed(state, failure, { ...event, held }, limits);
  },
  "fault": (state, event) =>
    state.then.kind === "restart" ? stopOnFault(state, event) : {
      state,
      actions: [
        note("error", "fault", `An error of our own: ${event.message}`),
        { do: "hurry" },
      ],
    },
};
