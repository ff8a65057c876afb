import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import {
  assertEnded,
  assertHealthy,
  assertStops,
  assertTakenOver,
  fault,
} from "../../support/fault.ts";
import type { FaultRun } from "../../support/fault_run.ts";

/** How long nothing must happen before a test says that nothing happens. */
const QUIET_MS = 1_500;

/** Waits until start `count` read a configuration with this many threads, and it serves. */
async function servesWith(run: FaultRun, count: number, threads: number): Promise<void> {
  await eventually(`start ${count}`, () => run.starts().length >= count);
  assert.match(run.standInFile(`conf.${count}`), new RegExp(`^io_threads = ${threads}$`, "m"));
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  await run.mounted();
}

/** The runtime config with another number of threads than the setup's 16. */
function threads(run: FaultRun, number: number): string {
  return run.configText({ io_threads: `${number}` });
}

const SETUP = { plan: ["raw"], options: { io_threads: "16" } };

fault("a good change: written and reloaded hot", SETUP, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(threads(run, 8));
  await servesWith(run, 2, 8);
  assert.notEqual(run.starts()[1]?.state, "", "a hot reload");
  assert.deepEqual(await run.mounted(), old, "the same mount");
  await assertHealthy(run);
  await assertStops(run);
});

fault("a good change and a daemon that cannot hand over: a clean restart", {
  ...SETUP,
  plan: ["mount"],
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(threads(run, 8));
  // bindfs takes USR1 for something else; the time it is given to hand over is ours.
  await run.remounted(old, 60_000);
  await servesWith(run, 2, 8);
  assert.equal(run.starts()[1]?.state, "", "a cold start");
  await assertHealthy(run);
  await assertStops(run);
});

for (
  const [what, bad] of [
    ["truncated", (text: string) => text.slice(0, text.length / 2)],
    ["empty", () => ""],
    ["no JSON", () => "# not a config\n"],
    ["of a wrong type", (text: string) => text.replace('"mounts":[', '"mounts":7,"x":[')],
    ["without its mount", (text: string) => text.replace(/"mounts":\[.*?\],"t/, '"mounts":[],"t')],
    ["with an option of a wrong type", (text: string) => text.replace('"16"', '"many"')],
    ["refused by validate-config", (text: string) => text.replace('"16"', '"666"')],
  ] as const
) {
  fault(
    `a change that is ${what}, then a good one: only the good one counts`,
    SETUP,
    async (run) => {
      await run.start();
      const old = await run.mounted();
      const text = bad(run.configText());
      assert.notEqual(text, run.configText());
      run.config.write(text);
      await eventually(
        "the bad one is counted and told",
        async () =>
          (await run.metrics()).get('curvine_fluid_reloads_total{result="rejected"}') === 1 &&
          (await run.status())["config_problem"] !== null,
      );
      assert.deepEqual(await run.mounted(), old);
      assert.equal(run.starts().length, 1);
      run.config.write(threads(run, 8));
      await servesWith(run, 2, 8);
      assert.equal((await run.mounted()).id, old.id);
      await assertHealthy(run);
      await assertStops(run);
    },
  );
}

for (
  const [what, rewrite] of [
    ["a newline at its end", (text: string) => `${text}\n`],
    ["indented", (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ["its keys in another order", (text: string) => JSON.stringify(reversed(JSON.parse(text)))],
  ] as const
) {
  fault(`the same meaning in other bytes (${what}): nothing happens`, SETUP, async (run) => {
    await run.start();
    const old = await run.mounted();
    run.config.write(rewrite(run.configText()));
    await steadily("the number of starts", 1, QUIET_MS, () => run.starts().length);
    assert.deepEqual(await run.mounted(), old);
    // The watch still works.
    run.config.write(threads(run, 8));
    await servesWith(run, 2, 8);
    await assertStops(run);
  });
}

fault(
  "..data leads nowhere for a while: the mount stays, then the change counts",
  SETUP,
  async (run) => {
    await run.start();
    const old = await run.mounted();
    run.config.swap("..2026_11_23_not_there");
    await steadily("the number of starts", 1, QUIET_MS, () => run.starts().length);
    assert.deepEqual(await run.mounted(), old);
    run.config.write(threads(run, 8));
    await servesWith(run, 2, 8);
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("..data leads to a folder without the file, which comes later", SETUP, async (run) => {
  await run.start();
  const old = await run.mounted();
  const stage = run.config.stage();
  run.config.swap(stage);
  await steadily("the number of starts", 1, QUIET_MS, () => run.starts().length);
  assert.deepEqual(await run.mounted(), old);
  Deno.writeTextFileSync(`${run.root}/etc/${stage}/config.json`, threads(run, 8));
  // Nothing in the watched folder itself changes any more: kubelet's next swap must do it.
  run.config.write(threads(run, 8));
  await servesWith(run, 2, 8);
  await assertStops(run);
});

fault("a file written in pieces: the mount never goes", SETUP, async (run) => {
  await run.start();
  const old = await run.mounted();
  const text = threads(run, 8);
  const stage = run.config.stage();
  run.config.swap(stage);
  const path = `${run.root}/etc/${stage}/config.json`;
  for (const end of [10, 60, text.length - 1]) {
    Deno.writeTextFileSync(path, text.slice(0, end));
    run.config.swap(stage);
    await steadily("the number of starts", 1, 300, () => run.starts().length);
  }
  Deno.writeTextFileSync(path, text);
  run.config.swap(stage);
  await servesWith(run, 2, 8);
  assert.deepEqual(await run.mounted(), old);
  await assertStops(run);
});

fault("there and back at once: at most one reload", SETUP, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(threads(run, 8));
  run.config.write(run.configText());
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  await run.mounted();
  const reloads = run.starts().length - 1;
  assert.ok(reloads <= 1, `${reloads} reloads`);
  assert.match(run.standInFile(`conf.${reloads + 1}`), /^io_threads = 16$/m, "what counts is last");
  assert.equal((await run.mounted()).id, old.id);
  await assertHealthy(run);
  await assertStops(run);
});

fault("twenty changes in a row: the last one counts, the mount stays", SETUP, async (run) => {
  await run.start();
  const old = await run.mounted();
  for (let number = 1; number <= 20; number++) run.config.write(threads(run, 100 + number));
  await eventually(
    "the last one is in force",
    () => run.standInFile(`conf.${run.starts().length}`).includes("io_threads = 120"),
  );
  assert.ok(run.starts().length <= 4, `${run.starts().length} starts`);
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  assert.equal((await run.mounted()).id, old.id);
  await assertHealthy(run);
  await assertStops(run);
});

fault("the file goes away: the mount stays", SETUP, async (run) => {
  await run.start();
  const old = await run.mounted();
  Deno.removeSync(`${run.root}/etc`, { recursive: true });
  await steadily("the number of starts", 1, QUIET_MS, () => run.starts().length);
  assert.deepEqual(await run.mounted(), old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("another target path: exactly one mount, and none left behind", SETUP, async (run) => {
  await run.start();
  await run.mounted();
  run.config.write(run.configText().replace(run.target, `${run.root}/host/elsewhere`));
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  await eventually(
    "exactly one mount is ready",
    async () =>
      run.hostMounts().length === 1 && run.servers().length === 1 &&
      (await run.control("/readyz")).status === 200,
  );
  await assertStops(run);
});

fault("without the watch a change waits for HUP", {
  ...SETUP,
  env: { CURVINE_FLUID_WATCH_CONFIG: "false" },
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  run.config.write(threads(run, 8));
  await steadily("the number of starts", 1, QUIET_MS, () => run.starts().length);
  run.signal("SIGHUP");
  await servesWith(run, 2, 8);
  assert.deepEqual(await run.mounted(), old);
  await assertStops(run);
});

fault("a truncated config at the start: exit 78, nothing is started", SETUP, async (run) => {
  run.config.write(run.configText().slice(0, 40));
  await run.start();
  await assertEnded(run, 78);
  assert.deepEqual(run.starts(), []);
  assert.match(run.stderr(), /config\.json/);
});

fault(
  "a daemon that dies while the config is bad starts with the last good one",
  SETUP,
  async (run) => {
    await run.start();
    const old = await run.served();
    run.config.write("{");
    await steadily("the number of starts", 1, 500, () => run.starts().length);
    Deno.kill(run.daemon().pid, "SIGKILL");
    await assertTakenOver(run, old, 2);
    await servesWith(run, 2, 16);
    await assertHealthy(run);
    await assertStops(run);
  },
);

fault("a change during the backoff: the next start has it", {
  ...SETUP,
  plan: ["exit=1", "exit=1", "raw"],
  env: { CURVINE_FLUID_RESTART_DELAY: "8s", CURVINE_FLUID_RESTART_MAX_DELAY: "8s" },
}, async (run) => {
  await run.start();
  await eventually("the backoff", () => run.starts().length === 2);
  run.config.write(threads(run, 8));
  await servesWith(run, 3, 8);
  await assertHealthy(run);
  await assertStops(run);
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, inner]) => [key, reversed(inner)]),
  );
}
