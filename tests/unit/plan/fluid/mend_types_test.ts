import fc from "../../../support/fast_check.ts";
import assert from "node:assert/strict";
import { mendTypes } from "../../../../lib/plan/fluid/mend_types.ts";
import { parseRuntimeConfig } from "../../../../lib/plan/fluid/parse_runtime_config.ts";
import { cacheConfig } from "../../../support/generation.ts";

Deno.test("a good file has no problem and stays as it is", () => {
  const file = cacheConfig() as Record<string, unknown>;
  assert.deepEqual(mendTypes(file), { problems: [], warnings: [], value: file });
});

Deno.test("what is wrong is reported and replaced, the rest stays", () => {
  const file = {
    mounts: ["x", { mountPoint: 7, options: { a: "b", c: {} } }],
    targetPath: 7,
    master: { replicas: "3", options: { rpc_port: "1" } },
  };
  const { problems, value } = mendTypes(file);
  assert.deepEqual(problems.map(({ path }) => path), [
    "mounts[0]",
    "mounts[1].mountPoint",
    "mounts[1].options.c",
    "targetPath",
    "master.replicas",
  ]);
  assert.deepEqual(value, {
    mounts: [{ mountPoint: "x" }, { options: { a: "b" }, mountPoint: "x" }],
    master: { options: { rpc_port: "1" } },
  });
  assert.equal(file.targetPath, 7, "the file itself is not touched");
});

Deno.test("property: a mended file parses, whatever was wrong with it", () => {
  const part = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom({ podConfigs: [1, {}] }, { tieredStoreLevels: [0, { quotas: [[]] }] }, [{}], [
      [],
    ]),
    fc.constantFrom([{ mountPoint: 1, encryptOptions: [{ valueFrom: 1 }] }], { options: [] }),
  );
  fc.assert(
    fc.property(part, part, part, (mounts, master, topology) => {
      const file = JSON.parse(
        JSON.stringify({ mounts, master, worker: master, topology: { client: topology } }),
      );
      const { problems, value } = mendTypes(file);
      assert(value !== undefined);
      parseRuntimeConfig(value, "it");
      if (problems.length === 0) assert.deepEqual(value, file);
    }),
    { numRuns: 1000 },
  );
});
