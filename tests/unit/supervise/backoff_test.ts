import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { backoffDelay } from "../../../lib/supervise/backoff.ts";

const LIMITS = { restartDelay: 500, restartMaxDelay: 30_000 };

Deno.test("nothing, then half a second, doubled each time up to half a minute", () => {
  const delays = Array.from({ length: 10 }, (_, restarts) => backoffDelay(restarts, LIMITS, 0.5));
  assert.deepEqual(delays, [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

Deno.test("jitter is a fifth either way, never more", () => {
  assert.equal(backoffDelay(1, LIMITS, 0), 400);
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(fc.nat({ max: 100_000 }), random, (restarts, value) => {
    const delay = backoffDelay(restarts, LIMITS, value);
    const middle = backoffDelay(restarts, LIMITS, 0.5);
    assert.ok(Number.isFinite(delay));
    assert.ok(delay >= middle * 0.8 - 1 && delay <= middle * 1.2 + 1, `${delay} for ${middle}`);
  }));
});
