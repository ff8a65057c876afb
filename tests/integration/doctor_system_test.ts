/** What doctor's probes learn of the real system. */
import assert from "node:assert/strict";
import { disposableChild } from "../../lib/system/disposable_child.ts";
import { folderFacts } from "../../lib/system/folder_facts.ts";
import { groupFacts } from "../../lib/system/group_facts.ts";
import { openKernel } from "../../lib/system/kernel_calls.ts";
import { cannotExecute, cannotOpen } from "../../lib/system/may_open.ts";
import { takeoverForbidden } from "../../lib/system/takeover_allowed.ts";

openKernel();

Deno.test("a disposable child's answer comes with its code, and one that hangs is given up", async () => {
  const shell = ["/bin/sh", "-c"];
  assert.deepEqual(await disposableChild(["echo well; exit 3"], 60_000, shell), {
    code: 3,
    stdout: "well\n",
  });
  assert.equal(await disposableChild(["exec sleep 600"], 50, shell), "late");
  assert.equal(await disposableChild([], 60_000, ["/nowhere/program"]), "not-started");
});

Deno.test("a folder is told with its space and some of its names; one that is absent by what is above it", () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const name of ["f", "e", "d", "c", "b", "a"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    const there = folderFacts(folder);
    assert.equal(there.kind, "directory");
    assert.equal(there.nearest, folder);
    assert.equal(there.unwritable, null);
    assert(there.size !== null && there.available !== null && there.available <= there.size);
    assert.equal(there.names.length, 4);
    const absent = folderFacts(`${folder}/x/y`);
    assert.deepEqual([absent.kind, absent.nearest, absent.names], ["absent", folder, []]);
    const file = folderFacts(`${folder}/a`);
    assert.deepEqual([file.kind, file.unwritable], ["other", "Not a directory"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a device that opens and a program that is there are no trouble; others are told without their path", () => {
  assert.equal(cannotOpen("/dev/null"), undefined);
  assert.match(cannotOpen("/dev/nothing") ?? "", /^No such file[^:]*$/);
  assert.equal(cannotExecute("/bin/sh"), undefined);
  assert.equal(cannotExecute("/nowhere"), "there is no such file");
  assert.equal(cannotExecute("/etc/passwd"), "it is not executable");
  assert.equal(cannotExecute("/etc"), "it is no file");
});

Deno.test("what our control group uses is within what it allows", () => {
  const { memoryLimit = Infinity, memoryUsed, processLimit = Infinity, processes } = groupFacts();
  assert(memoryUsed === undefined || (memoryUsed > 0 && memoryUsed <= memoryLimit));
  assert(processes === undefined || (processes > 0 && processes <= processLimit));
});

Deno.test("asking whether a takeover is allowed leaves no descriptor open", () => {
  const open = (): number => [...Deno.readDirSync("/proc/self/fd")].length;
  takeoverForbidden(true);
  const before = open();
  takeoverForbidden(true);
  assert.equal(open(), before);
});
