import assert from "node:assert/strict";
import { isFileLocked, tryLockFile } from "../../lib/system/file_lock.ts";
import { openKernel } from "../../lib/system/kernel_calls.ts";
import { LineReader } from "../support/line_reader.ts";

// What a call opens stays open; a test that opens it would be told to have leaked it.
openKernel();

Deno.test("whether a lock is held is seen without taking it, whoever holds it", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/lock`;
  try {
    assert.equal(isFileLocked(path), false, "there is no such file");
    const lock = tryLockFile(path, 'me\n"/a/target"');
    assert.ok(lock);
    assert.equal(isFileLocked(path), true);
    assert.equal(tryLockFile(path), undefined);
    assert.equal(Deno.readTextFileSync(path), 'me             \n"/a/target"\n');
    lock.release();
    assert.equal(isFileLocked(path), false);
    // Somebody looks while somebody takes.
    const next = tryLockFile(path, 'you\n"/a/target"');
    assert.ok(next);
    next.release();
    assert.equal(Deno.readTextFileSync(path), 'you            \n"/a/target"\n');
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a lock's holder that is killed is seen to be gone", async () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/lock`;
  const module = new URL("../../lib/system/file_lock.ts", import.meta.url).href;
  const code = `import { tryLockFile } from ${JSON.stringify(module)};
    tryLockFile(${JSON.stringify(path)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = new LineReader(child.stdout);
  try {
    assert.equal(await lines.line(), "held");
    assert.equal(isFileLocked(path), true);
    child.kill("SIGKILL");
    await child.status;
    assert.equal(isFileLocked(path), false);
  } finally {
    await lines.cancel();
    Deno.removeSync(folder, { recursive: true });
  }
});
