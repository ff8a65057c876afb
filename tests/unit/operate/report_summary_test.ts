import assert from "node:assert/strict";
import { CommandError } from "../../../lib/ports/command_error.ts";
import { reportSummary, type SummaryPorts } from "../../../lib/operate/report_summary.ts";
import type { Summary } from "../../../lib/operate/summary.ts";
import { ScriptedCli } from "../../support/scripted_cli.ts";

interface Told {
  readonly summary: Summary;
  readonly said: string[];
  readonly calls: string[];
  readonly limits: (number | undefined)[];
  readonly asked: string[];
}

/** Time passes by pauses alone. */
async function report(
  answer: ScriptedCli["answer"],
  more: Partial<SummaryPorts> & { readonly timeMs?: number; readonly text?: string } = {},
): Promise<Told> {
  const cli = new ScriptedCli(answer);
  const said: string[] = [];
  const asked: string[] = [];
  let left = more.timeMs ?? 20_000;
  const summary = await reportSummary({
    cli,
    awaitWorker: false,
    metrics: (hostname) => {
      asked.push(hostname);
      return Promise.resolve(more.text);
    },
    remainingMs: () => left,
    say: (message) => void said.push(message),
    pause: (milliseconds) => {
      left -= milliseconds;
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    ...more,
  });
  const limits = cli.options.map(({ limitMs }) => limitMs);
  return { summary, said, calls: cli.calls, limits, asked };
}

const line = (capacity: string, ratio = "50%"): string =>
  JSON.stringify({
    cached: "1GiB",
    cacheCapacity: capacity,
    cacheHitRatio: ratio,
    ufsTotal: "2GiB",
  });
const WHOLE = { stdout: line("4GiB") };

Deno.test("summary: what Curvine says whole is not asked for again", async () => {
  const told = await report(() => WHOLE);
  assert.deepEqual(told.calls, ["report fluid-summary"]);
  assert.deepEqual([told.summary["cachedPercentage"], told.summary["cacheHitRatio"]], [
    "50.0%",
    "50%",
  ]);
  assert.deepEqual(told.limits, [17_000], "a little is kept back for a second question");
  assert.deepEqual(told.asked, []);
});

Deno.test("summary: the first question never gets more than is left, nor less than a second of it", async () => {
  assert.deepEqual((await report(() => WHOLE, { timeMs: 3_500 })).limits, [1_000]);
  assert.deepEqual((await report(() => WHOLE, { timeMs: 600 })).limits, [600]);
  assert.deepEqual((await report(() => WHOLE, { timeMs: 4_500 })).limits, [1_500]);
});

Deno.test("summary: a hit ratio that is left open comes from the leader's metrics", async () => {
  const text = "client_mount_cache_hits 3\nclient_mount_cache_misses 1\n";
  const told = await report(
    (call) =>
      call === "report json"
        ? { stdout: '{"active_master":"lead.svc:8995"}' }
        : { stdout: line("4GiB", "0") },
    { text },
  );
  assert.deepEqual(told.calls, ["report fluid-summary", "report json"]);
  assert.deepEqual(told.asked, ["lead.svc"]);
  assert.equal(told.summary["cacheHitRatio"], "75.0%");
  assert.equal(told.limits[1], 3_000);
});

Deno.test("summary: without a leader, or without time, the hit ratio stays open", async () => {
  const open = { stdout: line("4GiB", "0") };
  const nobody = await report((call) => call === "report json" ? { code: 1 } : open);
  assert.deepEqual([nobody.asked, nobody.summary["cacheHitRatio"]], [[], "0"]);
  const late = await report(() => open, { timeMs: 1 });
  assert.deepEqual([late.calls, late.asked], [["report fluid-summary"], []]);
});

Deno.test("summary: a Curvine without it is asked for the longer report, once", async () => {
  for (const first of [{ code: 2 }, { stdout: "no JSON" }]) {
    const told = await report((call) =>
      call === "report json"
        ? { stdout: '{"active_master":"m:1","fs_used":1024,"capacity":2048}' }
        : first
    );
    assert.deepEqual(told.calls, ["report fluid-summary", "report json"]);
    assert.equal(told.summary["cached"], "1.00KiB");
    assert.deepEqual(told.asked, ["m"]);
  }
});

Deno.test("summary: a master that leads is waited for, which is said once", async () => {
  let count = 0;
  const told = await report(() => ++count < 3 ? { code: 1, reason: "no leader" } : WHOLE);
  assert.deepEqual(told.calls, Array(3).fill("report fluid-summary"));
  assert.deepEqual(told.said, ["Waiting for a master that leads: no leader"]);
});

Deno.test("summary: nobody in time is an error that says so, with 69", async () => {
  await assert.rejects(
    report(() => ({ code: 1, reason: "no leader" }), { timeMs: 5_000 }),
    (error) => {
      assert(error instanceof CommandError);
      assert.equal(error.exitCode, 69);
      assert.match(error.message, /Cannot report Curvine's summary: no leader/);
      return true;
    },
  );
  await assert.rejects(report(() => ({ stdout: "x" }), { timeMs: 1 }), /printed no JSON object/);
});

Deno.test("summary: a first worker is waited for where that is wanted, as long as there is time", async () => {
  let count = 0;
  const answer = (): { stdout: string } => ({ stdout: line(++count < 3 ? "0" : "1GiB") });
  const told = await report(answer, { awaitWorker: true });
  assert.equal(told.calls.length, 3);
  assert.deepEqual(told.said, ["Waiting for a worker: Curvine has no capacity yet"]);
  const unasked = await report(() => ({ stdout: line("0") }));
  assert.deepEqual([unasked.calls.length, unasked.said], [1, []]);
  const never = await report(() => ({ stdout: line("0") }), { awaitWorker: true, timeMs: 4_500 });
  assert.equal(never.calls.length, 3);
  assert.equal(never.said.at(-1), "No worker has registered in time");
});

Deno.test("summary: whoever is told to end waits for nobody", async () => {
  const stop = new AbortController();
  stop.abort();
  const told = await report(() => ({ stdout: line("0") }), {
    awaitWorker: true,
    signal: stop.signal,
  });
  assert.equal(told.calls.length, 1);
});
