import type { Event, State } from "../../../lib/supervise/state.ts";

/** Any limits; one failure more than the samples have is not yet too many. */
export const LIMITS = { restartLimit: 10, stableAfter: 60_000, stopTimeout: 25_000 };

/** When the sample events happen. */
export const NOW = 100_000;

const TALLY = { restarts: 1, failures: 1, begun: true, last: { code: 3 } };

/** A plain state of each name. */
export const STATES: { readonly [S in State["name"]]: Extract<State, { name: S }> } = {
  clearing: { ...TALLY, name: "clearing" },
  starting: { ...TALLY, name: "starting" },
  mounted: { ...TALLY, failures: 0, name: "mounted", since: NOW - 10, announcedUntil: -Infinity },
  reloading: {
    ...TALLY,
    failures: 0,
    name: "reloading",
    phase: "handoff",
    reason: "signal",
    again: "no",
    since: NOW - 10,
    announcedUntil: -Infinity,
  },
  backoff: { ...TALLY, name: "backoff" },
  stopping: { ...TALLY, name: "stopping", then: { kind: "exit", code: 0 } },
  done: { ...TALLY, name: "done" },
  failed: { ...TALLY, name: "failed", code: 3 },
};

/** A plain event of each name. */
export const EVENTS: { readonly [E in Event["name"]]: Extract<Event, { name: E }> } = {
  "cleared": { name: "cleared", at: NOW },
  "obstructed": { name: "obstructed", message: "in the way", at: NOW },
  "spawn-failed": { name: "spawn-failed", message: "no memory", at: NOW },
  "mounted": { name: "mounted", at: NOW },
  "unmounted": { name: "unmounted", at: NOW },
  "exited": { name: "exited", status: { code: 139, signal: "SIGSEGV" }, at: NOW },
  "heir-found": { name: "heir-found", heir: { pid: 7, kind: "successor" }, at: NOW },
  "healthy": { name: "healthy", at: NOW },
  "start-timeout": { name: "start-timeout", at: NOW },
  "retry-due": { name: "retry-due", at: NOW },
  "reload-timeout": { name: "reload-timeout", at: NOW },
  "heir-timeout": { name: "heir-timeout", at: NOW },
  "stop": { name: "stop", by: "SIGTERM", at: NOW },
  "reload": { name: "reload", reason: "config", hot: true, at: NOW },
  "hung": { name: "hung", message: "silent", at: NOW },
  "announced": { name: "announced", at: NOW },
  "config-rejected": { name: "config-rejected", message: "bad key", at: NOW },
  "stopped": { name: "stopped", at: NOW },
  "fault": { name: "fault", message: "oops", at: NOW },
};
