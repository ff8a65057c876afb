import { ExitCode } from "../../ports/exit_code.ts";
import { giveUp, note, stay, stopFor } from "../outcomes.ts";
import type { Again, Event, Facts, Limits, State, Step } from "../state.ts";

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
  "occupied": stay,
  "vacated": stay,
  "masterless": stay,
  "spawn-failed": stay,
  "mounted": stay,
  "unmounted": stay,
  "unshared": stay,
  "exited": stay,
  "heir-found": stay,
  "heir-ended": stay,
  "healthy": stay,
  "takeover-refused": stay,
  "takeover-timeout": stay,
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

/** TERM, INT, QUIT or a request. */
export function stopOnRequest(state: State, event: EventOf<"stop">): Step {
  return stopFor(state, event.by);
}

/** Between two mounts the wish to unmount can only mean that we should go. */
export function stopOnAnnouncement(state: State): Step {
  return stopFor(state, "an unmount was announced while nothing is mounted");
}

/** Our own bug: the daemon must not be left behind. */
export function stopOnFault(state: State, event: EventOf<"fault">): Step {
  return giveUp(state, `an error of our own: ${event.message}`, ExitCode.Software);
}

/** A bad configuration does not get better by trying again. */
export function giveUpOnRejection(state: State, event: EventOf<"config-rejected">): Step {
  // No failure: the verdict is about a configuration that was replaced meanwhile.
  if (state.failures === 0) return stay(state);
  const cause = `curvine-fuse rejects its configuration: ${event.message}`;
  return state.last === undefined ? giveUp(state, cause, ExitCode.Config) : giveUp(state, cause);
}

/** While a mount serves: remembers that its end will be wanted. */
export function heedAnnouncement<S extends StateOf<"mounted" | "reloading">>(
  state: S,
  event: EventOf<"announced">,
  limits: Limits,
): Step {
  return {
    state: { ...state, announcedUntil: event.at + limits.stopTimeout },
    actions: [note("info", "unmount-announced", "Somebody is about to unmount the target")],
  };
}

/** Whether the end of the mount at this time was announced. */
export function isAnnounced(state: StateOf<"mounted" | "reloading">, at: number): boolean {
  return at <= state.announcedUntil;
}

/** The mount ended after an announcement. */
export function stopUnmounted(state: State, { gone }: Facts): Step {
  return stopFor(state, "the target was unmounted on request", gone ? "unmounted" : "orderly");
}

/** TERM, INT, QUIT or a request, while a daemon should be serving. */
export function stopServing(state: State, event: EventOf<"stop">): Step {
  return stopFor(state, event.by, event.gone ? "unmounted" : "orderly");
}

/** How the configuration's newest change is to be taken once the mount serves again. */
export function againAfter(again: Again, hot: boolean): Again {
  return hot && again !== "restart" ? "reload" : "restart";
}
