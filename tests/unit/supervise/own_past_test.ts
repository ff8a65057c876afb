import assert from "node:assert/strict";
import { type Mount, parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import { ownPast } from "../../../lib/supervise/own_past.ts";
import type { Stray } from "../../../lib/ports/world.ts";

const [MOUNT] = parseMountinfo("3 2 0:50 / /m rw - fuse.curvinefs curvinefs rw") as [Mount];

/** Processes that live, each with its time of birth. */
const LIVING = new Map([[10, 700], [11, 800]]);

function found(...strays: Stray[]): number[] {
  const processes = { strays: () => strays, birthOf: (pid: number) => LIVING.get(pid) };
  return ownPast(MOUNT, processes).map(({ pid }) => pid);
}

Deno.test("own past: a daemon of this mount whose supervisor is gone, or whose number is another's", () => {
  const gone = { pid: 90, mark: "9.500-x", minors: ["50"] };
  const reused = { pid: 91, mark: "10.500-x", minors: ["49", "50"] };
  assert.deepEqual(found(gone, reused), [90, 91]);
});

Deno.test("not own past: a supervisor that lives, another mount's daemon, a mark that does not tell", () => {
  const living = { pid: 92, mark: "10.700-x", minors: ["50"] };
  const elsewhere = { pid: 93, mark: "9.500-x", minors: ["51"] };
  const old = { pid: 94, mark: "9-x", minors: ["50"] };
  const strange = { pid: 95, mark: "", minors: ["50"] };
  assert.deepEqual(found(living, elsewhere, old, strange), []);
});
