import assert from "node:assert/strict";
import { examine } from "../../../../lib/tools/doctor/examine.ts";
import { ok } from "../../../../lib/tools/doctor/finding.ts";
import type { Patient } from "../../../../lib/tools/doctor/patient.ts";
import { PROBES } from "../../../../lib/tools/doctor/probes.ts";
import { LIMITS, WHOLE_MS } from "../../../../lib/tools/doctor/time_limits.ts";

const NOBODY = {} as Patient;

Deno.test("one probe that hangs and one that throws keep nobody else from looking", async () => {
  const found = await examine(NOBODY, [
    { name: "hangs", page: "masters", look: () => new Promise(() => {}) },
    {
      name: "throws",
      page: "mount",
      look: () => {
        throw new Error("no such thing");
      },
    },
    { name: "works", page: "mode", look: () => [ok("works", "seen"), ok("works", "again")] },
  ], 20);
  assert.deepEqual(found.map(({ name, verdict }) => [name, verdict]), [
    ["hangs", "fail"],
    ["throws", "warn"],
    ["works", "ok"],
    ["works", "ok"],
  ]);
  assert.match(found[1]?.seen ?? "", /no such thing/);
});

Deno.test("probes look side by side", async () => {
  const meeting = Promise.withResolvers<void>();
  let here = 0;
  const look = async (): Promise<[]> => {
    if (++here === 2) meeting.resolve();
    await meeting.promise;
    return [];
  };
  const probe = { name: "meets", page: "mode", look } as const;
  assert.deepEqual(await examine(NOBODY, [probe, probe], 60_000), []);
});

Deno.test("the limits leave a whole examination time to start and to print", () => {
  assert(LIMITS.probe <= WHOLE_MS - 1_500);
  for (const [name, limit] of Object.entries(LIMITS)) assert(limit <= LIMITS.probe, name);
  // A job's masters: the labels, then two names, then what is asked of a master.
  const { labels, resolve, connect, web } = LIMITS;
  assert(labels + 2 * resolve + connect + web <= LIMITS.probe);
});

Deno.test("every probe's name is its own", () => {
  assert.equal(new Set(PROBES.map(({ name }) => name)).size, PROBES.length);
});
