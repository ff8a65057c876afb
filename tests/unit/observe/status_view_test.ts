import assert from "node:assert/strict";
import type { Snapshot } from "../../../lib/observe/snapshot.ts";
import { statusOf } from "../../../lib/observe/status.ts";
import { statusView, timeText } from "../../../lib/observe/status_view.ts";
import { styleFor } from "../../../lib/observe/style.ts";
import { assertSnapshot } from "../../support/snapshot.ts";

const WELL: Snapshot = {
  version: "0.1.0",
  state: "mounted",
  stateFor: 8_000_000,
  upFor: 8_100_000,
  target: "/runtime-mnt/cache/ai/lake/cache-fuse",
  pid: 626,
  mounted: true,
  ready: true,
  reason: undefined,
  restarts: { exit: 0, signal: 0, hang: 0 },
  takeovers: {},
  noTakeover: undefined,
  unserved: 0,
  lastRestart: undefined,
  lastRemount: undefined,
  failures: 0,
  waiting: 0,
  reaped: 3,
  generation: 1,
  reloads: { hot: 0, cold: 0, failed: 0, rejected: 0 },
  configProblem: undefined,
  droppedBytes: 0,
  lastErrors: [],
  lastLines: [],
};

const TROUBLED: Snapshot = {
  ...WELL,
  state: "backoff",
  stateFor: 1200,
  pid: undefined,
  mounted: false,
  ready: false,
  reason: "backoff",
  restarts: { exit: 3, signal: 1, hang: 0 },
  lastRestart: "the daemon exited with code 1",
  lastRemount: 312,
  failures: 3,
  waiting: undefined,
  generation: 2,
  reloads: { hot: 1, cold: 0, failed: 0, rejected: 1 },
  configProblem: 'client.options.fuse.io_threads: is "many"; a whole number from 0 is wanted',
  lastErrors: [
    { time: "2026-01-02T03:04:05.678Z", level: "warn", message: "Restart: killed by SIGKILL" },
    { time: "2026-01-02T03:05:00.000Z", level: "error", message: "The configuration is bad" },
  ],
  lastLines: ["connecting to lake-master-0:8995", "Error: no master answers"],
};

const PLAIN = styleFor(false, {});

Deno.test("the status of a mount that is well, and of one in trouble", async () => {
  await assertSnapshot("status/well.txt", statusView(statusOf(WELL), PLAIN));
  await assertSnapshot("status/troubled.txt", statusView(statusOf(TROUBLED), PLAIN));
  const quiet = statusView(statusOf({ ...WELL, lastLines: ["a line"] }), PLAIN);
  assert(!quiet.includes("a line"), "while it serves, its lines are of no interest");
  const server = { ...WELL, target: undefined, waiting: undefined };
  await assertSnapshot("status/server.txt", statusView(statusOf(server), PLAIN));
});

Deno.test("colours on a terminal, and none without one, with NO_COLOR or on a dumb one", async () => {
  const status = statusOf(TROUBLED);
  const coloured = statusView(status, styleFor(true, { TERM: "xterm" }));
  await assertSnapshot("status/troubled_coloured.txt", coloured);
  const plain = statusView(status, PLAIN);
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), plain);
  assert(!plain.includes("\x1b"));
  assert.equal(statusView(status, styleFor(true, { NO_COLOR: "1" })), plain);
  assert.equal(statusView(status, styleFor(true, { TERM: "dumb" })), plain);
});

Deno.test("a length of time is told in the two units that matter", () => {
  const told = [0, 0.004, 9.994, 10, 59.6, 60, 3600, 3661, 86_400, 90_061].map(timeText);
  assert.deepEqual(told, [
    "0 s",
    "0 s",
    "9.99 s",
    "10 s",
    "1 min",
    "1 min",
    "1 h",
    "1 h 1 min",
    "1 d",
    "1 d 1 h",
  ]);
});

Deno.test("a takeover is possible where there is a target and nothing against it", () => {
  const told = (change: Partial<Snapshot>): unknown[] => {
    const { takeover_possible, takeover_problem } = statusOf({ ...WELL, ...change });
    return [takeover_possible, takeover_problem];
  };
  assert.deepEqual(told({}), [true, null]);
  assert.deepEqual(told({ noTakeover: "no ptrace" }), [false, "no ptrace"]);
  assert.deepEqual(told({ target: undefined }), [false, null]);
});
