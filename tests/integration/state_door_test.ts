import assert from "node:assert/strict";
import { openKernel } from "../../lib/system/kernel_calls.ts";
import { StateDoor } from "../../lib/system/state_door.ts";
import { eventually } from "../support/eventually.ts";
import { run } from "../support/run.ts";

openKernel();

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "cf-door-" });
  try {
    await work(`${folder}/state`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("who reads a state file waits until it is opened, and finds it all", () =>
  inFolder(async (path) => {
    const text = '{"7":"/t"}\ncvfs1\n';
    const door = new StateDoor(path, text);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual([door.keeps, door.isReached()], [true, false]);
    let isRead = false;
    const reader = run(["cat", path]).then(({ stdout }) => {
      isRead = true;
      return stdout;
    });
    await eventually("somebody stands there", () => door.isReached());
    assert.equal(door.isReached(), true);
    assert.equal(isRead, false);
    door.open();
    assert.equal(await reader, text);
    door.open();
    assert.equal(Deno.readTextFileSync(path), text, "a second reader waits for nobody");
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    door.remove();
    door.remove();
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  }));

Deno.test("a state file goes with whoever stands there: it reads nothing, and nothing is left", () =>
  inFolder(async (path) => {
    const door = new StateDoor(path, "text");
    const reader = run(["cat", path]);
    await eventually("somebody stands there", () => door.isReached());
    door.remove();
    assert.equal((await reader).stdout, "");
    assert.equal(door.isReached(), true);
  }));

Deno.test("a reader that is gone when the door opens does us no harm", () =>
  inFolder(async (path) => {
    const door = new StateDoor(path, "text");
    const reader = new Deno.Command("cat", { args: [path], stdout: "null" }).spawn();
    await eventually("somebody stands there", () => door.isReached());
    reader.kill("SIGKILL");
    await reader.status;
    door.open();
    door.remove();
  }));

Deno.test("what lay there before is replaced; where nothing can be written is an error", () =>
  inFolder((path) => {
    Deno.writeTextFileSync(path, "of the last life");
    const door = new StateDoor(path, "text");
    assert.equal(Deno.statSync(path).isFifo, true);
    door.remove();
    assert.throws(() => new StateDoor(`${path}/none`, "text"), Deno.errors.NotFound);
    return Promise.resolve();
  }));
