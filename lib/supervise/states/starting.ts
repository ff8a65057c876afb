import { endedByItself, endOf, failed, giveUp, note, stopToRestart, tallyOf } from "../outcomes.ts";
import {
  giveUpOnRejection,
  type Handlers,
  QUIET,
  stopOnAnnouncement,
  stopOnFault,
  stopOnRequest,
} from "./common.ts";

/** curvine-fuse exits so when its command line is wrong (Curvine: curvine-fuse, Exit codes). */
const USAGE = 2;
/** An error at its start, a bad configuration among others (the same). */
const START_ERROR = 1;

/** The daemon runs; its mount is awaited. */
export const STARTING: Handlers<"starting"> = {
  ...QUIET,
  "spawn-failed": (state, event, limits) =>
    event.code === undefined || event.untried
      ? failed(state, { cause: "spawn", detail: event.message, blamesConfig: true }, event, limits)
      : giveUp(state, event.message, event.code),
  "mounted": (state, { at }) => ({
    state: {
      ...tallyOf(state),
      name: "mounted",
      failures: 0,
      since: at,
      announcedUntil: -Infinity,
    },
    actions: [{ do: "disarm" }],
  }),
  "exited": (state, event, limits) => {
    const { status, heir, untried } = event;
    // It forked into the background; whoever serves the mount is the daemon now.
    if (heir !== undefined) return { state, actions: [{ do: "adopt", heir }] };
    const { cause, detail } = endOf(status, { ...event, gone: false });
    const isByItself = status.signal === undefined;
    if (status.code === USAGE && isByItself && !untried) {
      const reason = `${detail}: it does not accept its command line`;
      return giveUp({ ...state, last: status }, reason);
    }
    const failure = { cause, detail, status, blamesConfig: endedByItself(status) };
    const step = failed(state, failure, event, limits);
    if (status.code !== START_ERROR || untried || step.state.name === "stopping") return step;
    return { state: step.state, actions: [...step.actions, { do: "validate" }] };
  },
  "start-timeout": (state) =>
    stopToRestart(state, "quick", "start-timeout", "the daemon did not mount in time", {
      blamesConfig: true,
    }),
  "stop": stopOnRequest,
  "reload": (state, { reason }) =>
    reason === "config"
      // Before its mount curvine-fuse has no handler for USR1: it would be killed.
      ? stopToRestart(state, "quick", "config", "the configuration changed before the mount came")
      : {
        state,
        actions: [note("warn", "reload-ignored", "Not reloading: nothing is mounted yet")],
      },
  "announced": stopOnAnnouncement,
  "config-rejected": giveUpOnRejection,
  "fault": stopOnFault,
};
