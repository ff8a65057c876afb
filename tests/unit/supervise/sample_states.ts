import type { Event, Facts, State } from "../../../lib/supervise/state.ts";

/** Any limits; one failure more than the samples have is not yet too many. */
export const LIMITS = { restartLimit: 10, stableAfter: 60_000, stopTimeout: 25_000 };

/** When the sample events happen. */
export const NOW = 100_000;

/** What is true when the sample events happen. */
export const FACTS: Facts = { at: NOW, held: false, gone: false, untried: false };

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
  "taking-over": { ...TALLY, name: "taking-over", phase: "proving", from: NOW - 10, again: "no" },
  backoff: { ...TALLY, name: "backoff" },
  "standing-by": { ...TALLY, name: "standing-by" },
  stopping: { ...TALLY, name: "stopping", then: { kind: "exit", code: 0 } },
  done: { ...TALLY, name: "done" },
  failed: { ...TALLY, name: "failed", code: 3 },
};

/** A plain event of each name. */
export const EVENTS: { readonly [E in Event["name"]]: Extract<Event, { name: E }> } = {
  "cleared": { name: "cleared", ...FACTS },
  "obstructed": { name: "obstructed", message: "in the way", ...FACTS },
  "masterless": { name: "masterless", message: "no master", ...FACTS },
  "occupied": {
    name: "occupied",
    message: "another serves it",
    neighbour: {
      mount: {
        id: 3,
        parent: 2,
        device: "0:50",
        root: "/",
        path: "/m",
        options: ["rw"],
        propagation: [],
        type: "fuse.curvinefs",
        source: "curvinefs",
      },
      answer: "answers",
    },
    ...FACTS,
  },
  "vacated": { name: "vacated", ...FACTS },
  "spawn-failed": { name: "spawn-failed", message: "no memory", ...FACTS },
  "mounted": { name: "mounted", ...FACTS },
  "unshared": { name: "unshared", message: "nobody else sees it", ...FACTS },
  "unmounted": { name: "unmounted", ...FACTS },
  "exited": { name: "exited", status: { code: 139, signal: "SIGSEGV" }, ...FACTS },
  "heir-found": { name: "heir-found", heir: { pid: 7, kind: "successor" }, ...FACTS },
  "heir-ended": { name: "heir-ended", status: { code: 1 }, ...FACTS },
  "healthy": { name: "healthy", ...FACTS },
  "takeover-refused": { name: "takeover-refused", message: "no", ...FACTS },
  "takeover-timeout": { name: "takeover-timeout", ...FACTS },
  "start-timeout": { name: "start-timeout", ...FACTS },
  "retry-due": { name: "retry-due", ...FACTS },
  "reload-timeout": { name: "reload-timeout", ...FACTS },
  "heir-timeout": { name: "heir-timeout", ...FACTS },
  "stop": { name: "stop", by: "SIGTERM", ...FACTS },
  "reload": { name: "reload", reason: "config", hot: true, ...FACTS },
  "hung": { name: "hung", message: "silent", ...FACTS },
  "announced": { name: "announced", ...FACTS },
  "config-rejected": { name: "config-rejected", message: "bad key", ...FACTS },
  "stopped": { name: "stopped", ...FACTS },
  "fault": { name: "fault", message: "oops", ...FACTS },
};
