import assert from "node:assert/strict";
import { TomlFloat, tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { ConfigError } from "../../../lib/plan/config_error.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import {
  ConfigChanges,
  type ConfigChangesParts,
  type ConfigSource,
  samePlan,
  sameProcess,
  sameValue,
} from "../../../lib/supervise/config_changes.ts";

function plan(threads: number, over: Partial<Plan> = {}): Plan {
  return {
    mode: "thin-runtime",
    component: "fuse",
    reasons: [],
    config: { path: "/c.toml", toml: tomlTable([["fuse", tomlTable([["io_threads", threads]])]]) },
    process: { argv: ["/fuse", "--conf", "/c.toml"], env: {}, cwd: "/", policy: "supervise" },
    mount: { target: "/m" },
    warnings: [],
    ...over,
  };
}

function setUp(
  next: () => Plan,
  over: Partial<ConfigChangesParts> & Partial<ConfigSource> = {},
): {
  changes: ConfigChanges;
  applied: Plan[];
  written: Plan[];
} {
  const applied: Plan[] = [];
  const written: Plan[] = [];
  const changes = new ConfigChanges({
    log: () => {},
    source: {
      generate: next,
      write: over.write ?? ((changed) => void written.push(changed)),
    },
    validate: over.validate ?? (() => Promise.resolve({ kind: "unknown" })),
    current: () => applied.at(-1) ?? plan(1),
    apply: (changed) => void applied.push(changed),
  });
  return { changes, applied, written };
}

Deno.test("the same meaning is nothing", async () => {
  const { changes, applied, written } = setUp(() => plan(1, { reasons: ["another reason"] }));
  await changes.look();
  assert.deepEqual([applied.length, written.length, changes.counts.unchanged], [0, 0, 1]);
  assert.equal(changes.generation, 1);
});

Deno.test("a change is written, then applied, and counts from then on", async () => {
  const { changes, applied, written } = setUp(() => plan(2));
  await changes.look();
  assert.deepEqual([written, applied], [[plan(2)], [plan(2)]]);
  assert.equal(changes.generation, 2);
  await changes.look();
  assert.equal(applied.length, 1, "it is the new one that counts now");
});

Deno.test("a bad one is refused and told of, a good one takes that back", async () => {
  let bad = true;
  const { changes, applied } = setUp(() => {
    if (bad) throw new ConfigError("the file", [{ path: "x", message: "wrong" }]);
    return plan(1);
  });
  await changes.look();
  assert.equal(changes.counts.rejected, 1);
  assert.match(changes.problem ?? "", /wrong/);
  bad = false;
  await changes.look();
  assert.equal(changes.problem, undefined);
  assert.equal(applied.length, 0);
});

Deno.test("what curvine-fuse refuses is not written", async () => {
  const { changes, written } = setUp(() => plan(2), {
    validate: () => Promise.resolve({ kind: "bad", message: "no such key" }),
  });
  await changes.look();
  assert.equal(written.length, 0);
  assert.match(changes.problem ?? "", /no such key/);
});

Deno.test("a file that has gone is no wish for a mount without it", async () => {
  const missing = { code: "config-missing", message: "" };
  const { changes, written } = setUp(() => plan(2, { warnings: [missing] }));
  await changes.look();
  assert.deepEqual([written.length, changes.counts.rejected], [0, 1]);
});

Deno.test("a full disk and a bug leave what runs alone", async () => {
  const full = setUp(() => plan(2), {
    write: () => {
      throw new Error("No space left on device");
    },
  });
  await full.changes.look();
  assert.deepEqual([full.applied.length, full.changes.counts.failed], [0, 1]);
  assert.match(full.changes.problem ?? "", /No space left/);
  const bug = setUp(() => {
    throw new TypeError("undefined is no function");
  });
  await bug.changes.look();
  assert.equal(bug.changes.counts.failed, 1);
});

Deno.test("looks asked for during a look are one more look", async () => {
  let looks = 0;
  const { changes } = setUp(() => {
    looks++;
    return plan(1);
  });
  await Promise.all([changes.look(), changes.look(), changes.look(), changes.look()]);
  assert.ok(looks <= 2, `${looks} looks`);
});

Deno.test("plans are compared by what they do", () => {
  assert.ok(samePlan(plan(1), plan(1, { warnings: [{ code: "x", message: "y" }] })));
  assert.ok(!samePlan(plan(1), plan(2)));
  assert.ok(sameProcess(plan(1), plan(2)));
  const env = plan(1, { process: { ...plan(1).process, env: { A: "1" } } });
  assert.ok(!sameProcess(plan(1), env));
});

Deno.test("values: order does not matter, kinds do", () => {
  assert.ok(sameValue({ a: 1, b: [1, 2] }, tomlTable([["b", [1, 2]], ["a", 1]])));
  assert.ok(!sameValue({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!sameValue([1, 2], [2, 1]));
  assert.ok(!sameValue({}, []));
  assert.ok(!sameValue(1, 1n));
  assert.ok(!sameValue(null, {}));
  assert.ok(sameValue(new TomlFloat(1), new TomlFloat(1)));
  assert.ok(!sameValue(new TomlFloat(1), { value: 1 }));
});
