import type { Event, Limits, State, Step } from "./state.ts";
import { BACKOFF } from "./states/backoff.ts";
import { CLEARING } from "./states/clearing.ts";
import { type Handlers, QUIET } from "./states/common.ts";
import { MOUNTED } from "./states/mounted.ts";
import { RELOADING } from "./states/reloading.ts";
import { STANDING_BY } from "./states/standing_by.ts";
import { STARTING } from "./states/starting.ts";
import { STOPPING } from "./states/stopping.ts";
import { TAKING_OVER } from "./states/taking_over.ts";

/** The beginning: the target is cleared first. */
export function begin(): Step {
  return {
    state: { name: "clearing", restarts: 0, failures: 0, begun: false },
    actions: [{ do: "clear" }],
  };
}

/**
 * The supervisor's whole mind: what a state makes of an event. Pure; time comes with the event.
 *
 * @example
 * ```ts
 *
 * const limits = { restartLimit: 10, stableAfter: 60_000, stopTimeout: 25_000 };
 * const facts = { at: 0, held: false, gone: true, untried: false };
 * const { state, actions } = transition(begin().state, { name: "cleared", ...facts }, limits);
 * if (state.name !== "starting" || actions[0]?.do !== "spawn") throw new Error("no");
 * ```
 */
export function transition(state: State, event: Event, limits: Limits): Step {
  // The table's type pairs each handler with its own state and event; an index by two names that
  // are only known now cannot show that.
  const handle = TABLE[state.name][event.name] as (
    state: State,
    event: Event,
    limits: Limits,
  ) => Step;
  return handle(state, event, limits);
}

const TABLE: { readonly [S in State["name"]]: Handlers<S> } = {
  clearing: CLEARING,
  starting: STARTING,
  mounted: MOUNTED,
  reloading: RELOADING,
  "taking-over": TAKING_OVER,
  backoff: BACKOFF,
  "standing-by": STANDING_BY,
  stopping: STOPPING,
  done: QUIET,
  failed: QUIET,
};
