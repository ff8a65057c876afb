/** A CacheRuntime's client, whose target is a bind mount of a shared folder, the volume itself. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { assertHealthy, assertStops, fault } from "../../support/fault.ts";
import type { FaultRun, FaultSetup } from "../../support/fault_run.ts";

const CACHE: FaultSetup = { runtime: "cache", plan: ["raw"] };

/** Waits until the supervisor itself says that all is well. */
async function ready(run: FaultRun): Promise<void> {
  await eventually("it is ready", async () => (await run.status())["ready"] === true);
}

/** The propagation fields of the topmost mount at the target, as the container sees it. */
async function fieldsInside(run: FaultRun): Promise<string> {
  const { stdout } = await run.inside(["cat", "/proc/self/mountinfo"]);
  const line = stdout.split("\n").findLast((one) => one.split(" ")[4] === run.target) ?? "";
  return line.split(" ").slice(6, line.split(" ").indexOf("-")).join(" ");
}

for (const curvine of [false, true]) {
  const way = curvine ? "a daemon that unmounts on its way out" : "a daemon that only ends";
  fault(
    `umount -l of the target from outside (${way}): mounted again on the volume, for all to see`,
    { ...CACHE, plan: [curvine ? "raw,gone=unmount" : "raw"] },
    async (run) => {
      await run.start();
      await ready(run);
      for (let round = 0; round < 3; round++) {
        const starts = run.startCount();
        assert.equal((await run.onHost(["umount", "-l", run.target])).code, 0);
        await eventually("mounted again", () => run.startCount() > starts);
        await ready(run);
        assert.match(await fieldsInside(run), /\bshared:/);
      }
      await assertHealthy(run);
      await assertStops(run);
    },
  );
}

fault("a volume that is itself a dead mount: said, and the end", CACHE, async (run) => {
  await run.start();
  await run.mounted();
  run.signal("SIGKILL");
  await run.exitCode();
  assert.equal(run.layers().length, 1, "a dead mount on the host");
  await run.start();
  assert.equal(await run.exitCode(), 71);
  assert.match(run.stderr(), /the volume itself is a dead .*janitor.*umount -l/);
  assert.match(run.terminationLog(), /umount -l/);
  assert.equal(run.startCount(), 1, "nothing was started");
  assert.equal(run.layers().length, 1, "it is left as it is");
});

fault("a mount that nobody outside sees: the end once, then it says what it sees", {
  ...CACHE,
  before: '[ ! -e "$ROOT/alone" ] || mount --make-private "$TARGET"',
}, async (run) => {
  await run.start();
  await ready(run);
  // One unmount too many: the volume itself is gone, and what comes next lies on the container's own
  // file system.
  await run.inside(["sh", "-c", 'umount -l "$1"; umount -l "$1"', "sh", run.target]);
  assert.equal(await run.exitCode(), 71);
  assert.match(run.terminationLog(), /nobody outside of this container sees the mount/);
  Deno.writeTextFileSync(`${run.root}/alone`, "");
  await run.start();
  await eventually("it says what it sees", async () => {
    const { state, ready, reason } = await run.status();
    return state === "mounted" && ready === false && /nobody outside/.test(`${reason}`);
  });
  run.signal("SIGTERM");
  assert.equal(await run.exitCode(), 0);
  Deno.removeSync(`${run.root}/alone`);
  await run.start();
  await ready(run);
  await assertStops(run);
});
