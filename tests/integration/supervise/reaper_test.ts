import assert from "node:assert/strict";
import { kernel, openKernel } from "../../../lib/system/kernel_calls.ts";
import { childPids } from "../../../lib/system/child_processes.ts";
import { ownChild } from "../../../lib/system/own_children.ts";
import { Reaper } from "../../../lib/system/reaper.ts";
import { eventually } from "../../support/eventually.ts";

openKernel();
const PR_SET_CHILD_SUBREAPER = 36;
kernel("prctl", PR_SET_CHILD_SUBREAPER, 1);

function shell(script: string): Deno.Command {
  return new Deno.Command("sh", { args: ["-c", script], stdin: "null", stdout: "null" });
}

/** Children of ours that have ended and that nobody has reaped. */
function zombies(): number {
  return childPids().filter((pid) => {
    try {
      return /^State:\s*Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
    } catch {
      return false;
    }
  }).length;
}

Deno.test("thousands of orphans go, and no child loses its exit status to that", async () => {
  const reaper = new Reaper();
  try {
    const orphans = 3000;
    const makers = Array.from({ length: 3 }, () => {
      const child = shell(
        `i=0; while [ $i -lt ${orphans / 3} ]; do (exit 7 &); i=$((i+1)); done; exit 9`,
      ).spawn();
      ownChild(child.pid, child.status);
      return child;
    });
    // Children of our own end all the while, each with a code that is known.
    const wrong: string[] = [];
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 15 }, async (_, index) => {
        const code = (round * 15 + index) % 120;
        const child = shell(`exit ${code}`).spawn();
        ownChild(child.pid, child.status);
        const status = await child.status;
        if (status.code !== code) wrong.push(`${status.code} instead of ${code}`);
      }));
    }
    for (const maker of makers) assert.equal((await maker.status).code, 9);
    assert.deepEqual(wrong, []);
    await eventually("all orphans are reaped", () => reaper.count >= orphans);
    assert.equal(zombies(), 0);
  } finally {
    reaper.close();
  }
});

Deno.test("an adopted orphan's status comes to whoever adopted it", async () => {
  const reaper = new Reaper();
  const folder = Deno.makeTempDirSync();
  const go = `${folder}/go`;
  try {
    const make = async (script: string): Promise<number> => {
      const child = new Deno.Command("sh", {
        args: ["-c", `sh -c '${script}' >/dev/null 2>&1 & echo $!`],
        stdin: "null",
        stdout: "piped",
      }).spawn();
      ownChild(child.pid, child.status);
      const { stdout } = await child.output();
      return Number(new TextDecoder().decode(stdout));
    };
    const [exits, killed, other] = await Promise.all([
      make(`until [ -e ${go} ]; do sleep 0.02; done; exit 42`),
      make("exec sleep 100000"),
      make(`until [ -e ${go} ]; do sleep 0.02; done; exit 1`),
    ]);
    const statuses = Promise.all([reaper.adopt(exits), reaper.adopt(killed)]);
    Deno.writeTextFileSync(go, "");
    Deno.kill(killed, "SIGKILL");
    assert.deepEqual(await statuses, [{ code: 42 }, { code: 137, signal: "SIGKILL" }]);
    await eventually("the other one is reaped", () => reaper.count === 1);
    assert.ok(other > 0);
  } finally {
    reaper.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("how an orphan ended is known afterwards, by its name, also to whoever adopts it too late", async () => {
  const reaper = new Reaper();
  try {
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        "exec 3>&1 >/dev/null; sh -c 'sleep 0.3; exit 43' 3>&- & echo $! >&3; " +
        "sh -c 'sleep 0.3; kill -KILL $$' 3>&- & exit 0",
      ],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    ownChild(child.pid, child.status);
    const pid = Number(new TextDecoder().decode((await child.output()).stdout));
    await eventually("both are reaped", () => reaper.count === 2);
    const ends = reaper.endedSince(0);
    assert.deepEqual(ends.map(({ name }) => name), ["sh", "sh"]);
    assert.deepEqual(ends.find((one) => one.pid === pid)?.status, { code: 43 });
    assert(ends.some(({ status }) => status.signal === "SIGKILL"));
    assert.equal(reaper.endedSince(1).length, 1);
    assert.deepEqual(await reaper.adopt(pid), { code: 43 });
  } finally {
    reaper.close();
  }
});

Deno.test("adopting one that has ended already does not wait for ever", async () => {
  const reaper = new Reaper();
  try {
    assert.deepEqual(await reaper.adopt(2 ** 22 - 3), { code: 1 });
  } finally {
    reaper.close();
  }
});
