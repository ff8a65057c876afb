/** Two clients on one target, each in a container of its own, as two sidecars of one Dataset are. */
import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import { assertHealthy, assertStops, fault } from "../../support/fault.ts";
import { FaultRun, type FaultSetup, type ServedLayer } from "../../support/fault_run.ts";
import { executable } from "../../support/requirements.ts";

/** Waits until a client stands by, and returns its status. */
async function standsBy(run: FaultRun): Promise<Record<string, unknown>> {
  return await eventually("it stands by", async () => {
    const status = await run.status();
    return status["state"] === "standing-by" && status["ready"] === true && status;
  });
}

/** Two clients on one target: the first serves it, the second stands by. */
interface Pair {
  readonly run: FaultRun;
  readonly second: FaultRun;
  readonly mount: ServedLayer;
  /** What the second one says of itself. */
  readonly status: Record<string, unknown>;
}

function beside(name: string, setup: FaultSetup, body: (pair: Pair) => Promise<void>): void {
  fault(name, { plan: ["raw"], ...setup }, async (run) => {
    await using second = await FaultRun.beside(run);
    await run.start();
    const mount = await run.mounted();
    await second.start();
    await body({ run, second, mount, status: await standsBy(second) });
  });
}

for (const pid1 of [true, false]) {
  const as = pid1 ? "as PID 1" : "as a child";
  beside(
    `a second client (${as}) stands by a live mount, and mounts when the first is dead`,
    { pid1 },
    async ({ run, second, mount, status }) => {
      assert.deepEqual([status["mounted"], status["failures"]], [false, 0]);
      assert.deepEqual(second.starts(), [], "it starts no daemon");
      await steadily("the first one's mount", true, 1_000, async () => {
        const [layer, ...more] = run.layers();
        return layer?.id === mount.id && more.length === 0 && await run.readsCanary();
      });
      assert.equal((await second.control("/readyz")).status, 200);
      const told = second.stderr().split("\n").filter((line) => line.includes("random-suffix"));
      assert.equal(told.length, 1, "said once");
      // The whole of the first container goes, as when its memory is used up.
      for (const { pid } of run.processes()) Deno.kill(pid, "SIGKILL");
      await run.exitCode();
      await second.mounted();
      assert.equal((await second.status())["state"], "mounted");
      await assertHealthy(second);
      await assertStops(second);
    },
  );
}

fault(
  "two clients that start in the same instant: one mounts, one stands by",
  {
    // Long enough for both to find the target clean.
    plan: ["look sleep=0.2 raw"],
  },
  async (run) => {
    for (let round = 1; round <= 20; round++) {
      await using second = await FaultRun.beside(run);
      await Promise.all([run.start(), second.start()]);
      const states = await eventually(`round ${round}: one mounts, one stands by`, async () => {
        const both = await Promise.all(
          [run, second].map(async (one) => (await one.status())["state"]),
        );
        return both.toSorted().join() === "mounted,standing-by" && both;
      });
      assert.equal(run.layers().length, 1, `round ${round}`);
      assert.equal(run.servers().length + second.servers().length, 1, `round ${round}`);
      // Who stands by goes first, so that nobody mounts once more.
      const ends = states[0] === "standing-by" ? [run, second] : [second, run];
      for (const one of ends) {
        one.signal("SIGTERM");
        assert.equal(await one.exitCode(), 0, one.report());
      }
    }
  },
);

beside("who stands by is no rival to a first client that is restarted", {}, async (pair) => {
  const { run, second } = pair;
  for (let round = 0; round < 3; round++) {
    Deno.kill(run.daemon().pid, "SIGKILL");
    await eventually("somebody answers", () => run.readsCanary());
  }
  await eventually("one layer", () => run.layers().length === 1);
  assert.equal(run.servers().length + second.servers().length, 1, "one daemon serves");
});

beside("a neighbour that is slow is no dead one", {
  env: { CURVINE_FLUID_HANG_TIMEOUT: "0", CURVINE_FLUID_PROBE_TIMEOUT: "1s" },
}, async ({ run, second, mount }) => {
  Deno.kill(run.daemon().pid, "SIGSTOP");
  try {
    await eventually("it is not ready", async () => (await second.status())["ready"] === false);
    await steadily("the mount", mount.id, 500, () => run.layers()[0]?.id);
    assert.deepEqual(second.starts(), []);
  } finally {
    Deno.kill(run.daemon().pid, "SIGCONT");
  }
  await eventually("it is ready", async () => (await second.status())["ready"] === true);
  run.signal("SIGTERM");
  assert.equal(await run.exitCode(), 0);
  await second.mounted();
  await assertStops(second);
});

/** Ways to end whoever stands by. */
const ENDS: Readonly<Record<string, (run: FaultRun) => void | Promise<void>>> = {
  "umount": async (run) => {
    const link = `${run.root}/umount`;
    Deno.symlinkSync(executable, link);
    assert.equal((await run.inside([link, run.target])).code, 0);
  },
  "the preStop": async (run) => {
    assert.equal((await run.inside([executable, "unmount"])).code, 0);
  },
  "TERM": (run) => run.signal("SIGTERM"),
};

for (const [what, end] of Object.entries(ENDS)) {
  beside(
    `${what} beside another's live mount: the end, code 0, and the mount stays`,
    {},
    async ({ run, second, mount }) => {
      await end(second);
      assert.equal(await second.exitCode(), 0);
      assert.equal(run.layers()[0]?.id, mount.id);
      await assertHealthy(run);
      await assertStops(run);
    },
  );
}

fault("a mount that somebody else made over ours is not unmounted with ours", {
  plan: ["raw"],
}, async (run) => {
  await run.start();
  await eventually("it is ready", async () => (await run.status())["ready"] === true);
  await run.mountOnHost(run.target);
  await eventually("ours is covered", async () => (await run.status())["ready"] === false);
  const top = run.layers().at(-1)?.id;
  run.signal("SIGTERM");
  assert.equal(await run.exitCode(), 0);
  assert.equal(run.layers().at(-1)?.id, top, "theirs is still on top");
  assert.ok(await run.readsCanary());
});
