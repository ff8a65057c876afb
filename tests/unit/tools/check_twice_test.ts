import assert from "node:assert/strict";
import { dispatch } from "../../../lib/dispatch/dispatch.ts";
import { Ended, fakeHost } from "../../support/fake_host.ts";

/** What `check` says of a file of manifests that they stand twice. */
async function twice(...documents: string[]): Promise<string[]> {
  const host = fakeHost({
    args: ["check", "/m.yaml"],
    files: { "/m.yaml": documents.join("---\n") },
  });
  await dispatch(host).catch((error) => {
    if (!(error instanceof Ended)) throw error;
  });
  return `${host.out}${host.err}`.split("\n").filter((line) => line.includes("stands in"));
}

const dataset = (name: string, namespace = "ai"): string =>
  `apiVersion: data.fluid.io/v1alpha1
kind: Dataset
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  mounts:
    - mountPoint: curvine:///data
      name: data
`;
const map = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ai\n`;

Deno.test("two manifests of one object are told with the line of the first", async () => {
  const [told, ...more] = await twice(dataset("lake"), dataset("other"), dataset("lake"));
  assert.match(told ?? "", /stands in \/m\.yaml, line 1, too/);
  assert.deepEqual(more, []);
});

Deno.test("objects differ by kind, namespace and name; what has no name is none", async () => {
  assert.deepEqual(await twice(dataset("lake"), dataset("lake", "other"), dataset("sea")), []);
  assert.deepEqual(await twice(dataset('""'), dataset('""')), []);
  assert.deepEqual(await twice(map("a"), map("a")), [], "a kind that is none of Fluid's");
});
