import assert from "node:assert/strict";
import { begin, transition } from "../../../lib/supervise/machine.ts";
import { isLockName, lockedTarget, lockName } from "../../../lib/supervise/claim_target.ts";
import type { Action, Event, State, Step } from "../../../lib/supervise/state.ts";
import { EVENTS, LIMITS, NOW, STATES } from "./sample_states.ts";

function step(state: State, event: Event): Step {
  return transition(state, event, LIMITS);
}

function did({ actions }: Step): string[] {
  return actions.map((action) => action.do);
}

function levels({ actions }: Step): string[] {
  return actions.flatMap((action: Action) => action.do === "log" ? [action.level] : []);
}

Deno.test("nothing has begun before the target is clear", () => {
  assert.equal(begin().state.begun, false);
  const cleared = step({ ...STATES.clearing, begun: false }, EVENTS.cleared);
  assert.deepEqual([cleared.state.name, cleared.state.begun], ["starting", true]);
});

Deno.test("a restart for a changed configuration is no warning; every other is", () => {
  assert.deepEqual(levels(step(STATES.mounted, { ...EVENTS.reload, hot: false })), ["info"]);
  assert.deepEqual(levels(step(STATES.mounted, EVENTS.hung)), ["warn"]);
  assert.deepEqual(levels(step(STATES.starting, EVENTS["start-timeout"])), ["warn"]);
});

Deno.test("who stops to restart remembers since when it was mounted, if it was", () => {
  const { state } = step(STATES.mounted, EVENTS.hung);
  assert.equal(state.name === "stopping" && state.since, NOW - 10);
  const starting = step(STATES.starting, EVENTS["start-timeout"]).state;
  assert.equal("since" in starting, false);
});

Deno.test("a configuration that never served is given up where its successor fails by itself", () => {
  const reloading = STATES.reloading;
  const untried = { untried: true };
  const seeking = { ...reloading, phase: "seeking" } as const;
  for (const name of ["heir-timeout", "reload-timeout"] as const) {
    assert(did(step(seeking, { ...EVENTS[name], ...untried })).includes("roll-back"), name);
  }
  const settling = { ...reloading, phase: "settling" } as const;
  const byItself = { ...EVENTS.exited, status: { code: 1 }, ...untried };
  assert(did(step(settling, byItself)).includes("roll-back"));
  assert(did(step(settling, { ...EVENTS.exited, ...untried })).includes("roll-back"), "a crash");
  const killed = { ...byItself, status: { code: 137, signal: "SIGKILL" } };
  assert(!did(step(settling, killed)).includes("roll-back"), "killed");
  assert(!did(step(reloading, byItself)).includes("roll-back"), "it had not read it");
  for (
    const [state, event] of [
      [settling, EVENTS["reload-timeout"]],
      [STATES["taking-over"], EVENTS["takeover-timeout"]],
    ] as const
  ) {
    const next = step(state, event).state;
    assert(next.name === "stopping" && next.then.kind === "restart");
    assert.equal(next.then.blamesConfig, true, event.name);
  }
});

Deno.test("who ended during a reload is told: the daemon before the handover, else the successor", () => {
  const told = (phase: "handoff" | "settling"): string =>
    step({ ...STATES.reloading, phase }, EVENTS.exited).actions
      .flatMap((action) => action.do === "count-restart" ? [action.detail] : []).join();
  assert.match(told("handoff"), /^the daemon was killed by SIGSEGV during a reload/);
  assert.match(told("settling"), /^the successor was killed by SIGSEGV during a reload/);
});

Deno.test("a lock is told by its name, and its target by what its holder wrote", () => {
  assert(isLockName(lockName("/mnt/a")));
  for (const name of ["supervise-a", "a.lock", "x-supervise-a.lock"]) assert(!isLockName(name));
  assert.notEqual(lockName("/mnt/a"), lockName("/other/a"));
  assert.equal(lockedTarget('7\n"/mnt/a"'), "/mnt/a");
  for (const text of [undefined, "", "7", "7\nx", '7\n"relative"', "7\n5"]) {
    assert.equal(lockedTarget(text), undefined, text);
  }
});
