import assert from "node:assert/strict";
import fc from "fast-check";
import { begin, transition } from "../../../lib/supervise/machine.ts";
import type { Action, Event, State, Step } from "../../../lib/supervise/state.ts";
import { EVENTS, LIMITS, NOW, STATES } from "./sample_states.ts";

/** Nothing happens. */
const same = "same";

/**
 * What every state makes of every event: the next state, then the actions. The types of this table
 * keep it complete.
 */
const EXPECTED: Readonly<Record<State["name"], Readonly<Record<Event["name"], string>>>> = {
  clearing: {
    "cleared": "starting: arm-start-timeout spawn",
    "obstructed": "backoff: disarm count-restart wait",
    "spawn-failed": same,
    "mounted": same,
    "unmounted": same,
    "exited": same,
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": same,
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": "stopping: log disarm stop-orderly",
    "reload": same,
    "hung": same,
    "announced": "stopping: log disarm stop-orderly",
    "config-rejected": "stopping: log last-words disarm stop-quick",
    "stopped": same,
    "fault": "stopping: log last-words disarm stop-quick",
  },
  starting: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": "backoff: disarm count-restart wait",
    "mounted": "mounted: disarm",
    "unmounted": same,
    "exited": "backoff: disarm count-restart wait",
    "heir-found": same,
    "healthy": same,
    "start-timeout": "stopping: log disarm stop-quick",
    "retry-due": same,
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": "stopping: log disarm stop-orderly",
    "reload": "stopping: log disarm stop-quick",
    "hung": same,
    "announced": "stopping: log disarm stop-orderly",
    "config-rejected": "stopping: log last-words disarm stop-quick",
    "stopped": same,
    "fault": "stopping: log last-words disarm stop-quick",
  },
  mounted: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": same,
    "mounted": same,
    "unmounted": "stopping: log disarm stop-quick",
    "exited": "backoff: disarm count-restart wait",
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": same,
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": "stopping: log disarm stop-orderly",
    "reload": "reloading: log arm-reload-timeout hot-reload",
    "hung": "stopping: log disarm stop-hung",
    "announced": "mounted: log",
    "config-rejected": same,
    "stopped": same,
    "fault": "stopping: log last-words disarm stop-quick",
  },
  reloading: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": same,
    "mounted": same,
    "unmounted": same,
    "exited": "backoff: disarm count-restart wait count-reload",
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": same,
    "reload-timeout": "mounted: disarm count-reload log",
    "heir-timeout": same,
    "stop": "stopping: log disarm stop-orderly",
    "reload": "reloading",
    "hung": same,
    "announced": "reloading: log",
    "config-rejected": same,
    "stopped": same,
    "fault": "stopping: log last-words disarm stop-quick",
  },
  backoff: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": same,
    "mounted": same,
    "unmounted": same,
    "exited": same,
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": "clearing: clear",
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": "stopping: log disarm stop-orderly",
    "reload": "clearing: disarm count-restart clear",
    "hung": same,
    "announced": "stopping: log disarm stop-orderly",
    "config-rejected": "stopping: log last-words disarm stop-quick",
    "stopped": same,
    "fault": "stopping: log last-words disarm stop-quick",
  },
  stopping: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": same,
    "mounted": same,
    "unmounted": same,
    "exited": "stopping",
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": same,
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": "same: log hurry",
    "reload": same,
    "hung": same,
    "announced": same,
    "config-rejected": same,
    "stopped": "done: finish-0",
    "fault": "same: log hurry",
  },
  done: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": same,
    "mounted": same,
    "unmounted": same,
    "exited": same,
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": same,
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": same,
    "reload": same,
    "hung": same,
    "announced": same,
    "config-rejected": same,
    "stopped": same,
    "fault": same,
  },
  failed: {
    "cleared": same,
    "obstructed": same,
    "spawn-failed": same,
    "mounted": same,
    "unmounted": same,
    "exited": same,
    "heir-found": same,
    "healthy": same,
    "start-timeout": same,
    "retry-due": same,
    "reload-timeout": same,
    "heir-timeout": same,
    "stop": same,
    "reload": same,
    "hung": same,
    "announced": same,
    "config-rejected": same,
    "stopped": same,
    "fault": same,
  },
};

for (const [name, events] of Object.entries(EXPECTED)) {
  for (const [event, expected] of Object.entries(events)) {
    Deno.test(`${name}, ${event} → ${expected}`, () => {
      const before = STATES[name as State["name"]];
      const step = transition(before, EVENTS[event as Event["name"]], LIMITS);
      assert.equal(show(step, before), expected);
    });
  }
}

function show({ state, actions }: Step, before: State): string {
  const next = state === before ? same : state.name;
  return actions.length === 0 ? next : `${next}: ${actions.map(word).join(" ")}`;
}

function word(action: Action): string {
  switch (action.do) {
    case "stop":
      return `stop-${action.manner}`;
    case "arm":
      return `arm-${action.timer}`;
    case "finish":
      return `finish-${action.code}`;
    default:
      return action.do;
  }
}

/** A walk through the machine, shown as the names of its states. */
function walk(from: State, ...events: Event[]): { state: State; actions: Action[] } {
  let state = from;
  const actions: Action[] = [];
  for (const event of events) {
    const step = transition(state, event, LIMITS);
    state = step.state;
    actions.push(...step.actions);
  }
  return { state, actions };
}

const words = (actions: readonly Action[]): string[] => actions.map(word);
const first = { restarts: 0, failures: 0, begun: true };
const killed: Event = { name: "exited", status: { code: 137, signal: "SIGKILL" }, at: NOW };

Deno.test("the first restart is immediate", () => {
  const { state, actions } = walk({ ...STATES.mounted, ...first }, killed);
  assert.equal(state.name, "clearing");
  assert.deepEqual(words(actions), ["disarm", "count-restart", "clear"]);
  assert.equal(state.restarts, 1);
});

Deno.test("a mount that was stable makes the next restart immediate again", () => {
  const long = { ...STATES.mounted, restarts: 7, since: NOW - LIMITS.stableAfter };
  assert.equal(walk(long, killed).state.name, "clearing");
  const short = { ...STATES.mounted, restarts: 7, since: NOW - LIMITS.stableAfter + 1 };
  const { state, actions } = walk(short, killed);
  assert.equal(state.name, "backoff");
  assert.deepEqual(actions.at(-1), { do: "wait", restarts: 7 });
});

Deno.test("a mount ends the row of failures", () => {
  const { state } = walk({ ...STATES.starting, failures: 9 }, EVENTS.mounted, killed);
  assert.equal(state.failures, 0);
});

Deno.test("too many failures in a row without a mount: give up with the daemon's own code", () => {
  const { state, actions } = walk({ ...STATES.starting, failures: 9 }, killed, EVENTS.stopped);
  assert.deepEqual(state, { ...state, name: "failed", code: 137 });
  assert.ok(words(actions).includes("last-words"));
  assert.equal(words(actions).at(-1), "finish-137");
});

Deno.test("a daemon that exits with 0 all the time is given up with 1", () => {
  const zero: Event = { name: "exited", status: { code: 0 }, at: NOW };
  const { state, actions } = walk({ ...STATES.starting, failures: 9 }, zero, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 1);
  assert.ok(words(actions).includes("last-words"));
});

Deno.test("a daemon that is ended by TERM all the time: 143 would read like a stop that was asked for", () => {
  for (
    const [signal, code] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGQUIT", 131], [
      "SIGTERM",
      143,
    ]] as const
  ) {
    const ended: Event = { name: "exited", status: { code, signal }, at: NOW };
    const { state } = walk({ ...STATES.starting, failures: 9 }, ended, EVENTS.stopped);
    assert.equal(state.name === "failed" && state.code, 1, signal);
  }
  // The same when we ended it, because it did not mount in time.
  const late = walk(
    { ...STATES.starting, failures: 9 },
    EVENTS["start-timeout"],
    { name: "stopped", status: { code: 143, signal: "SIGTERM" }, at: NOW },
    EVENTS.stopped,
  );
  assert.equal(late.state.name === "failed" && late.state.code, 1);
});

Deno.test("an exit 0 that nobody asked for is a failure like any other", () => {
  const { actions } = walk(STATES.mounted, { name: "exited", status: { code: 0 }, at: NOW });
  assert.deepEqual(actions[1], {
    do: "count-restart",
    cause: "exit-zero",
    detail: "the daemon exited with 0",
  });
});

Deno.test("a usage error is given up at once", () => {
  const usage: Event = { name: "exited", status: { code: 2 }, at: NOW };
  const { state } = walk({ ...STATES.starting, ...first }, usage, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 2);
});

Deno.test("after a start error curvine-fuse is asked; its refusal ends the loop with its code", () => {
  const error: Event = { name: "exited", status: { code: 1 }, at: NOW };
  const { state, actions } = walk({ ...STATES.starting, ...first }, error);
  assert.deepEqual(words(actions), ["disarm", "count-restart", "clear", "validate"]);
  const refused = walk(state, EVENTS["config-rejected"], EVENTS.stopped);
  assert.equal(refused.state.name === "failed" && refused.state.code, 1);
});

Deno.test("a refusal of a configuration that meanwhile works changes nothing", () => {
  const fresh = { ...STATES.clearing, failures: 0 };
  assert.equal(walk(fresh, EVENTS["config-rejected"]).state, fresh);
});

Deno.test("what keeps the target from being cleared ends the very first start only", () => {
  const never = { ...STATES.clearing, ...first, begun: false };
  const { state } = walk(never, EVENTS.obstructed, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 71);
  assert.equal(walk({ ...STATES.clearing, ...first }, EVENTS.obstructed).state.name, "clearing");
});

Deno.test("a program that is not there is given up at once with the shell's code", () => {
  const missing: Event = { name: "spawn-failed", message: "not found", code: 127, at: NOW };
  const { state } = walk(STATES.starting, missing, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 127);
});

Deno.test("a daemon that forks into the background is followed", () => {
  const heir = { pid: 9, kind: "server" } as const;
  const { state, actions } = walk(
    STATES.starting,
    { name: "exited", status: { code: 0 }, heir, at: NOW },
    EVENTS.mounted,
  );
  assert.equal(state.name, "mounted");
  assert.deepEqual(actions[0], { do: "adopt", heir });
});

Deno.test("an announced unmount makes the end of the mount a wanted one", () => {
  for (const end of [EVENTS.unmounted, killed]) {
    const { state, actions } = walk(STATES.mounted, EVENTS.announced, end, EVENTS.stopped);
    assert.equal(state.name, "done");
    assert.equal(words(actions).at(-1), "finish-0");
  }
  const late = { ...EVENTS.unmounted, at: NOW + LIMITS.stopTimeout + 1 };
  const { state } = walk(STATES.mounted, EVENTS.announced, late);
  assert.equal(state.name === "stopping" && state.then.kind, "restart", "an old one is forgotten");
});

Deno.test("a restart after a stop counts by why it was stopped", () => {
  const { state, actions } = walk(STATES.mounted, EVENTS.hung, EVENTS.stopped);
  assert.equal(state.name, "backoff");
  assert.ok(actions.some((action) => action.do === "count-restart" && action.cause === "hang"));
});

Deno.test("TERM while stopping for a restart makes it a stop for good, without a hurry", () => {
  const { state, actions } = walk(STATES.mounted, EVENTS.hung, EVENTS.stop, EVENTS.stopped);
  assert.equal(state.name, "done");
  assert.ok(!words(actions).includes("hurry"));
});

Deno.test("a fault of ours stops in order and exits with 70", () => {
  for (const state of [STATES.clearing, STATES.mounted, STATES.reloading, STATES.backoff]) {
    const { state: end } = walk(state, EVENTS.fault, EVENTS.stopped);
    assert.equal(end.name === "failed" && end.code, 70);
  }
});

Deno.test("a fault while stopping on request keeps the exit code, and hurries", () => {
  const { state, actions } = walk(STATES.stopping, EVENTS.fault, EVENTS.stopped);
  assert.equal(state.name, "done");
  assert.ok(words(actions).includes("hurry"));
});

Deno.test("a changed configuration is a new chance: no wait, no old failures", () => {
  const { state } = walk({ ...STATES.backoff, restarts: 9, failures: 9 }, EVENTS.reload);
  assert.deepEqual([state.name, state.restarts, state.failures], ["clearing", 0, 0]);
  const stopped = walk(STATES.mounted, { ...EVENTS.reload, hot: false }, EVENTS.stopped);
  assert.equal(stopped.state.name, "clearing");
});

Deno.test("USR1 without a mount is answered, not obeyed", () => {
  const usr1: Event = { name: "reload", reason: "signal", hot: true, at: NOW };
  for (const state of [STATES.starting, STATES.backoff]) {
    const { state: after, actions } = walk(state, usr1);
    assert.equal(after, state);
    assert.deepEqual(words(actions), ["log"]);
  }
  assert.deepEqual(words(walk(STATES.mounted, { ...usr1, hot: false }).actions), ["log"]);
});

const heir = { pid: 9, kind: "successor" } as const;
const handedOver: Event = { name: "exited", status: { code: 0 }, heir, at: NOW };
const left: Event = { name: "exited", status: { code: 0 }, at: NOW };

Deno.test("a successor is adopted and, once healthy, mounted", () => {
  const { state, actions } = walk(STATES.mounted, EVENTS.reload, handedOver, EVENTS.healthy);
  assert.equal(state.name, "mounted");
  assert.equal(state.restarts, STATES.mounted.restarts, "a reload is no restart");
  assert.deepEqual(words(actions).filter((one) => one !== "log"), [
    "arm-reload-timeout",
    "hot-reload",
    "adopt",
    "disarm",
    "count-reload",
  ]);
});

Deno.test("a successor that shows up late is adopted too", () => {
  const { state } = walk(STATES.mounted, EVENTS.reload, left, EVENTS["heir-found"], EVENTS.healthy);
  assert.equal(state.name, "mounted");
});

Deno.test("no successor, or one that dies, or never serves: a cold start", () => {
  const fresh = { ...STATES.mounted, ...first };
  const none = walk(fresh, EVENTS.reload, left, EVENTS["heir-timeout"]);
  assert.equal(none.state.name, "clearing");
  const dead = walk(fresh, EVENTS.reload, handedOver, killed);
  assert.equal(dead.state.name, "clearing");
  const idle = walk(fresh, EVENTS.reload, handedOver, EVENTS["reload-timeout"], EVENTS.stopped);
  assert.equal(idle.state.name, "clearing");
  const failed = walk(fresh, EVENTS.reload, { name: "exited", status: { code: 1 }, at: NOW });
  assert.equal(failed.state.name, "clearing");
  for (const { actions } of [none, dead, idle, failed]) {
    assert.ok(actions.some((one) => one.do === "count-reload" && one.result === "cold"));
    assert.ok(actions.some((one) => one.do === "count-restart" && one.cause === "reload-failed"));
  }
});

Deno.test("of two successors, the second is adopted when the first dies", () => {
  const second: Event = { ...killed, heir: { pid: 10, kind: "successor" } } as Event;
  const { state } = walk(STATES.mounted, EVENTS.reload, handedOver, second, EVENTS.healthy);
  assert.equal(state.name, "mounted");
});

Deno.test("a reload that somebody began past us is adopted as well", () => {
  const { state } = walk(STATES.mounted, handedOver, EVENTS.healthy);
  assert.equal(state.name, "mounted");
});

Deno.test("a daemon that does not hand over goes on, or is restarted for a new configuration", () => {
  const usr1: Event = { ...EVENTS.reload, reason: "signal" };
  assert.equal(walk(STATES.mounted, usr1, EVENTS["reload-timeout"]).state.name, "mounted");
  const config = walk(STATES.mounted, EVENTS.reload, EVENTS["reload-timeout"], EVENTS.stopped);
  assert.notEqual(config.state.name, "mounted");
});

Deno.test("a configuration that changes during a reload is applied after it", () => {
  const again = walk(STATES.mounted, EVENTS.reload, EVENTS.reload, handedOver, EVENTS.healthy);
  assert.equal(again.state.name === "reloading" && again.state.phase, "handoff");
  const other = { ...EVENTS.reload, hot: false };
  const restart = walk(
    STATES.mounted,
    EVENTS.reload,
    other,
    EVENTS.reload,
    handedOver,
    EVENTS.healthy,
  );
  assert.equal(restart.state.name, "stopping", "what needs a restart still does");
});

Deno.test("two USR1 in a row are one reload", () => {
  const usr1: Event = { ...EVENTS.reload, reason: "signal" };
  const { state, actions } = walk(STATES.mounted, usr1, usr1, handedOver, EVENTS.healthy);
  assert.equal(state.name, "mounted");
  assert.equal(actions.filter((one) => one.do === "hot-reload").length, 1);
});

Deno.test("TERM in the middle of a reload stops", () => {
  for (const middle of [[], [left], [handedOver]]) {
    const { state } = walk(STATES.mounted, EVENTS.reload, ...middle, EVENTS.stop, EVENTS.stopped);
    assert.equal(state.name, "done");
  }
});

Deno.test("whatever happens: no daemon is started after a stop, and the stop ends", () => {
  const events = fc.array(fc.constantFrom(...Object.values(EVENTS), handedOver, left, killed));
  fc.assert(fc.property(events, events, (before, after) => {
    const stopping = walk(begin().state, ...before, EVENTS.stop);
    const { state, actions } = walk(stopping.state, ...after);
    assert.ok(!actions.some((one) => one.do === "spawn" || one.do === "clear"));
    const { name } = walk(state, EVENTS.stopped).state;
    assert.ok(name === "done" || name === "failed", name);
  }));
});

Deno.test("whatever happens: failures in a row never reach the limit without giving up", () => {
  const events = fc.array(fc.constantFrom(...Object.values(EVENTS), left, killed), {
    maxLength: 200,
  });
  fc.assert(fc.property(events, (some) => {
    let { state } = begin();
    for (const event of some) {
      ({ state } = transition(state, event, { ...LIMITS, restartLimit: 3 }));
      const starts = state.name !== "stopping" && state.name !== "failed" && state.name !== "done";
      assert.ok(!starts || state.failures < 3);
    }
  }));
});
