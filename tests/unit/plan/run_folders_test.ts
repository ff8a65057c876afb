import assert from "node:assert/strict";
import { runFolders } from "../../../lib/plan/run_folders.ts";

Deno.test("the wanted folder first, then temporary ones that only we use", () => {
  const folders = runFolders({ TMPDIR: "/scratch/" }, 5);
  assert.equal(folders[0], "/run/curvine-fluid");
  assert.match(folders[1] ?? "", /^\/scratch\/curvine-fluid-5-[0-9a-f]{8}$/);
  assert.deepEqual(folders.slice(2).map((folder) => folder.replace(/-5-.*/, "")), [
    "/tmp/curvine-fluid",
    "/dev/shm/curvine-fluid",
  ]);
});

Deno.test("supervisors with other folders or users do not meet in the temporary ones", () => {
  const fallback = (dir: string, user: number): string | undefined =>
    runFolders({ CURVINE_FLUID_RUN_DIR: dir }, user)[1];
  const all = [fallback("/run/a", 0), fallback("/run/b", 0), fallback("/run/a", 1)];
  assert.equal(new Set(all).size, 3);
  assert.equal(fallback("/run/a", 0), all[0]);
});
