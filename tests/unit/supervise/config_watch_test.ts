import assert from "node:assert/strict";
import { ConfigWatch } from "../../../lib/supervise/config_watch.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function setUp(seen = "a"): {
  clock: FakeClock;
  file: { text: string | undefined };
  stir: () => void;
  changes: () => number;
  watch: ConfigWatch;
  folders: string[];
} {
  const clock = new FakeClock();
  const file = { text: "a" as string | undefined };
  const folders: string[] = [];
  let changes = 0;
  let stir = (): void => {};
  const watch = new ConfigWatch("/etc/fluid/config/runtime.json", seen, {
    clock,
    read: () => file.text,
    changed: () => changes++,
    watchFolder: (path, changed) => {
      folders.push(path);
      stir = changed;
      return () => folders.pop();
    },
  });
  return { clock, file, stir: () => stir(), changes: () => changes, watch, folders };
}

Deno.test("a change is told once it is quiet", async () => {
  const { clock, file, stir, changes, watch, folders } = setUp();
  assert.deepEqual(folders, ["/etc/fluid/config"]);
  file.text = "b";
  for (let i = 0; i < 5; i++) stir();
  await clock.pass(999);
  assert.equal(changes(), 0);
  await clock.pass(1);
  assert.equal(changes(), 1);
  watch.close();
  assert.deepEqual([folders.length, clock.pending], [0, 0]);
});

Deno.test("what changed before the watch began is a change", async () => {
  const { clock, changes } = setUp("what the plan was made of");
  await clock.pass(1000);
  assert.equal(changes(), 1);
});

Deno.test("back and forth within a second is no change", async () => {
  const { clock, file, stir, changes } = setUp();
  file.text = "b";
  stir();
  await clock.pass(900);
  file.text = "a";
  stir();
  await clock.pass(5000);
  assert.equal(changes(), 0);
});

Deno.test("events without a change of the text are none", async () => {
  const { clock, stir, changes } = setUp();
  stir();
  await clock.pass(5000);
  assert.equal(changes(), 0);
});

Deno.test("a folder that is never quiet is looked at all the same", async () => {
  const { clock, file, stir, changes } = setUp();
  file.text = "b";
  for (let i = 0; i < 12; i++) {
    stir();
    await clock.pass(500);
  }
  assert.equal(changes(), 1);
});

Deno.test("a file that is missing for a moment is waited for", async () => {
  const { clock, file, stir, changes } = setUp();
  file.text = undefined;
  stir();
  await clock.pass(2000);
  assert.equal(changes(), 0);
  file.text = "b";
  stir();
  await clock.pass(2000);
  assert.equal(changes(), 1);
});

Deno.test("where no event comes, the change is found in time", async () => {
  const { clock, file, changes } = setUp();
  file.text = "b";
  await clock.pass(30_000);
  assert.equal(changes(), 1);
});
