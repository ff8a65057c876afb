import { stay } from "../outcomes.ts";
import type { Event, Limits, State, Step } from "../state.ts";

/** A state of one name. */
export type StateOf<S extends State["name"]> = Extract<State, { name: S }>;

/** An event of one name. */
export type EventOf<E extends Event["name"]> = Extract<Event, { name: E }>;

/** What one state makes of every event. */
export type Handlers<S extends State["name"]> = {
  readonly [E in Event["name"]]: (state: StateOf<S>, event: EventOf<E>, limits: Limits) => Step;
};

/** Every event ignored: what a state starts from. */
export const QUIET: { readonly [E in Event["name"]]: (state: State) => Step } = {
  "cleared": stay,
  "obstructed": stay,
  "spawn-failed": stay,
  "mounted": stay,
  "unmounted": stay,
  "exited": stay,
  "heir-found": stay,
  "healthy": stay,
  "start-timeout": stay,
  "retry-due": stay,
  "reload-timeout": stay,
  "heir-timeout": stay,
  "stop": stay,
  "reload": stay,
  "hung": stay,
  "announced": stay,
  "config-rejected": stay,
  "stopped": stay,
  "fault": stay,
};
