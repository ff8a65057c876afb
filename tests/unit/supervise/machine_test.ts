import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import type { ExitStatus } from "../../../lib/ports/child.ts";
import { begin, transition } from "../../../lib/supervise/machine.ts";
import type { Action, Event, State, Step } from "../../../lib/supervise/state.ts";
import { EVENTS, FACTS, LIMITS, NOW, STATES } from "./sample_states.ts";

/** Nothing happens. */
const SAME = "same";

/** What the states make of events: the next state, then the actions. No others do anything. */
const EXPECTED: Readonly<Record<State["name"], Readonly<Partial<Record<Event["name"], string>>>>> =
  {
    clearing: {
      "cleared": "starting: spawn arm-start-timeout",
      "obstructed": "backoff: disarm count-restart let-go wait",
      "occupied": "standing-by: disarm log attend",
      "masterless": "backoff: disarm count-restart let-go wait",
      "stop": "stopping: log disarm stop-orderly-nothing",
      "announced": "stopping: log disarm stop-orderly-nothing",
      "config-rejected": "stopping: log last-words disarm stop-quick-nothing",
      "fault": "stopping: log last-words disarm stop-quick-nothing",
    },
    starting: {
      "spawn-failed": "backoff: disarm count-restart let-go wait",
      "mounted": "mounted: disarm",
      "exited": "backoff: disarm count-restart let-go wait",
      "start-timeout": "stopping: log disarm stop-quick-layer",
      "stop": "stopping: log disarm stop-orderly-nothing",
      "reload": "stopping: log disarm stop-quick-layer",
      "announced": "stopping: log disarm stop-orderly-nothing",
      "config-rejected": "stopping: log last-words disarm stop-quick-nothing",
      "fault": "stopping: log last-words disarm stop-quick-nothing",
    },
    mounted: {
      "unmounted": "stopping: log disarm stop-unmounted-layer",
      "unshared": "stopping: log last-words disarm stop-quick-nothing",
      "exited": "backoff: disarm count-restart let-go wait",
      "stop": "stopping: log disarm stop-orderly-nothing",
      "reload": "reloading: log arm-reload-timeout hot-reload",
      "hung": "stopping: log disarm stop-hung-layer",
      "announced": "mounted: log",
      "fault": "stopping: log last-words disarm stop-quick-nothing",
    },
    reloading: {
      "exited": "backoff: disarm count-restart let-go wait count-reload",
      "reload-timeout": "mounted: disarm count-reload log",
      "stop": "stopping: log disarm stop-orderly-nothing",
      "reload": "reloading",
      "announced": "reloading: log",
      "fault": "stopping: log last-words disarm stop-quick-nothing",
    },
    "taking-over": {
      "spawn-failed": "clearing: disarm let-go count-restart clear",
      "unmounted": "stopping: let-go log disarm stop-unmounted-layer",
      "exited": "clearing: disarm let-go count-restart clear",
      "healthy": "mounted: disarm",
      "takeover-refused": "clearing: disarm let-go count-restart clear",
      "takeover-timeout": "stopping: let-go log disarm stop-quick-layer",
      "stop": "stopping: let-go log disarm stop-quick-nothing",
      "reload": "taking-over",
      "announced": "stopping: let-go log disarm stop-quick-nothing",
      "fault": "stopping: let-go log last-words disarm stop-quick-nothing",
    },
    backoff: {
      "retry-due": "clearing: clear",
      "stop": "stopping: log disarm stop-orderly-nothing",
      "reload": "clearing: disarm count-restart let-go clear",
      "announced": "stopping: log disarm stop-orderly-nothing",
      "config-rejected": "stopping: log last-words disarm stop-quick-nothing",
      "fault": "stopping: log last-words disarm stop-quick-nothing",
    },
    "standing-by": {
      "vacated": "clearing: clear",
      "stop": "done: log disarm finish-0",
      "announced": "done: log disarm finish-0",
      "fault": "stopping: log last-words disarm stop-quick-nothing",
    },
    stopping: {
      "exited": "stopping",
      "stop": "same: log hurry",
      "stopped": "done: finish-0",
      "fault": "same: log hurry",
    },
    done: {},
    failed: {},
  };

for (const before of Object.values(STATES)) {
  for (const event of Object.values(EVENTS)) {
    const expected = EXPECTED[before.name][event.name] ?? SAME;
    Deno.test(`${before.name}, ${event.name} → ${expected}`, () => {
      assert.equal(show(transition(before, event, LIMITS), before), expected);
    });
  }
}

function show({ state, actions }: Step, before: State): string {
  const next = state === before ? SAME : state.name;
  return actions.length === 0 ? next : `${next}: ${actions.map(word).join(" ")}`;
}

function word(action: Action): string {
  switch (action.do) {
    case "stop":
      return `stop-${action.manner}-${action.leave}`;
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
const killed: Event = { name: "exited", status: { code: 137, signal: "SIGKILL" }, ...FACTS };

Deno.test("the first restart is immediate", () => {
  const { state, actions } = walk({ ...STATES.mounted, ...first }, killed);
  assert.equal(state.name, "clearing");
  assert.deepEqual(words(actions), ["disarm", "count-restart", "let-go", "clear"]);
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
  const zero: Event = { name: "exited", status: { code: 0 }, ...FACTS };
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
    const ended: Event = { name: "exited", status: { code, signal }, ...FACTS };
    const { state } = walk({ ...STATES.starting, failures: 9 }, ended, EVENTS.stopped);
    assert.equal(state.name === "failed" && state.code, 1, signal);
  }
  // The same when we ended it, because it did not mount in time.
  const late = walk(
    { ...STATES.starting, failures: 9 },
    EVENTS["start-timeout"],
    { name: "stopped", status: { code: 143, signal: "SIGTERM" }, ...FACTS },
    EVENTS.stopped,
  );
  assert.equal(late.state.name === "failed" && late.state.code, 1);
});

Deno.test("an exit 0 that nobody asked for is a failure like any other", () => {
  const { actions } = walk(STATES.mounted, { name: "exited", status: { code: 0 }, ...FACTS });
  assert.deepEqual(actions[1], {
    do: "count-restart",
    cause: "exit-zero",
    how: "cold",
    detail: "the daemon exited with 0",
  });
});

Deno.test("a usage error is given up at once", () => {
  const usage: Event = { name: "exited", status: { code: 2 }, ...FACTS };
  const { state } = walk({ ...STATES.starting, ...first }, usage, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 2);
});

Deno.test("after a start error curvine-fuse is asked; its refusal ends the loop with its code", () => {
  const error: Event = { name: "exited", status: { code: 1 }, ...FACTS };
  const { state, actions } = walk({ ...STATES.starting, ...first }, error);
  assert.deepEqual(words(actions), ["disarm", "count-restart", "let-go", "clear", "validate"]);
  const refused = walk(state, EVENTS["config-rejected"], EVENTS.stopped);
  assert.equal(refused.state.name === "failed" && refused.state.code, 1);
});

Deno.test("curvine-fuse is asked after a start error alone, and where an answer would change anything", () => {
  const asked = (code: number, from: Partial<State> = {}, facts = {}): boolean => {
    const exited: Event = { name: "exited", status: { code }, ...FACTS, ...facts };
    return words(walk({ ...STATES.starting, ...from } as State, exited).actions).includes(
      "validate",
    );
  };
  assert.ok(asked(1));
  assert.ok(!asked(3), "another code");
  assert.ok(!asked(1, {}, { untried: true }), "it is rolled back anyway");
  assert.ok(!asked(1, { failures: LIMITS.restartLimit - 1 }), "it is given up anyway");
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
  const missing: Event = { name: "spawn-failed", message: "not found", code: 127, ...FACTS };
  const { state } = walk(STATES.starting, missing, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 127);
});

Deno.test("a daemon that forks into the background is followed", () => {
  const heir = { pid: 9, kind: "server" } as const;
  const { state, actions } = walk(
    STATES.starting,
    { name: "exited", status: { code: 0 }, heir, ...FACTS },
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
  const usr1: Event = { name: "reload", reason: "signal", hot: true, ...FACTS };
  for (const state of [STATES.starting, STATES.backoff]) {
    const { state: after, actions } = walk(state, usr1);
    assert.equal(after, state);
    assert.deepEqual(words(actions), ["log"]);
  }
  assert.deepEqual(words(walk(STATES.mounted, { ...usr1, hot: false }).actions), ["log"]);
});

const heir = { pid: 9, kind: "successor" } as const;
const handedOver: Event = { name: "exited", status: { code: 0 }, heir, ...FACTS };
const left: Event = { name: "exited", status: { code: 0 }, ...FACTS };

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

Deno.test("a successor that is found dead is told of with its end, and only its own end is blamed on the configuration", () => {
  const fresh = { ...STATES.mounted, ...first };
  const untried = { ...FACTS, untried: true };
  const found = (status: ExitStatus): Step =>
    walk(fresh, EVENTS.reload, left, { name: "heir-ended", status, ...untried });
  const details = ({ actions }: Step): string[] =>
    actions.flatMap((one) => one.do === "count-restart" ? [one.detail] : []);
  const exited = found({ code: 3 });
  assert.deepEqual(details(exited), ["the successor exited with 3 before it was adopted"]);
  assert(words(exited.actions).includes("roll-back"));
  const killed = found({ code: 137, signal: "SIGKILL" });
  assert.deepEqual(details(killed), [
    "the successor was killed by SIGKILL before it was adopted",
  ]);
  assert(!words(killed.actions).includes("roll-back"));
  assert.equal(walk(fresh, EVENTS.reload, EVENTS["heir-ended"]).state.name, "reloading");
});

Deno.test("no successor, or one that dies, or never serves: a cold start", () => {
  const fresh = { ...STATES.mounted, ...first };
  const none = walk(fresh, EVENTS.reload, left, EVENTS["heir-timeout"]);
  assert.equal(none.state.name, "clearing");
  const dead = walk(fresh, EVENTS.reload, handedOver, killed);
  assert.equal(dead.state.name, "clearing");
  const idle = walk(fresh, EVENTS.reload, handedOver, EVENTS["reload-timeout"], EVENTS.stopped);
  assert.equal(idle.state.name, "clearing");
  const failed = walk(fresh, EVENTS.reload, { name: "exited", status: { code: 1 }, ...FACTS });
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
    assert.ok(!actions.some((one) => ["spawn", "clear", "take-over"].includes(one.do)));
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

const held = { held: true } as const;
const heldKill: Event = { ...killed, ...held };

Deno.test("an abrupt end of a daemon whose connection is held: a successor takes it over at once", () => {
  const ends: Event[] = [
    heldKill,
    { name: "exited", status: { code: 139, signal: "SIGSEGV" }, ...FACTS, ...held },
    { name: "exited", status: { code: 101 }, ...FACTS, ...held },
    { name: "exited", status: { code: 0 }, ...FACTS, ...held },
  ];
  for (const end of ends) {
    const { state, actions } = walk({ ...STATES.mounted, ...first }, end);
    assert.equal(state.name === "taking-over" && state.phase, "proving");
    assert.deepEqual(words(actions), [
      "disarm",
      "count-restart",
      "arm-takeover-timeout",
      "take-over",
    ]);
    assert.ok(actions.some((one) => one.do === "count-restart" && one.how === "takeover"));
    assert.equal(walk(state, EVENTS.healthy).state.name, "mounted");
  }
});

Deno.test("takeovers wait like any restart; the connection is kept meanwhile", () => {
  const { state, actions } = walk(STATES.mounted, heldKill);
  assert.equal(state.name === "taking-over" && state.phase, "waiting");
  assert.deepEqual(words(actions), ["disarm", "count-restart", "wait"]);
  const next = walk(state, { ...EVENTS.exited, ...held }, EVENTS.healthy, EVENTS["retry-due"]);
  assert.equal(next.state.name === "taking-over" && next.state.phase, "proving");
  assert.deepEqual(words(next.actions), ["arm-takeover-timeout", "take-over"]);
  assert.deepEqual(words(walk(next.state, EVENTS["retry-due"]).actions), [], "once is enough");
});

Deno.test("a successor that is killed is followed by another; many of them are given up", () => {
  const fresh = { ...STATES["taking-over"], ...first };
  const { state, actions } = walk(fresh, heldKill);
  assert.equal(state.name === "taking-over" && state.phase, "proving");
  assert.equal(state.failures, 1);
  assert.ok(!words(actions).includes("let-go"));
  const last = walk({ ...STATES["taking-over"], failures: 9 }, heldKill, EVENTS.stopped);
  assert.equal(last.state.name === "failed" && last.state.code, 137);
  assert.ok(words(last.actions).includes("last-words"));
});

Deno.test("a successor that ends by itself before it serves: the connection ends, then a cold start", () => {
  const refused: Event = { name: "exited", status: { code: 1 }, ...FACTS, ...held };
  const { state, actions } = walk({ ...STATES["taking-over"], ...first }, refused);
  assert.equal(state.name, "clearing");
  assert.deepEqual(words(actions), [
    "forgo-takeovers",
    "disarm",
    "let-go",
    "count-restart",
    "clear",
  ]);
  assert.ok(actions.some((one) => one.do === "count-restart" && one.cause === "takeover-failed"));
  // One that found no master for two minutes may find one the next time.
  const late = walk({ ...STATES["taking-over"], ...first }, { ...refused, at: NOW + 120_000 });
  assert.ok(!words(late.actions).includes("forgo-takeovers"));
  assert.equal(state.failures, 0, "the cold start is its second chance, not a second failure");
});

Deno.test("a successor that forks into the background is followed", () => {
  const { state, actions } = walk(STATES["taking-over"], handedOver, EVENTS.healthy);
  assert.deepEqual(words(actions).slice(0, 1), ["adopt"]);
  assert.equal(state.name, "mounted");
});

Deno.test("whatever does not lead to a served mount ends the connection before anything waits", () => {
  const ends: Event[] = [
    EVENTS.stop,
    EVENTS.announced,
    EVENTS.fault,
    EVENTS.unmounted,
    EVENTS["takeover-timeout"],
    { ...EVENTS.reload, hot: false },
  ];
  for (const phase of ["waiting", "proving"] as const) {
    for (const end of ends) {
      const { actions } = walk({ ...STATES["taking-over"], phase }, end);
      assert.equal(words(actions)[0], "let-go", end.name);
    }
  }
});

Deno.test("a program that is gone when it should take over is given up, without its connection", () => {
  const missing: Event = {
    name: "spawn-failed",
    message: "not found",
    code: 127,
    ...FACTS,
    ...held,
  };
  const { state, actions } = walk(STATES["taking-over"], missing, EVENTS.stopped);
  assert.equal(state.name === "failed" && state.code, 127);
  assert.equal(words(actions)[0], "let-go");
});

Deno.test("a configuration that changes during a takeover is applied after it", () => {
  const later = walk(STATES["taking-over"], EVENTS.reload, EVENTS.healthy);
  assert.equal(later.state.name === "reloading" && later.state.phase, "handoff");
  const waiting = { ...STATES["taking-over"], phase: "waiting" } as const;
  const sooner = walk(waiting, EVENTS.reload, EVENTS["retry-due"], EVENTS.healthy);
  assert.equal(sooner.state.name, "mounted", "the successor has read it");
  const usr1: Event = { ...EVENTS.reload, reason: "signal" };
  assert.deepEqual(words(walk(STATES["taking-over"], usr1).actions), ["log"]);
});

Deno.test("a hang is ended without the mount where the connection is held", () => {
  const hung: Event = { ...EVENTS.hung, ...held };
  const { state, actions } = walk(
    { ...STATES.mounted, ...first },
    hung,
    { name: "stopped", status: { code: 134, signal: "SIGABRT" }, ...FACTS, ...held },
  );
  assert.deepEqual(words(actions).slice(0, 3), ["log", "disarm", "stop-hung-connection"]);
  assert.equal(state.name, "taking-over");
  const gone = walk({ ...STATES.mounted, ...first }, hung, EVENTS.stopped);
  assert.equal(gone.state.name, "clearing", "one that cannot be killed may still answer");
});

Deno.test("what was stopped for a cold restart is not taken over, held or not", () => {
  const stopped: Event = { ...EVENTS.stopped, ...held };
  const { state } = walk({ ...STATES.mounted, ...first }, EVENTS.hung, stopped);
  assert.equal(state.name, "clearing");
});

Deno.test("what is kept in a stop is of use only to a successor of the same process", () => {
  const change: Event = { ...EVENTS.reload, reason: "config" };
  const hung: Event = { ...EVENTS.hung, ...held };
  const stopped: Event = { ...EVENTS.stopped, ...held };
  const after = (event: Event): string =>
    walk({ ...STATES.mounted, ...first }, hung, event, stopped).state.name;
  assert.equal(after({ ...change, hot: true }), "taking-over");
  assert.equal(after({ ...change, hot: false }), "clearing");
  assert.equal(after({ ...change, reason: "signal", hot: false }), "taking-over");
});

Deno.test("who stands by looks again for a changed target, and only then", () => {
  const after = (reason: "config" | "signal", hot: boolean): string =>
    walk(STATES["standing-by"], { ...EVENTS.reload, reason, hot }).state.name;
  assert.equal(after("config", false), "clearing");
  assert.equal(after("config", true), "standing-by");
  assert.equal(after("signal", false), "standing-by");
});

Deno.test("a reload that comes to nothing is taken over", () => {
  const fresh = { ...STATES.mounted, ...first };
  const ways: Event[][] = [
    [handedOver, heldKill],
    [handedOver, { name: "exited", status: { code: 1 }, ...FACTS, ...held }],
    [left, { ...EVENTS["heir-timeout"], ...held }],
    [
      handedOver,
      { ...EVENTS["reload-timeout"], ...held },
      { ...EVENTS.stopped, ...held },
    ],
    [heldKill],
  ];
  for (const way of ways) {
    const { state, actions } = walk(fresh, EVENTS.reload, ...way);
    assert.equal(state.name, "taking-over");
    assert.ok(actions.some((one) => one.do === "count-reload" && one.result === "takeover"));
  }
});

Deno.test("a configuration that cannot start is rolled back at once, whatever the failures", () => {
  const untried = { untried: true } as const;
  const ends = (failures: number, fails: State): [State, ...Event[]][] => [
    [fails, { name: "exited", status: { code: 1 }, ...FACTS, ...untried }],
    [fails, { name: "exited", status: { code: 2 }, ...FACTS, ...untried }],
    [fails, { name: "spawn-failed", message: "gone", code: 127, ...FACTS, ...untried }],
    [fails, EVENTS["start-timeout"], { ...EVENTS.stopped, ...untried }],
    [{ ...STATES.clearing, failures }, { ...EVENTS.obstructed, ...untried }],
    [{ ...STATES.clearing, failures }, { ...EVENTS.masterless, ...untried }],
    [STATES["taking-over"], { name: "exited", status: { code: 1 }, ...FACTS, ...untried }],
  ];
  for (const failures of [0, LIMITS.restartLimit - 1]) {
    for (
      const [state, ...events] of ends(failures, { ...STATES.starting, restarts: 5, failures })
    ) {
      const { state: after, actions } = walk(state, ...events);
      assert.equal(after.name, "clearing", events[0]?.name);
      const wanted = words(actions).filter((one) => ["roll-back", "clear", "wait"].includes(one));
      assert.deepEqual(wanted, ["roll-back", "clear"], events[0]?.name);
    }
  }
  const kept = walk(
    STATES.mounted,
    EVENTS.reload,
    handedOver,
    { name: "exited", status: { code: 1 }, ...FACTS, ...held, ...untried },
  );
  assert.deepEqual(words(kept.actions).slice(-4), [
    "roll-back",
    "arm-takeover-timeout",
    "take-over",
    "count-reload",
  ]);
});

Deno.test("a daemon that does not hand over has not even read the new configuration", () => {
  const stopped: Event = { ...EVENTS.stopped, untried: true };
  const { actions } = walk(STATES.mounted, EVENTS.reload, EVENTS["reload-timeout"], stopped);
  assert.ok(!words(actions).includes("roll-back"));
});

Deno.test("a daemon that somebody kills says nothing against its configuration", () => {
  for (const state of [STATES.starting, { ...STATES["taking-over"], ...first }]) {
    const { actions } = walk(state, { ...killed, untried: true });
    assert.ok(!words(actions).includes("roll-back"), state.name);
  }
});

Deno.test("a configuration with which the daemon crashes is rolled back, with the mount if it is held", () => {
  for (const signal of ["SIGSEGV", "SIGABRT", "SIGBUS"] as const) {
    const crash: Event = { name: "exited", status: { code: 134, signal }, ...FACTS, untried: true };
    for (const state of [STATES.starting, STATES["taking-over"]]) {
      const { actions } = walk(state, { ...crash, held: state !== STATES.starting });
      assert.ok(words(actions).includes("roll-back"), `${state.name}, ${signal}`);
    }
    const reload = walk(STATES.mounted, EVENTS.reload, handedOver, { ...crash, ...held });
    assert.equal(reload.state.name, "taking-over");
    assert.ok(words(reload.actions).includes("roll-back"), signal);
  }
});

Deno.test("before we give up an untried configuration goes, whatever ended its daemon", () => {
  const fails = { ...STATES["taking-over"], failures: 9 };
  const step = walk(fails, { ...killed, ...held, untried: true });
  assert.equal(step.state.name, "taking-over");
  assert.equal(step.state.failures, 0);
  assert.ok(words(step.actions).includes("roll-back"));
  assert.equal(walk(fails, { ...killed, ...held }).state.name, "stopping");
});

Deno.test("without a configuration to go back to, what cannot help ends us as ever", () => {
  const { state } = walk(STATES.starting, { name: "exited", status: { code: 2 }, ...FACTS });
  assert.equal(state.name, "stopping");
});

Deno.test("an end names its cause: the daemon's own, the kernel's, or somebody's", () => {
  const restarts = (from: State, ...events: Event[]): string[] =>
    walk(from, ...events).actions.flatMap((one) =>
      one.do === "count-restart" ? [`${one.cause}: ${one.detail}`] : []
    );
  const gone = { ...FACTS, gone: true };
  const died: Event = { name: "exited", status: { code: 1 }, ...gone };
  const told: Event = { name: "exited", status: { code: 0 }, ...gone };
  const oom: Event = { ...killed, oom: true };
  assert.deepEqual(restarts(STATES.mounted, died), [
    "exit: the daemon unmounted the target and exited with 1",
  ]);
  assert.match(restarts(STATES.mounted, told)[0] ?? "", /^unmounted: somebody .*exited with 0$/);
  assert.match(restarts(STATES.mounted, oom)[0] ?? "", /^oom: .*memory limit/);
  assert.deepEqual(restarts(STATES.mounted, killed), ["signal: the daemon was killed by SIGKILL"]);
  // The mount went first, its daemon follows.
  const after = (status: { code: number; signal?: string }): string =>
    restarts(
      STATES.mounted,
      EVENTS.unmounted,
      { name: "exited", status, ...gone },
      { name: "stopped", status, ...gone },
    )[0] ?? "";
  assert.match(after({ code: 1 }), /^exit: the daemon unmounted the target and exited with 1/);
  assert.match(after({ code: 0 }), /^unmounted: .*exited with 0/);
  assert.equal(
    after({ code: 137, signal: "SIGKILL" }),
    "unmounted: somebody unmounted the target",
    "one that lives on is ended by us",
  );
});

Deno.test("a daemon whose mount is gone is not told to end: it would unmount what lies beneath", () => {
  const gone = { ...FACTS, gone: true };
  const ways: [State, Event][] = [
    [STATES.mounted, { name: "stop", by: "SIGTERM", ...gone }],
    [STATES.reloading, { name: "stop", by: "SIGTERM", ...gone }],
    [{ ...STATES.mounted, announcedUntil: NOW }, { name: "unmounted", ...gone }],
  ];
  for (const [state, event] of ways) {
    assert.equal(words(walk(state, event).actions).at(-1), "stop-unmounted-nothing");
  }
});

Deno.test("without a master a dead layer stays, also when that is given up", () => {
  const { state, actions } = walk({ ...STATES.clearing, begun: false }, EVENTS.masterless);
  assert.equal(state.name, "backoff", "a failed start like any other, be it the first");
  assert.ok(actions.some((one) => one.do === "count-restart" && one.cause === "no-master"));
  const last = walk({ ...STATES.clearing, failures: 9 }, EVENTS.masterless);
  assert.equal(words(last.actions).at(-1), "stop-quick-layer");
});
