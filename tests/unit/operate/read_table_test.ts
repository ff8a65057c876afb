import assert from "node:assert/strict";
import { CommandError } from "../../../lib/ports/command_error.ts";
import { readTable } from "../../../lib/operate/read_table.ts";
import { ScriptedCli } from "../../support/scripted_cli.ts";

const TABLE = {
  stdout: "Mount Table:\n| ID | Curvine Path | UFS Path |\n| 1 | /a | s3://b |\n" +
    "Total mount points: 1\n",
};

async function read(
  answer: ScriptedCli["answer"],
  timeMs = 1_000,
  stop = new AbortController(),
): Promise<{ paths: string[]; said: string[]; calls: number }> {
  const cli = new ScriptedCli(answer);
  const said: string[] = [];
  let left = timeMs;
  const rows = await readTable({
    cli,
    remainingMs: () => left,
    say: (message) => void said.push(message),
    pause: (milliseconds) => {
      left -= milliseconds;
      return Promise.resolve();
    },
    signal: stop.signal,
  });
  return { paths: rows.map(({ path }) => path), said, calls: cli.calls.length };
}

Deno.test("mount table: read at once, nothing is said", async () => {
  assert.deepEqual(await read(() => TABLE), { paths: ["/a"], said: [], calls: 1 });
});

Deno.test("mount table: a leader is waited for, which is said once, and that it came", async () => {
  let count = 0;
  assert.deepEqual(await read(() => ++count < 3 ? { code: 1, reason: "no leader" } : TABLE), {
    paths: ["/a"],
    said: ["Waiting for a master that leads: no leader", "A master answers"],
    calls: 3,
  });
});

Deno.test("mount table: the reason is the last whole answer; a try that was cut short tells nothing", async () => {
  const answers = [
    { code: 1, reason: "one" },
    { code: 1, reason: "two" },
    { code: 1, reason: "cut", stopped: "limit" as const },
  ];
  await assert.rejects(
    read(() => answers.shift() ?? { code: 1, stopped: "limit" }, 600),
    (error) => {
      assert(error instanceof CommandError);
      assert.equal(error.exitCode, 69);
      assert.match(error.message, /mount table: two$/);
      return true;
    },
  );
});

Deno.test("mount table: a usage error, a signal or no time left end the waiting", async () => {
  const calls = async (answer: ScriptedCli["answer"], timeMs: number, stop?: AbortController) => {
    let count = 0;
    await assert.rejects(read((...args) => (count++, answer(...args)), timeMs, stop));
    return count;
  };
  assert.equal(await calls(() => ({ code: 2 }), 10_000), 1);
  const stop = new AbortController();
  stop.abort();
  assert.equal(await calls(() => ({ code: 1 }), 10_000, stop), 1);
  assert.equal(await calls(() => ({ code: 1 }), 250), 1);
  assert.equal(await calls(() => ({ code: 1 }), 251), 2);
});

Deno.test("mount table: what is no table is an error, not an empty one", async () => {
  await assert.rejects(read(() => ({ stdout: "hello" })), (error) => {
    assert(error instanceof CommandError);
    assert.equal(error.exitCode, 69);
    return true;
  });
});
