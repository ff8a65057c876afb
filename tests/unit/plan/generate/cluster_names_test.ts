import assert from "node:assert/strict";
import type { ComponentConfig } from "../../../../lib/plan/fluid/runtime_config.ts";
import { masterPods, workloadName } from "../../../../lib/plan/generate/cluster_names.ts";

function component(given: Partial<ComponentConfig>): ComponentConfig {
  return {
    optionsAt: "master.options",
    name: undefined,
    service: "",
    replicas: undefined,
    pods: undefined,
    options: {},
    cacheDirectories: [],
    ...given,
  };
}

const BOTH = { FLUID_DATASET_NAME: "lake", CURVINE_DATASET_NAME: "weaker" };

for (
  const [what, master, env, wanted] of [
    ["its own name", { name: "m", service: "svc-s" }, BOTH, "m"],
    ["its service", { service: "svc-s" }, BOTH, "s"],
    ["Fluid's dataset", {}, BOTH, "lake-master"],
    ["Curvine's dataset", {}, { ...BOTH, FLUID_DATASET_NAME: "" }, "weaker-master"],
    ["nothing", {}, {}, "curvine-master"],
  ] as const
) {
  Deno.test(`the masters' workload is named by ${what}`, () => {
    assert.equal(workloadName(component(master), env), wanted);
  });
}

Deno.test("pods of masters that are listed come by ordinal; without a list by replicas, at least one", () => {
  const names = (master: Partial<ComponentConfig>): string[] =>
    masterPods(component(master), {}).map(({ pod, ordinal }) => `${ordinal} ${pod}`);
  assert.deepEqual(names({ name: "m", pods: ["m-2", "m-0", "m-10"] }), [
    "0 m-0",
    "2 m-2",
    "10 m-10",
  ]);
  assert.deepEqual(names({ name: "m", pods: [], replicas: 2 }), ["0 m-0", "1 m-1"]);
  assert.deepEqual(names({ name: "m", replicas: 0 }), ["0 m-0"]);
  assert.deepEqual(names({ name: "m" }), ["0 m-0"]);
});
