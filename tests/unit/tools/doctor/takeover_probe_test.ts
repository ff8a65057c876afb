import assert from "node:assert/strict";
import type { Finding } from "../../../../lib/tools/doctor/finding.ts";
import type { Patient } from "../../../../lib/tools/doctor/patient.ts";
import { takeoverProbe } from "../../../../lib/tools/doctor/takeover.ts";

/** A client, as the kernel and its supervisor tell of it. */
async function look(
  more: {
    isHere?: boolean;
    mount?: object | null;
    drafted?: boolean;
    capabilities?: string;
    release?: string;
    status?: { mounted: boolean; takeover_problem: string | null };
  } = {},
): Promise<readonly Finding[]> {
  const files: Record<string, string> = {
    "/proc/self/status": `CapEff:\t${more.capabilities ?? "0"}\n`,
    "/proc/sys/kernel/osrelease": `${more.release ?? "6.18.5"}\n`,
  };
  return await takeoverProbe.look({
    isHere: more.isHere ?? true,
    draft: more.drafted === false
      ? undefined
      : { plan: { mount: more.mount === undefined ? { target: "/t" } : more.mount } },
    status: () => Promise.resolve(more.status),
    world: {
      read: (path: string) => files[path],
      takeoverForbidden: (mayTrace: boolean) => mayTrace ? undefined : "Yama does not allow it",
    },
  } as unknown as Patient);
}

const TRACES = { capabilities: (1n << 19n).toString(16) };

Deno.test("only a client that mounts here is looked at", async () => {
  assert.equal((await look(TRACES)).length, 1);
  assert.deepEqual(await look({ ...TRACES, isHere: false }), []);
  assert.deepEqual(await look({ ...TRACES, mount: null }), []);
  assert.deepEqual(await look({ ...TRACES, drafted: false }), []);
});

Deno.test("what the container forbids counts first, then what the supervisor says of a mount", async () => {
  const [forbidden] = await look();
  assert.deepEqual([forbidden?.verdict, forbidden?.seen], ["warn", "Yama does not allow it"]);
  const problem = { takeover_problem: "the daemon refused" };
  const [told] = await look({ ...TRACES, status: { mounted: true, ...problem } });
  assert.deepEqual([told?.verdict, told?.seen], ["warn", "the daemon refused"]);
  const [early] = await look({ ...TRACES, status: { mounted: false, ...problem } });
  assert.equal(early?.verdict, "ok", "before there is a mount nothing can be taken over");
  const [fine] = await look({ ...TRACES, status: { mounted: true, takeover_problem: null } });
  assert.equal(fine?.verdict, "ok");
});

Deno.test("a kernel that forgets names is told from one whose names are learned by a walk", async () => {
  for (
    const [release, forgets] of [
      ["6.18.5", true],
      ["6.16", true],
      ["7.0.1", true],
      ["6.15.9", false],
      ["5.16.0", false],
      ["5.17", false],
    ] as const
  ) {
    const [{ seen = "" } = {}] = await look({ ...TRACES, release });
    assert.equal(!seen.includes("by a walk"), forgets, release);
    assert.ok(seen.startsWith(`Linux ${release}: `), seen);
  }
});
