import assert from "node:assert/strict";
import { FaultRun, type FaultSetup, type ServedLayer } from "./fault_run.ts";
import { eventually } from "./eventually.ts";
import type { ProcessLine } from "./process_table.ts";
import { missing } from "./requirements.ts";

const SKIPPED = missing(
  "root",
  "fuse",
  "executable",
  "tool:bindfs",
  "tool:unshare",
  "tool:nsenter",
  "tool:python3",
  "tool:gcc",
);

/**
 * One fault as a test: prepares the folders and the host, lets the body start and hurt the
 * executable, and in every case checks that no file was lost, and ends all that the run started.
 * A failure carries the run's logs, mounts and processes.
 */
export function fault(
  name: string,
  setup: FaultSetup,
  body: (run: FaultRun) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: SKIPPED,
    fn: async () => {
      await using run = await FaultRun.prepare(setup);
      try {
        await body(run);
        assert.deepEqual(await run.losses(), [], "files were lost or changed");
      } catch (error) {
        throw new Error(`${reasonOf(error)}\n--- what was there:\n${run.report()}`);
      }
    },
  });
}

/**
 * Waits for the end and asserts all that must hold then: the exit code, no mount left on the host,
 * no process of the container left.
 */
export async function assertEnded(run: FaultRun, code: number, limitMs?: number): Promise<void> {
  assert.equal(await run.exitCode(limitMs), code, "exit code");
  assert.deepEqual(run.hostMounts(), [], "mounts left on the host");
  assert.deepEqual(run.processes(), [], "processes left");
}

/** One layer that answers, one daemon that serves it, no zombie that stays. */
export async function assertHealthy(run: FaultRun): Promise<void> {
  await run.mounted();
  assert.equal(run.servers().length, 1, "daemons that serve");
  const zombies = (): ProcessLine[] => run.processes().filter(({ state }) => state === "Z");
  const lasting = new Set(zombies().map(({ pid }) => pid));
  if (lasting.size === 0) return;
  await eventually(
    `no zombie of ${[...lasting]} is left`,
    () => !zombies().some(({ pid }) => lasting.has(pid)),
  );
}

/** Waits until a successor that we started serves the mount, which is the same as before. */
export async function assertTakenOver(
  run: FaultRun,
  old: ServedLayer,
  starts: number,
): Promise<void> {
  await eventually(`start ${starts} serves, taken over`, async () => {
    if (run.starts().length < starts) return false;
    const status = await run.status();
    return status["state"] === "mounted" && status["ready"] === true;
  });
  assert.match(run.starts().at(-1)?.state ?? "", /takeover\.state$/);
  assert.deepEqual(await run.mounted(), old, "the same mount");
  assert.equal(run.starts().length, starts);
}

/** TERM, then exit code 0 and nothing left. */
export async function assertStops(run: FaultRun): Promise<void> {
  run.signal("SIGTERM");
  await assertEnded(run, 0);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  const cause = error.cause === undefined ? "" : `\ncaused by: ${reasonOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
