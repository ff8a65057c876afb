import assert from "node:assert/strict";
import { leaveWords, terminationMessage } from "../../../lib/observe/last_words.ts";
import { type Level, type Log, makeLog } from "../../../lib/observe/log.ts";
import { statusOf } from "../../../lib/observe/status.ts";
import { Tail } from "../../../lib/observe/tail.ts";
import { SNAPSHOT } from "./sample_snapshot.ts";

const date = (): Date => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6));

function logger(format: "text" | "json", level: Level): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { log: makeLog({ format, level, date, write: (line) => lines.push(line) }), lines };
}

Deno.test("text: one line, whatever the message and the fields hold", () => {
  const { log, lines } = logger("text", "info");
  log("warn", "x", "first\n  second\n", { path: "/a b\n", pid: 7 });
  assert.deepEqual(lines, [
    '2026-01-02T03:04:05.006Z WARN curvine-fluid: first; second path="/a b\\n" pid=7',
  ]);
});

Deno.test("json: an object on one line", () => {
  const { log, lines } = logger("json", "info");
  log("error", "giving-up", 'a "quoted"\nline', { code: 137 });
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0] ?? "", /\n/);
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    time: "2026-01-02T03:04:05.006Z",
    level: "error",
    event: "giving-up",
    message: 'a "quoted"\nline',
    code: 137,
  });
});

Deno.test("levels: what is less serious is left out", () => {
  for (const [level, count] of [["debug", 4], ["info", 3], ["warn", 2], ["error", 1]] as const) {
    const { log, lines } = logger("text", level);
    for (const each of ["debug", "info", "warn", "error"] as const) log(each, "e", "m");
    assert.equal(lines.length, count);
  }
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("a tail keeps the last whole lines of any stream", () => {
  const tail = new Tail(16);
  assert.equal(tail.text(), "");
  tail.add(bytes("one\ntwo\n"));
  assert.equal(tail.text(), "one\ntwo");
  tail.add(bytes("three\nfour\n"));
  assert.equal(tail.text(), "two\nthree\nfour", "the line before lost its beginning");
  tail.add(bytes(`${"x".repeat(100)}\nlast\n`));
  assert.equal(tail.text(), "last");
  for (const char of "abc\ndef\n") tail.add(bytes(char));
  assert.equal(tail.text().split("\n").at(-1), "def");
  tail.clear();
  assert.equal(tail.text(), "");
});

Deno.test("a tail that holds half a character does not fail", () => {
  const tail = new Tail(4);
  tail.add(bytes("aé\né"));
  assert.equal(typeof tail.text(), "string");
});

Deno.test("last words: the cause, then the daemon's, never more than Kubernetes shows", () => {
  assert.equal(terminationMessage("it died", ""), "it died\n");
  assert.equal(terminationMessage("it died", "a\nb"), "it died\nLast lines of the daemon:\na\nb\n");
  const long = Array.from({ length: 1000 }, (_, i) => `line ${i} é`).join("\n");
  const words = terminationMessage("it died", long);
  assert.ok(bytes(words).length <= 4096);
  assert.match(words, /^it died\nLast lines of the daemon:\nline \d+ é\n/);
  assert.ok(words.endsWith("line 999 é\n"));
  assert.ok(bytes(terminationMessage("x".repeat(10_000), "tail")).length <= 4096);
});

Deno.test("the status for programs: seconds, and null for what is not known", () => {
  const status = statusOf({ ...SNAPSHOT, pid: undefined, waiting: undefined });
  assert.equal(status.state_seconds, 61.5);
  assert.equal(status.last_remount_seconds, 0.022);
  assert.deepEqual([status.pid, status.requests_waiting, status.reason], [null, null, null]);
  assert.equal(status.restarts_total, 2);
});

Deno.test("the message goes where Kubernetes made the file, and to a place of one's own always", () => {
  const written = new Map<string, string>();
  const file = {
    read: (path: string): string | undefined => written.get(path),
    write: (path: string, text: string): void => void written.set(path, text),
  };
  assert.equal(leaveWords("/dev/termination-log", "a", file), undefined);
  assert.equal(written.size, 0, "nobody made it: this is no container");
  written.set("/dev/termination-log", "");
  leaveWords("/dev/termination-log", "b", file);
  leaveWords("/mine", "c", file);
  assert.deepEqual([...written.values()], ["b", "c"]);
  const full = leaveWords("/mine", "d", {
    read: file.read,
    write: () => {
      throw new Error("disk full");
    },
  });
  assert.match(full ?? "", /Cannot write "\/mine": disk full/);
});

Deno.test("a message is looked through for secrets, but not one that is left out", () => {
  const lines: string[] = [];
  const seen: string[] = [];
  const redact = (text: string): string => {
    seen.push(text);
    return text.replace("hush", "***");
  };
  const log = makeLog({
    format: "json",
    level: "info",
    date,
    redact,
    write: (line) => lines.push(line),
  });
  log("debug", "e", "hush, a detail");
  log("info", "e", "it is hush");
  assert.deepEqual(seen, ["it is hush"]);
  assert.equal(JSON.parse(lines[0] ?? "").message, "it is ***");
});
