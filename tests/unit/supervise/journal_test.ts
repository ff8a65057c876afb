import assert from "node:assert/strict";
import { readSettings } from "../../../lib/plan/settings.ts";
import { Journal } from "../../../lib/supervise/journal.ts";
import { RESTART_CAUSES } from "../../../lib/supervise/state.ts";
import { FakeWorld } from "../../support/fake_world.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function journal(env: Record<string, string> = {}): { world: FakeWorld; journal: Journal } {
  const world = new FakeWorld();
  const settings = readSettings({
    CURVINE_FLUID_TERMINATION_LOG: "/words",
    CURVINE_FLUID_LOG_FORMAT: "json",
    ...env,
  });
  return { world, journal: new Journal(world, settings) };
}

function logged({ lines }: FakeWorld): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

Deno.test("journal: every cause of a restart counts from zero", () => {
  const { journal: one } = journal();
  assert.deepEqual(Object.keys(one.restarts), RESTART_CAUSES);
  assert.deepEqual(new Set(Object.values(one.restarts)), new Set([0]));
  assert.deepEqual(one.reloads, { hot: 0, takeover: 0, cold: 0, failed: 0 });
});

Deno.test("journal: a restart is counted and told; one for a configuration is no warning", () => {
  const { world, journal: one } = journal();
  one.countRestart("signal", "cold", "the daemon was killed", 2);
  one.countRestart("signal", "takeover", "again", 3);
  one.countRestart("config", "cold", "it changed", 0);
  assert.equal(one.restarts["signal"], 2);
  assert.equal(one.restarts["config"], 1);
  assert.deepEqual([one.takeovers["signal"], one.takeovers["config"]], [1, 0]);
  assert.equal(one.lastRestart, "it changed");
  assert.deepEqual(
    logged(world).map(({ level, event, cause, failures }) => [level, event, cause, failures]),
    [
      ["warn", "restart", "signal", "2"],
      ["warn", "restart", "signal", "3"],
      ["info", "restart", "config", "0"],
    ].map(([level, event, cause, failures]) => [level, event, cause, Number(failures)]),
  );
});

Deno.test("journal: reloads count by their result", () => {
  const { journal: one } = journal();
  one.countReload("hot");
  one.countReload("hot");
  one.countReload("failed");
  assert.deepEqual(one.reloads, { hot: 2, takeover: 0, cold: 0, failed: 1 });
});

Deno.test("journal: the last five warnings and errors are kept, cut, the oldest first", () => {
  const { journal: one } = journal();
  one.log("info", "a", "not kept");
  one.log("debug", "a", "nor this");
  for (const text of ["1", "2", "3"]) one.log("warn", "w", text);
  for (const text of ["4", "5", "6".repeat(600)]) one.log("error", "e", text);
  assert.deepEqual(one.lastErrors.map(({ level, message }) => [level, message]), [
    ["warn", "2"],
    ["warn", "3"],
    ["error", "4"],
    ["error", "5"],
    ["error", "6".repeat(500)],
  ]);
  assert.equal(one.lastErrors[0]?.time, "2026-01-01T00:00:00.000Z");
});

Deno.test("journal: the last five lines of the daemon, those of an earlier one forgotten", () => {
  const { journal: one } = journal();
  assert.deepEqual(one.lastLines(), []);
  one.tap(bytes("old\n"));
  one.forgetOutput();
  assert.deepEqual(one.lastLines(), []);
  one.tap(bytes("1\n2\n3\n4\n5\n"));
  one.tap(bytes(`${"x".repeat(501)}\n`));
  assert.deepEqual(one.lastLines(), ["2", "3", "4", "5", "x".repeat(500)]);
});

Deno.test("journal: dropped output is told once", () => {
  const { world, journal: one } = journal();
  one.tap(bytes("a\n"));
  assert.deepEqual(world.lines, []);
  world.output.dropped = (): number => 7;
  one.tap(bytes("b\n"));
  one.tap(bytes("c\n"));
  assert.deepEqual(logged(world).map(({ level, event }) => [level, event]), [
    ["warn", "output-dropped"],
  ]);
});

Deno.test("journal: last words have the cause and the daemon's own; where they cannot be written is told", () => {
  const { world, journal: one } = journal();
  one.tap(bytes("Error: no master\n"));
  one.lastWords("it gave up");
  assert.equal(
    world.texts.get("/words"),
    "it gave up\nLast lines of the daemon:\nError: no master\n",
  );
  assert.deepEqual(world.lines, []);
  world.files.write = (): void => {
    throw new Error("read-only");
  };
  one.lastWords("again");
  assert.match(String(logged(world)[0]?.["message"]), /Cannot write "\/words": read-only/);
  assert.equal(logged(world)[0]?.["event"], "no-last-words");
});

Deno.test("journal: secrets that the daemon says are in no status and in no last words", () => {
  const world = new FakeWorld();
  const settings = readSettings({ CURVINE_FLUID_TERMINATION_LOG: "/words" });
  const one = new Journal(world, settings, (text) => text.replaceAll("hunter2", "******"));
  one.tap(bytes("connecting with hunter2\n"));
  assert.deepEqual(one.lastLines(), ["connecting with ******"]);
  one.countRestart("exit", "cold", "the daemon exited with 1", 1);
  assert.equal(one.lastRestart, "the daemon exited with 1: connecting with ******");
  one.lastWords("hunter2 is wrong");
  assert.doesNotMatch(world.texts.get("/words") ?? "hunter2", /hunter2/);
});

Deno.test("journal: no secret is in the log, the last lines, the errors or the last words", () => {
  const world = new FakeWorld();
  const settings = readSettings({ CURVINE_FLUID_TERMINATION_LOG: "/words" });
  const hide = (text: string): string => text.replaceAll("hush", "******");
  const one = new Journal(world, settings, hide);
  one.tap(bytes("conf: secret = hush\nfailed\n"));
  one.log("error", "x", "it said hush");
  one.lastWords("hush was refused");
  const shown = [
    ...world.lines,
    ...one.lastLines(),
    ...one.lastErrors.map(({ message }) => message),
    world.texts.get("/words") ?? "",
  ];
  assert(!shown.join("\n").includes("hush"), shown.join("\n"));
  assert.equal(one.lastLines()[0], "conf: secret = ******");
  assert.match(world.texts.get("/words") ?? "", /^\*{6} was refused\n/);
});
