import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { assertEnded, assertHealthy, assertStops, fault } from "../../support/fault.ts";
import type { FaultRun } from "../../support/fault_run.ts";
import { memoryOf } from "../../support/process_usage.ts";

const ORPHANS = 3_000;

function zombies(run: FaultRun): number {
  return run.processes().filter(({ state }) => state === "Z").length;
}

for (const pid1 of [true, false]) {
  fault(`${ORPHANS} orphans (we run as ${pid1 ? "PID 1" : "a child"}): none stays a zombie`, {
    pid1,
    plan: [`orphans=${ORPHANS} mount`],
  }, async (run) => {
    await run.start();
    await run.mounted();
    const memory = memoryOf(run.pid);
    await eventually("all were made", () => run.standInFile("orphans") === `${ORPHANS}\n`, 60_000);
    await eventually(
      "the last ones have ended",
      () => !run.processes().some(({ command }) => command.includes("orphans.py")),
    );
    await eventually("no zombie is left", () => zombies(run) === 0);
    assert.ok(memoryOf(run.pid) - memory < 16 * 2 ** 20, "memory is bounded");
    assert.equal(run.starts().length, 1, "no orphan was taken for the daemon");
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault("zombies do not pile up while orphans keep coming", {
  plan: [`orphans=${ORPHANS} mount`],
}, async (run) => {
  await run.start();
  await run.mounted();
  let most = 0;
  await eventually("all were made", () => {
    most = Math.max(most, zombies(run));
    return run.standInFile("orphans") === `${ORPHANS}\n`;
  }, 60_000);
  assert.ok(most < ORPHANS / 3, `${most} zombies at a time`);
  await assertStops(run);
});

const ENDS = 100;
/** Every end has a code of its own; those of the orphans are 100 and above. */
const CODES = Array.from({ length: ENDS }, (_, index) => 3 + index % 90);

fault(`${ENDS} exit statuses in a storm of orphans: none is lost`, {
  plan: CODES.map((code) => `orphans=60 exit=${code}`),
  env: {
    CURVINE_FLUID_RESTART_LIMIT: `${ENDS}`,
    CURVINE_FLUID_RESTART_DELAY: "1ms",
    CURVINE_FLUID_RESTART_MAX_DELAY: "1ms",
  },
}, async (run) => {
  await run.start();
  await assertEnded(run, CODES.at(-1) ?? 0, 60_000);
  assert.equal(run.starts().length, ENDS);
  const told = [...run.stderr().matchAll(/Restart: the daemon exited with (\d+)/g)];
  assert.deepEqual(told.map(([, code]) => Number(code)), CODES.slice(0, -1));
});

fault("a child of kubectl exec is not ours to reap, its orphans are", {}, async (run) => {
  await run.start();
  await run.mounted();
  const script = "for n in 1 2 3 4 5 6 7 8; do (sleep 0.1 &) ; done; exit 23";
  assert.equal((await run.inside(["sh", "-c", script])).code, 23);
  await eventually(
    "no zombie, no sleeper",
    () => run.processes().every(({ state, name }) => state !== "Z" && name !== "sleep"),
  );
  await assertHealthy(run);
  await assertStops(run);
});
