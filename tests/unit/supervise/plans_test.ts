import assert from "node:assert/strict";
import type { Plan } from "../../../lib/plan/plan.ts";
import { Plans, type PlansParts } from "../../../lib/supervise/plans.ts";

/** Plans are told apart by being others; nothing here looks into them. */
const [FIRST, SECOND] = [{ mode: "1" }, { mode: "2" }] as unknown as [Plan, Plan];

function plansOf(write?: PlansParts["write"]): {
  plans: Plans;
  written: Plan[];
  told: unknown[];
} {
  const written: Plan[] = [];
  const told: unknown[] = [];
  const plans = new Plans(FIRST, {
    write: write ?? ((plan) => void written.push(plan)),
    rolledBack: (bad, detail) => void told.push([bad, detail]),
    log: (_, event, message) => void told.push(`${event}: ${message}`),
  });
  return { plans, written, told };
}

Deno.test("plans: one that was begun and never served is gone back from, and the file written once", async () => {
  const { plans, written, told } = plansOf();
  plans.begin();
  plans.serves();
  plans.change(SECOND);
  assert.equal(plans.isUntried, false, "nobody has tried it");
  plans.begin();
  assert.equal(plans.isUntried, true);
  await plans.writeBack();
  assert.deepEqual(written, []);
  plans.rollBack("it ended");
  assert.equal(plans.current, FIRST);
  assert.equal(plans.isUntried, false);
  assert.deepEqual(told, [[SECOND, "it ended"]]);
  await plans.writeBack();
  await plans.writeBack();
  assert.deepEqual(written, [FIRST]);
});

Deno.test("plans: where none served before, or this one did, there is none to go back to", async () => {
  const { plans, written, told } = plansOf();
  plans.begin();
  assert.equal(plans.isUntried, false);
  plans.rollBack("it ended");
  plans.serves();
  plans.rollBack("it ended later");
  await plans.writeBack();
  assert.deepEqual([plans.current, written, told], [FIRST, [], []]);
});

Deno.test("plans: a change that comes while another is tried has not served with it", () => {
  const { plans } = plansOf();
  plans.begin();
  plans.change(SECOND);
  plans.serves();
  plans.begin();
  assert.equal(plans.isUntried, true, "what serves is what was begun");
});

Deno.test("plans: a disk that takes no file is told, and keeps nobody from starting", async () => {
  const { plans, told } = plansOf(() => Promise.reject(new Error("ENOSPC")));
  plans.begin();
  plans.serves();
  plans.change(SECOND);
  plans.begin();
  plans.rollBack("it ended");
  await plans.writeBack();
  assert.match(String(told[1]), /^roll-back-failed: Cannot write .*ENOSPC/);
});
