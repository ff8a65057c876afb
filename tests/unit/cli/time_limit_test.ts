import assert from "node:assert/strict";
import { timeLimit } from "../../../lib/cli/time_limit.ts";

function limit(flag: string | undefined, variable: string | undefined): number {
  const flags = new Map(flag === undefined ? [] : [["timeout", [flag]]]);
  const env: Record<string, string> = variable === undefined ? {} : { LIMIT: variable };
  return timeLimit({ flags }, env, "LIMIT", 18_000);
}

Deno.test("a command's time is the flag's, else the variable's, else its own", () => {
  assert.equal(limit("2s", "5m"), 2_000);
  assert.equal(limit(undefined, "5m"), 300_000);
  assert.equal(limit(undefined, undefined), 18_000);
  assert.equal(limit(undefined, ""), 18_000, "an empty variable is none");
  assert.equal(limit("", "5m"), 18_000);
});

Deno.test("a time that is none, or no time at all, is quoted with where it stands", () => {
  for (const text of ["soon", "0s"]) {
    assert.throws(() => limit(text, undefined), new RegExp(`"${text}" for --timeout: a duration`));
    assert.throws(() => limit(undefined, text), new RegExp(`"${text}" for LIMIT: a duration`));
  }
});
