import assert from "node:assert/strict";
import { mountAskers } from "../../../lib/system/probe_child.ts";
import type { Lesson } from "../../../lib/ports/mounts.ts";
import type { Processes } from "../../../lib/ports/world.ts";

/** Askers whose children end when the test says so. */
function askers(): ReturnType<typeof mountAskers> & {
  readonly begun: string[];
  endFirst(code: number): Promise<void>;
  /** What the child that began last prints. */
  say(line: string): Promise<void>;
} {
  const begun: string[] = [];
  const running: ((code: number) => void)[] = [];
  let heard: ((line: string) => void) | undefined;
  const run: Processes["run"] = ({ argv }, _limit, onLine) => {
    begun.push(argv.slice(1).join(" "));
    heard = onLine;
    return new Promise((done) => {
      running.push((code) => done({ status: { code }, stdout: "", stderr: "" }));
    });
  };
  return {
    ...mountAskers(["self"], { run } as Processes),
    begun,
    async say(line): Promise<void> {
      heard?.(line);
      await new Promise((done) => setTimeout(done));
    },
    async endFirst(code): Promise<void> {
      running.shift()?.(code);
      await new Promise((done) => setTimeout(done));
    },
  };
}

Deno.test("a question that is under way is not asked twice", async () => {
  const { ask, begun, endFirst } = askers();
  const answers = [ask("/m", 10_000), ask("/m", 10_000)];
  await endFirst(0);
  assert.deepEqual(await Promise.all(answers), ["answers", "answers"]);
  assert.deepEqual(begun, ["probe /m"]);
});

Deno.test("a question that another daemon may have answered is asked afresh, after the one under way", async () => {
  const { ask, begun, endFirst } = askers();
  const before = ask("/m", 10_000);
  const after = [ask("/m", 10_000, true), ask("/m", 10_000, true)];
  assert.deepEqual(begun, ["probe /m"], "one that is stuck gets no company");
  await endFirst(0);
  assert.equal(await before, "answers");
  assert.deepEqual(begun, ["probe /m", "probe /m"]);
  await endFirst(43);
  assert.deepEqual(await Promise.all(after), ["stale", "stale"]);
  const alone = ask("/m", 10_000, true);
  await endFirst(0);
  assert.equal(await alone, "answers");
});

Deno.test("a walk that is under way has taught the daemon before: one more follows it, not beside it", async () => {
  const { walk, begun, endFirst } = askers();
  const walks = [1, 2, 3].map(() => walk("/m", 10_000));
  assert.deepEqual(begun, ["ask-mount walk /m"]);
  await endFirst(0);
  assert.equal(await walks[0], true);
  assert.deepEqual(begun, ["ask-mount walk /m", "ask-mount walk /m"], "one for all who came since");
  await endFirst(0);
  assert.deepEqual(await Promise.all(walks), [true, true, true]);
  assert.equal(begun.length, 2);
});

/** Which of a lesson's promises have come, in the order of their coming. */
function watched(lesson: Lesson): string[] {
  const came: string[] = [];
  void lesson.ready.then(() => came.push("ready"));
  void lesson.answered.then((is) => came.push(`answered ${is}`));
  void lesson.over.then(() => came.push("over"));
  return came;
}

Deno.test("a lesson tells when its child is ready, has an answer, knows a file, and is over", async () => {
  const { teach, begun, say, endFirst } = askers();
  const known: bigint[] = [];
  const came = watched(teach("/m", "/run/nodes", (node) => void known.push(node)));
  assert.deepEqual(begun, ["ask-mount teach /m /run/nodes"]);
  assert.deepEqual(came, []);
  await say("ready");
  assert.deepEqual(came, ["ready"]);
  await say("answered");
  await say("4611687117939015679");
  await say("a warning of the runtime's, 7 words or so");
  assert.deepEqual([came, known], [["ready", "answered true"], [4_611_687_117_939_015_679n]]);
  await say("over");
  await endFirst(0);
  assert.deepEqual(came, ["ready", "answered true", "over"]);
});

Deno.test("a lesson that still waits for its answer is taken again, one that had it is not", async () => {
  const { teach, begun, say } = askers();
  const known: string[] = [];
  const first = teach("/m", "/n", (node) => void known.push(`before ${node}`));
  await say("ready");
  assert.equal(teach("/m", "/n", (node) => void known.push(`now ${node}`)), first);
  await say("7");
  assert.deepEqual(known, ["now 7"]);
  assert.notEqual(teach("/other", "/n", () => {}), first);
  assert.equal(begun.length, 2);
  const { teach: again, begun: started, say: tell } = askers();
  const one = again("/m", "/n", () => {});
  await tell("answered");
  assert.notEqual(again("/m", "/n", () => {}), one);
  assert.equal(started.length, 2);
});

Deno.test("a child that ends without a word has taught nothing", async () => {
  const { teach, endFirst } = askers();
  const came = watched(teach("/m", "/n", () => {}));
  await endFirst(1);
  assert.deepEqual(came.sort(), ["answered false", "over", "ready"]);
});
