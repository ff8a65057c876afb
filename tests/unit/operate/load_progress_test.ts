import assert from "node:assert/strict";
import {
  describeProgress,
  isCompleted,
  isTerminal,
  type LoadProgress,
  NO_PROGRESS,
  takeLoadLine,
} from "../../../lib/operate/load_progress.ts";

function read(text: string): LoadProgress {
  return text.split("\n").reduce(takeLoadLine, NO_PROGRESS);
}

Deno.test("load progress: what cv prints in boxes", () => {
  const progress = read(
    "\n✅ Load job submitted successfully\n│ 🔑 Job ID: job-7\n\x1b[2J\x1b[1;1H│ 🚦 Status: 🔵 Loading\n" +
      "│ 📝 Message: half: done\n│ 📊 Progress: 45.5%\n│ [███░░] 45/100 bytes│\n",
  );
  assert.deepEqual(progress, {
    job: "job-7",
    state: "Loading",
    message: "half: done",
    percent: "45.5%",
    amount: "45/100 bytes",
    failedFiles: 0,
  });
  assert.equal(describeProgress(progress), "Loading 45.5% 45/100 bytes");
  assert(!isTerminal(progress));
});

Deno.test("load progress: only Completed is completed", () => {
  for (const state of ["Failed", "Canceled", "PartialSuccess", "FAILED"]) {
    for (const line of [`│ 🚦 Status: 🔴 ${state}`, `State: ${state}`]) {
      const progress = read(line);
      assert(isTerminal(progress), line);
      assert(!isCompleted(progress), line);
    }
  }
  assert(isCompleted(read("State: Pending\nState: Completed")));
  assert(isCompleted(read("State: Completed\nFiles: 3 completed, 0 failed, 0 running")));
  for (
    const text of [
      "State: Completed\nFiles: 3 completed, 1 failed",
      "Files: 2 failed\nState: Completed",
    ]
  ) {
    assert(!isCompleted(read(text)), text);
    assert(isTerminal(read(text)), text);
  }
  assert(!isTerminal(read("")));
});

Deno.test("load progress: a state in a message is not the state", () => {
  assert.equal(read("State: Running\n│ 📝 Message: Status: Completed").state, "Running");
  assert.equal(read("INFO the Status: Completed was seen").state, undefined);
});

Deno.test("load progress: a transfer's amount and message; what is neither changes nothing", () => {
  const progress = read("Progress: 1.0KB / 2.0KB, message= copying ");
  assert.deepEqual(
    { amount: progress.amount, message: progress.message, percent: progress.percent },
    { amount: "1.0KB / 2.0KB", message: "copying", percent: undefined },
  );
  assert.deepEqual(read("Progress: soon"), NO_PROGRESS);
});
