import assert from "node:assert/strict";
import { mountAskers } from "../../../lib/system/probe_child.ts";
import type { Processes } from "../../../lib/ports/world.ts";

/** Askers whose children end when the test says so. */
function askers(): ReturnType<typeof mountAskers> & {
  readonly begun: string[];
  endFirst(code: number): Promise<void>;
} {
  const begun: string[] = [];
  const running: ((code: number) => void)[] = [];
  const run: Processes["run"] = ({ argv }) => {
    begun.push(argv.slice(1).join(" "));
    return new Promise((done) => {
      running.push((code) => done({ status: { code }, stdout: "", stderr: "" }));
    });
  };
  return {
    ...mountAskers(["self"], { run } as Processes),
    begun,
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
