import assert from "node:assert/strict";
import { unknownFields } from "../../../../lib/plan/fluid/unknown_fields.ts";
import { cacheConfig, thinConfig } from "../../../support/generation.ts";

Deno.test("files as Fluid writes them have no unknown field", () => {
  const level = { mountPaths: ["/a"], mediumType: "MEM", quotas: ["1Gi"], high: "0.9", low: "0.7" };
  assert.deepEqual(unknownFields(cacheConfig({ worker: { tieredStoreLevels: [level] } })), []);
  assert.deepEqual(
    unknownFields(thinConfig({}, { persistentVolumeAttrs: {}, persistentVolumeMountOptions: {} })),
    [],
  );
});

Deno.test("a misspelt field is found at any depth, with what was meant", () => {
  assert.deepEqual(
    unknownFields({
      target: 1,
      mounts: [{}, { mountpoint: "x" }],
      worker: { tieredStoreLevels: [{ mountPath: [] }] },
      wroker: {},
    }),
    [
      { path: "target", near: undefined },
      { path: "mounts[1].mountpoint", near: "mountPoint" },
      { path: "worker.tieredStoreLevels[0].mountPath", near: "mountPaths" },
      { path: "wroker", near: "worker" },
    ],
  );
});

Deno.test("any option's name goes, and so do values of a wrong type", () => {
  assert.deepEqual(unknownFields({ mounts: 7, master: { options: { x: "y" } }, client: null }), []);
  assert.deepEqual(unknownFields(JSON.parse('{"__proto__":1,"constructor":1}')), [
    { path: "__proto__", near: undefined },
    { path: "constructor", near: undefined },
  ]);
});
