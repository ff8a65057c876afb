import assert from "node:assert/strict";
import { dataLoad, type LoadPlan } from "../../../lib/operate/data_load.ts";
import type { MountRow } from "../../../lib/operate/mount_table.ts";
import { type ScriptedAnswer, ScriptedCli } from "../../support/scripted_cli.ts";

function row(path: string, ufs: string, writeType = "cache_mode"): MountRow {
  return { id: "1", path, ufs, columns: new Map([["write type", writeType]]) };
}

const ROWS = [row("/a", "s3://b/a"), row("/old", "s3://b/old", "fs_mode")];

interface Told {
  readonly failed: number;
  readonly said: string[];
  readonly reported: string[];
  readonly calls: string[];
  readonly replicas: number[];
}

async function load(
  paths: readonly string[],
  answer: ScriptedCli["answer"],
  more: Partial<LoadPlan> = {},
  stop: AbortController = new AbortController(),
): Promise<Told> {
  const cli = new ScriptedCli(answer);
  const [said, reported]: string[][] = [[], []];
  const replicas: number[] = [];
  const failed = await dataLoad({
    paths: paths.map((path, index) => ({ path, replicas: index + 1 })),
    metadata: false,
    resync: false,
    atOnce: 1,
    rows: ROWS,
    native: [],
    ...more,
  }, {
    withCli: (count, use) => {
      replicas.push(count);
      return use(cli);
    },
    say: (message) => void said?.push(message),
    report: (line) => void reported?.push(line),
    signal: stop.signal,
  });
  return { failed, said: said ?? [], reported: reported ?? [], calls: cli.calls, replicas };
}

const lines = (state: string, ...more: string[]): ScriptedAnswer => ({
  lines: ["│ 🔑 Job ID: j-1", `│ 🚦 Status: 🟢 ${state}`, ...more],
});

Deno.test("data load: each path with its copies, and only Completed is a success", async () => {
  const states: Record<string, string> = { a: "Completed", b: "Failed", c: "PartialSuccess" };
  const told = await load(
    ["/a/a", "/a/b", "/a/c"],
    (call) => lines(states[call.split(" ")[1]?.at(-1) ?? ""] ?? ""),
  );
  assert.deepEqual(told.calls, [
    "load s3://b/a/a --watch",
    "load s3://b/a/b --watch",
    "load s3://b/a/c --watch",
  ]);
  assert.deepEqual(told.replicas, [1, 2, 3]);
  assert.equal(told.failed, 2);
  assert.deepEqual(told.reported, [
    "done /a/a: s3://b/a/a Completed",
    "FAILED /a/b: s3://b/a/b ended Failed",
    "FAILED /a/c: s3://b/a/c ended PartialSuccess",
  ]);
});

Deno.test("data load: a path that nobody has is a failure, one of Curvine's own needs no load", async () => {
  const told = await load(["/nowhere", "/native/x"], () => assert.fail("asked"), {
    native: ["/native"],
  });
  assert.equal(told.failed, 1);
  assert.match(
    told.reported[0] ?? "",
    /^FAILED \/nowhere: no UFS is mounted at, above or below it/,
  );
  assert.equal(told.reported[1], "done /native/x: it lies in Curvine itself; nothing to load");
});

Deno.test("data load: a path above mounts is all of them, and one that fails fails it", async () => {
  const told = await load(
    ["/"],
    (call) => call.includes("old") ? lines("Failed", "│ 📝 Message: no room") : lines("Completed"),
  );
  assert.deepEqual(told.calls, ["load s3://b/a --watch", "load s3://b/old --watch"]);
  assert.deepEqual(told.reported, [
    "FAILED /: s3://b/a Completed; s3://b/old ended Failed: no room",
  ]);
});

Deno.test("data load: what the cli says when it ends without a job is the reason", async () => {
  const told = await load(["/a"], () => ({ code: 1, reason: "no master" }));
  assert.deepEqual(told.reported, ["FAILED /a: s3://b/a was not accepted: no master"]);
  const completed = await load(["/a"], () => ({ ...lines("Completed"), code: 1, reason: "late" }));
  assert.equal(completed.failed, 1, "a cli that fails has not shown the end");
  assert.match(completed.reported[0] ?? "", /ended Completed: late$/);
  const overdue = await load(["/a"], () => ({ ...lines("Completed"), stopped: "signal" }));
  assert.deepEqual(overdue.reported, ["done /a: s3://b/a Completed"]);
  const cut = await load(["/a"], () => ({ ...lines("Loading"), stopped: "signal", reason: "cut" }));
  assert.deepEqual(cut.reported, ["FAILED /a: s3://b/a ended Loading: cut"]);
});

Deno.test("data load: progress is said when it changes, errors of the cli with their origin", async () => {
  const told = await load(["/a"], () => ({
    lines: [
      "│ 🚦 Status: 🟡 Loading",
      "│ 📊 Progress: 10.0%",
      "│ 📊 Progress: 10.0%",
      "│ 🚦 Status: 🟢 Completed",
    ],
    errors: ["  ", " warn: slow "],
  }));
  assert.deepEqual(told.said, [
    "Loading /a from s3://b/a",
    "/a: Loading",
    "/a: Loading 10.0%",
    "/a: Completed 10.0%",
    "curvine-cli: warn: slow",
  ]);
});

Deno.test("data load: fs_mode is warned of once; it is resynced only by name and for metadata", async () => {
  const asks = async (metadata: boolean, resync: boolean): Promise<Told> =>
    await load(["/old/x", "/old/y", "/a"], () => lines("Completed"), { metadata, resync });
  const plain = await asks(false, true);
  assert.deepEqual(plain.calls.filter((call) => call.startsWith("mount")), []);
  assert.equal(plain.said.filter((line) => line.includes("is fs_mode")).length, 1);
  const unasked = await asks(true, false);
  assert.deepEqual(unasked.calls.filter((call) => call.startsWith("mount")), []);
  assert.equal(unasked.said.filter((line) => line.includes("is left as it is")).length, 1);
  const asked = await asks(true, true);
  assert.deepEqual(asked.calls.slice(0, 2), ["mount resync /old", "load s3://b/old/x --watch"]);
  assert.equal(asked.calls.filter((call) => call.startsWith("mount")).length, 1);
  assert(!asked.said.some((line) => line.includes("/a is fs_mode")));
});

Deno.test("data load: a resync that fails is said, and the load goes on", async () => {
  const told = await load(
    ["/old"],
    (call) => call.startsWith("mount") ? { code: 1, reason: "no" } : lines("Completed"),
    { metadata: true, resync: true },
  );
  assert(told.said.includes("The metadata of /old is as old as before: no"));
  assert.equal(told.failed, 0);
});

Deno.test("data load: when the job is to end, its jobs in Curvine are cancelled and no more begun", async () => {
  const stop = new AbortController();
  const told = await load(
    ["/a/1", "/a/2"],
    (call, options) => {
      if (call.startsWith("cancel")) return { code: 1, reason: "gone" };
      options.onLine?.("│ 🔑 Job ID: j-7", "stdout");
      stop.abort();
      assert(options.signal?.aborted, "the watcher is told to end");
      return { stopped: "signal" };
    },
    {},
    stop,
  );
  assert.deepEqual(told.calls, ["load s3://b/a/1 --watch", "cancel-load j-7"]);
  assert.deepEqual(told.reported, ["FAILED /a/1: s3://b/a/1 cancelled", "FAILED /a/2: cancelled"]);
  assert(told.said.includes("Cannot cancel job j-7: gone"));
});

Deno.test("data load: a job that is over, or was never accepted, is not cancelled", async () => {
  for (const seen of [["│ 🔑 Job ID: j", "│ 🚦 Status: 🟢 Completed"], []]) {
    const stop = new AbortController();
    const told = await load(
      ["/a"],
      (_, options) => {
        for (const line of seen) options.onLine?.(line, "stdout");
        stop.abort();
        return { stopped: "signal" };
      },
      {},
      stop,
    );
    assert.deepEqual(told.calls, ["load s3://b/a --watch"]);
    assert.equal(told.failed, seen.length > 0 ? 0 : 1);
  }
});

Deno.test("data load: several at once within the limit, in the order of the paths", async () => {
  for (const [atOnce, most] of [[1, 1], [2, 2], [4, 3]] as const) {
    let running = 0;
    let seen = 0;
    const told = await load(["/a/x", "/a/y", "/a/z"], async (call, options) => {
      seen = Math.max(seen, ++running);
      options.onLine?.("│ 🔑 Job ID: j-1", "stdout");
      // The first one to begin is the last to end.
      for (let turn = call.includes("/x") ? 50 : 20; turn > 0; turn--) await Promise.resolve();
      running--;
      return lines("Completed");
    }, { atOnce });
    assert.equal(seen, most);
    assert.deepEqual(told.calls.map((call) => call.split(" ")[1]), [
      "s3://b/a/x",
      "s3://b/a/y",
      "s3://b/a/z",
    ]);
    assert.deepEqual(told.reported.map((line) => line.split(" ")[1]), ["/a/x:", "/a/y:", "/a/z:"]);
  }
});

Deno.test("data load: the next begins when Curvine has taken the one before on", async () => {
  const events: string[] = [];
  await load(["/a/x", "/a/y"], async (call, options) => {
    const name = call.split(" ")[1]?.at(-1) ?? "";
    events.push(`ask ${name}`);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    events.push(`taken ${name}`);
    options.onLine?.("│ 🔑 Job ID: j-1", "stdout");
    return lines("Completed");
  }, { atOnce: 4 });
  assert.deepEqual(events, ["ask x", "taken x", "ask y", "taken y"]);
});

Deno.test("data load: sources inside one another are loaded one after the other", async () => {
  let running = 0;
  await load(["/a", "/a/deep", "s3://b/a/deep/er"], async (_, options) => {
    assert.equal(++running, 1);
    options.onLine?.("│ 🔑 Job ID: j-1", "stdout");
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    running--;
    return lines("Completed");
  }, { atOnce: 4 });
});

Deno.test("data load: a cli that ended well, or that we ended, is no reason for a failure", async () => {
  for (
    const answer of [
      { reason: "it exited with 0 and said nothing" },
      { stopped: "signal", code: 143, reason: "it was stopped" },
    ] as const
  ) {
    const told = await load(["/a"], () => ({ ...lines("Failed"), ...answer }));
    assert.deepEqual(told.reported, ["FAILED /a: s3://b/a ended Failed"]);
  }
});
