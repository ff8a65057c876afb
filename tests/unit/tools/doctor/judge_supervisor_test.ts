import assert from "node:assert/strict";
import type { Status } from "../../../../lib/observe/status.ts";
import { RESTART_CAUSES } from "../../../../lib/supervise/state.ts";
import { mainCause, MENDS } from "../../../../lib/tools/doctor/restart_causes.ts";
import type { Patient } from "../../../../lib/tools/doctor/patient.ts";
import { judgeSupervisor, supervisorProbe } from "../../../../lib/tools/doctor/supervisor.ts";
import { shown } from "../../../support/findings.ts";

/** What a supervisor says that has mounted, and has had no trouble. */
function status(more: Partial<Status> = {}): Status {
  return {
    version: "1",
    state: "mounted",
    state_seconds: 100,
    uptime_seconds: 100,
    target: "/mnt",
    pid: 40,
    mounted: true,
    ready: true,
    reason: null,
    restarts: {},
    restarts_total: 0,
    takeovers_total: 0,
    takeover_possible: true,
    takeover_problem: null,
    last_restart: null,
    last_remount_seconds: null,
    unserved_seconds_total: 0,
    failures: 0,
    requests_waiting: 0,
    orphans_reaped: 0,
    config_generation: 1,
    config_problem: null,
    reloads: {},
    output_dropped_bytes: 0,
    last_errors: [],
    daemon_last_lines: [],
    ...more,
  };
}

function judged(more: Partial<Status>): string {
  return shown(judgeSupervisor(status(more), true));
}

Deno.test("a supervisor that is missing fails only where there should be one", () => {
  assert.equal(shown(judgeSupervisor(undefined, true)), "fail supervisor restarts");
  assert.deepEqual(judgeSupervisor(undefined, false), []);
});

Deno.test("one that has mounted and is ready is well", () => {
  const findings = judgeSupervisor(status(), true);
  assert.equal(shown(findings), "ok supervisor");
  assert.match(findings[0]?.seen ?? "", /mounted for 1 min 40 s.*no restart/);
});

Deno.test("restarts that kept the mount are no trouble, others warn with their cause's mend", () => {
  const kept = { restarts: { signal: 2 }, restarts_total: 2, takeovers_total: 2 };
  assert.equal(judged(kept), "ok supervisor");
  const cold = { restarts: { oom: 2, signal: 1 }, restarts_total: 3, takeovers_total: 1 };
  assert.equal(judged(cold), "warn supervisor room");
});

Deno.test("a loop of restarts fails, with the last cause and what the daemon said", () => {
  const findings = judgeSupervisor(
    status({
      state: "backoff",
      ready: false,
      failures: 4,
      restarts: { exit: 4 },
      restarts_total: 4,
      last_restart: "the daemon exited with 1",
      last_errors: [{ time: "2026-01-01T00:00:00Z", level: "error", message: "it did not mount" }],
      daemon_last_lines: ["first", "no such master", ""],
    }),
    true,
  );
  assert.equal(shown(findings), "fail supervisor restarts");
  const { seen = "", mend = "" } = findings[0] ?? {};
  assert.match(seen, /4 starts in a row.*exited with 1/);
  assert.match(seen, /error: it did not mount/);
  assert.match(seen, /said: no such master/);
  assert.match(mend, /last lines/);
  const told = status({ failures: 1, last_restart: "exited: lost", daemon_last_lines: ["lost"] });
  assert.doesNotMatch(judgeSupervisor(told, true)[0]?.seen ?? "", /said/);
});

Deno.test("a start is on its way for a while, then it waits for a master", () => {
  const starting = { state: "starting", mounted: false, ready: false };
  assert.equal(judged({ ...starting, state_seconds: 3 }), "warn supervisor mount");
  assert.equal(judged({ ...starting, state_seconds: 60 }), "fail supervisor masters");
});

Deno.test("a mount that is not ready fails with the reason, one that nobody sees on its own page", () => {
  const hangs = judged({ ready: false, reason: "the mount does not answer" });
  assert.equal(hangs, "fail supervisor hang");
  const unseen = judged({ ready: false, reason: "nobody outside of this container sees it" });
  assert.equal(unseen, "fail supervisor unshared");
});

Deno.test("standing by is well while the other client answers", () => {
  assert.equal(judged({ state: "standing-by" }), "ok supervisor");
  assert.equal(judged({ state: "standing-by", ready: false }), "fail supervisor hang");
});

Deno.test("a Dataset that has no mount yet is waited for", () => {
  const waiting = { state: "waiting", ready: false, reason: "waiting for the first mount" };
  assert.equal(judged(waiting), "warn supervisor config");
});

Deno.test("a refused configuration is told beside the state", () => {
  assert.equal(
    judged({ config_problem: "no such option" }),
    "ok supervisor; fail supervisor config",
  );
});

Deno.test("every cause of a restart has a mend, and the most frequent one counts", () => {
  assert.deepEqual(Object.keys(MENDS).sort(), [...RESTART_CAUSES].sort());
  assert.equal(mainCause({ exit: 1, hang: 3, oom: 0 }), "hang");
  assert.equal(mainCause({ exit: 0 }), undefined);
  assert.equal(mainCause({ "of-a-newer-version": 1 }), undefined);
});

Deno.test("a supervisor is missed only here, where one should run", async () => {
  const verdicts = async (isHere: boolean, policy: string | undefined): Promise<string> => {
    const draft = policy === undefined ? undefined : { plan: { process: { policy } } };
    const status = (): Promise<undefined> => Promise.resolve(undefined);
    const patient = { isHere, draft, status } as unknown as Patient;
    return shown([...await supervisorProbe.look(patient)]);
  };
  assert.equal(await verdicts(true, "supervise"), "fail supervisor restarts");
  assert.equal(await verdicts(true, "exec"), "");
  assert.equal(await verdicts(true, undefined), "");
  assert.equal(await verdicts(false, "supervise"), "");
});
