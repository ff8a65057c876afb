import assert from "node:assert/strict";
import { CURVINE_KEYS, type Section } from "../../../lib/plan/curvine/key_table.ts";
import { MOUNT_OPTIONS } from "../../../lib/plan/curvine/mount_option.ts";
import { checkText, problemsOf } from "../../support/check_text.ts";

/** What people write without quotes, and kubectl takes for something else; and plain mistakes. */
const SCALARS = [
  "yes",
  "on",
  "y",
  "No",
  "true",
  "~",
  "012",
  "0o22",
  "0x1F",
  "1_000",
  "8995",
  "0.5",
  "1e3",
  "18446744073709551615",
  '"yes"',
  '"off"',
  '"64Mi"',
  '"1.5GiB"',
  '"fsmode"',
  '"read-only"',
  '"1s"',
  '"-1"',
];

const RUNTIME = `apiVersion: data.fluid.io/v1alpha1
kind: Dataset
metadata: {name: lake}
spec:
  accessModes: [ReadWriteMany]
  mounts:
  - {mountPoint: "s3://lake/raw", name: raw, options: {MOUNT}}
---
apiVersion: data.fluid.io/v1alpha1
kind: CacheRuntime
metadata: {name: lake}
spec:
  runtimeClassName: curvine
  COMPONENT: {options: {OPTION}}
`;

/** The value that a hint proposes, as it is to be written. */
function proposed(problem: string): string | undefined {
  return /\((?:put it in quotes: |write |did you mean )("[^"]*"|true|false)/.exec(problem)?.[1];
}

interface Option {
  readonly name: string;
  text(scalar: string): string;
}

/** A key's type decides: one key of each in each section is enough. */
const ofKeys: Option[] = Object.entries<Section>(CURVINE_KEYS).flatMap(([section, keys]) => {
  const seen = new Map<string, number>();
  const few = Object.entries(keys).filter(([, [type]]) => {
    const count = (seen.get(type) ?? 0) + 1;
    seen.set(type, count);
    return count === 1;
  });
  return few.map(([key]): Option => {
    const component = ["master", "worker", "client"].includes(section) ? section : "client";
    const name = section === "" ? key : `${section}.${key}`;
    return {
      name,
      text: (scalar) =>
        RUNTIME.replace("MOUNT", "").replace("COMPONENT", component)
          .replace("OPTION", `${name}: ${scalar}`),
    };
  });
});

/** Only some words are right there: no quotes help a boolean. */
const WORDS_ONLY = ["fuse.fuse_opts", "transfer.store_url"];

const ofMounts: Option[] = MOUNT_OPTIONS.map(({ name }) => ({
  name,
  text: (scalar) =>
    RUNTIME.replace("MOUNT", `${name}: ${scalar}`).replace("COMPONENT", "client")
      .replace("OPTION", ""),
}));

Deno.test("a value that a hint proposes for an option is taken", async () => {
  let proposals = 0;
  for (const { name, text } of [...ofKeys, ...ofMounts]) {
    for (const scalar of SCALARS) {
      const problems = (await problemsOf(text(scalar))).filter((one) => one.includes(`.${name}:`));
      for (const problem of problems) {
        const value = proposed(problem);
        if (value === undefined) continue;
        proposals++;
        const after = await problemsOf(text(value));
        // Whoever sets what follows from the topology is told that next; no value helps there.
        const refused = after.filter((one) =>
          one.includes(`.${name}:`) && !/managed/.test(one) && !WORDS_ONLY.includes(name)
        );
        assert.deepEqual(refused, [], `${problem}\nproposed ${value} for ${scalar}`);
      }
    }
  }
  assert(proposals > 250, `only ${proposals} proposals`);
});

/** Texts with one mistake each, as `BAD` in a place that the hint's value can take. */
const ELSEWHERE: readonly (readonly [text: string, bad: string])[] = [
  ["spec:\n  placement: BAD", "shared"],
  ["spec:\n  accessModes: [BAD]", "ReadwriteMany"],
  ["metadata: {name: lake, labels: {a: BAD}}", "yes"],
  ["metadata: {name: lake, labels: {a: BAD}}", '"a/b c"'],
  ["metadata: {name: BAD}", '"My_Lake.1"'],
  ["metadata: {name: BAD}", `"${"long-".repeat(12)}"`],
  ["metadata: {name: BAD}", '"1lake"'],
  ["metadata: {name: lake, namespace: BAD}", '"Team A"'],
  ["spec:\n  mounts: [{mountPoint: 's3://x', readOnly: BAD}]", '"yes"'],
  [
    "spec: {sharedEncryptOptions: [{name: a, valueFrom: {secretKeyRef: {name: BAD, key: k}}}]}",
    '"S 3"',
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {replicas: 1, env: [{name: BAD}]}}",
    '"1 A"',
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, volumes: [{name: BAD, emptyDir: {}}]}",
    '"My Vol"',
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, volumes: [{name: v, hostPath: {path: BAD}}]}",
    "data",
  ],
  ["kind: CacheRuntime\nspec: {runtimeClassName: c, client: {cleanPolicy: BAD}}", "ondemand"],
  ["kind: CacheRuntime\nspec: {runtimeClassName: c, client: {disabled: BAD}}", '"off"'],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {runtimeVersion: {imagePullPolicy: BAD}}}",
    "ifnotpresent",
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {resources: {limits: {memory: BAD}}}}",
    '"10 gb"',
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {resources: {limits: {cpu: BAD}}}}",
    "0.5",
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {resources: {requests: {memory: BAD}, limits: {memory: 1Gi}}}}",
    "2Gi",
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {tieredStore: {levels: [{emptyDir: {quota: 1Gi, medium: BAD}}]}}}",
    "memory",
  ],
  [
    "kind: CacheRuntime\nspec: {runtimeClassName: c, worker: {tieredStore: {levels: [{hostPath: {paths: [BAD], quotas: [1Gi]}}]}}}",
    "mnt",
  ],
  ["kind: ThinRuntimeProfile\nspec: {fileSystemType: BAD}", "curvinfs"],
  ["kind: ThinRuntimeProfile\nspec: {fileSystemType: x, fuse: {networkMode: BAD}}", "hostnetwork"],
  [
    "kind: DataLoad\nmetadata: {name: l, namespace: a}\nspec: {dataset: {name: x, namespace: BAD}}",
    "b",
  ],
  ["kind: DataLoad\nspec: {dataset: {name: x, namespace: default}, policy: BAD}", "once"],
  ["kind: BAD\nspec: {runtimeClassName: c}", "cacheruntime"],
];

Deno.test("a value that a hint proposes anywhere else is taken", async () => {
  for (const [part, bad] of ELSEWHERE) {
    const head = [
      ["apiVersion", "data.fluid.io/v1alpha1"],
      ["kind", "Dataset"],
      ["metadata", "{name: lake}"],
    ].filter(([field]) => !part.includes(`${field}:`))
      .map(([field, value]) => `${field}: ${value}`).join("\n");
    const text = `${head}\n${part}\n`;
    const problems = await problemsOf(text.replace("BAD", bad));
    const problem = problems.find((one) => proposed(one) !== undefined);
    assert(problem !== undefined, `${part} ${bad}: ${problems.join("\n")}`);
    const after = await problemsOf(text.replace("BAD", proposed(problem) ?? ""));
    const place = problem.slice(0, problem.indexOf(": is"));
    const still = after.filter((one) => one.startsWith(place.slice(place.lastIndexOf(" "))));
    assert.deepEqual(still, [], problem);
    assert(!after.includes(problem), problem);
    assert(after.length < problems.length, `${problem}\n${after.join("\n")}`);
  }
});

Deno.test("a field that a hint proposes is known", async () => {
  const text = "apiVersion: data.fluid.io/v1alpha1\nkind: CacheRuntime\nmetadata: {name: lake}\n" +
    "spec: {runtimeClassName: c, FIELD: {}}\n";
  for (
    const [wrong, right] of [["Worker", "worker"], ["wroker", "worker"], ["clients", "client"]]
  ) {
    const { reports: [report] } = await checkText(text.replace("FIELD", wrong ?? ""));
    const said = report?.warnings.map(({ message }) => message).join("\n") ?? "";
    assert.match(said, new RegExp(`did you mean "${right}"`));
    const { reports: [after] } = await checkText(text.replace("FIELD", right ?? ""));
    assert(!after?.warnings.some(({ code }) => code === "unknown-field"));
  }
});
