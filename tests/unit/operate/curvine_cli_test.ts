import assert from "node:assert/strict";
import {
  cliExecutable,
  type CliOptions,
  type CliResult,
  curvineCli,
} from "../../../lib/operate/curvine_cli.ts";
import type { ChildOptions, ChildResult } from "../../../lib/ports/child.ts";

const SECRETS = { redact: (text: string): string => text.replaceAll("hidden", "***") };

interface Called {
  readonly argv: readonly string[];
  readonly options: ChildOptions;
  readonly result: CliResult;
}

async function call(
  ended: Partial<ChildResult>,
  options?: CliOptions,
  always?: AbortSignal,
): Promise<Called> {
  const seen: [readonly string[], ChildOptions][] = [];
  const cli = curvineCli(
    "/cli",
    "/conf",
    (argv, given) => {
      seen.push([argv, given]);
      given.onLine?.("\x1b[31mhidden line", "stdout");
      return Promise.resolve({ code: 0, stdout: "", stderr: "", stopped: undefined, ...ended });
    },
    SECRETS,
    always,
  );
  const result = await cli.run(["mount"], options);
  const [argv, given] = seen[0] ?? assert.fail("it was not run");
  return { argv, options: given, result };
}

Deno.test("curvine's cli gets our configuration alone, and only the limits that are given", async () => {
  const plain = await call({});
  assert.deepEqual(plain.argv, ["/cli", "mount", "--conf", "/conf"]);
  const env = { CURVINE_CONF_FILE: "/conf", RUST_BACKTRACE: "0" };
  assert.deepEqual(plain.options, { env });
  const { signal } = new AbortController();
  const heard: string[] = [];
  const onLine = (line: string, stream: string): void => void heard.push(`${stream} ${line}`);
  const limited = await call({}, { limitMs: 5, signal, onLine }, new AbortController().signal);
  assert.deepEqual([limited.options.limitMs, limited.options.signal], [5, signal]);
  assert.deepEqual(heard, ["stdout *** line"]);
  assert.equal((await call({}, {}, signal)).options.signal, signal);
});

Deno.test("curvine's cli is well only where it ended by itself with 0", async () => {
  const ok = async (ended: Partial<ChildResult>): Promise<boolean> => (await call(ended)).result.ok;
  assert(await ok({}));
  assert(!await ok({ code: 1 }));
  assert(!await ok({ stopped: "limit" }));
  assert(!await ok({ code: 1, stopped: "signal" }));
});

Deno.test("a refusal of the master is told from a cli that was stopped while it printed", async () => {
  const refused = async (ended: Partial<ChildResult>): Promise<boolean> =>
    (await call({ code: 1, ...ended })).result.refusedByMaster;
  assert(await refused({ stderr: "❌ Error: no such bucket" }));
  assert(!await refused({ stderr: "Error: no such bucket" }));
  assert(!await refused({ stderr: "❌ Error: no", stopped: "limit" }));
});

Deno.test("why the cli failed is what it said last, without secrets", async () => {
  const reason = async (ended: Partial<ChildResult>): Promise<string> =>
    (await call({ code: 3, ...ended })).result.reason;
  assert.equal(await reason({}), "it exited with 3 and said nothing");
  assert.equal(await reason({ stderr: "\n  hidden key \n\n" }), "*** key");
  const stdout = "fine\nread failed\n";
  assert.equal(await reason({ stdout, stderr: "a\nb" }), "read failed; a; b");
  assert.equal(await reason({ stderr: "1\n2\n3\n4\n5\n6\n7" }), "2; 3; 4; 5; 6; 7");
  assert.equal(await reason({ stopped: "limit" }), "no answer in time");
  assert.equal(await reason({ stopped: "limit", stderr: "x" }), "no answer in time; it said: x");
  assert.equal(await reason({ stopped: "signal", stderr: "x" }), "it was stopped");
});

Deno.test("curvine's cli lies in CURVINE_HOME unless CURVINE_CLI names another", () => {
  assert.equal(cliExecutable({}, "/home"), "/home/lib/curvine-cli");
  assert.equal(cliExecutable({ CURVINE_CLI: "" }, "/home"), "/home/lib/curvine-cli");
  assert.equal(cliExecutable({ CURVINE_CLI: "/cv" }, "/home"), "/cv");
});
