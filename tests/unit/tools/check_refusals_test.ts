import assert from "node:assert/strict";
import { problemsOf, warningsOf } from "../../support/check_text.ts";

const API = "apiVersion: data.fluid.io/v1alpha1";

/** One good CacheRuntime with all that belongs to it; each test makes one thing of it bad. */
const CACHE = `${API}
kind: CacheRuntimeClass
metadata: {name: curvine}
fileSystemType: curvinefs
extraResources: {configMaps: [{name: extra, data: {a: b}}]}
dataOperationSpecs: [{name: DataLoad, command: [/usr/local/bin/curvine-fluid, data-load]}]
topology:
  master:
    service: {headless: {}}
    executionEntries: {mountUFS: {command: [/usr/local/bin/curvine-fluid, mount-ufs]}}
    dependencies: {extraResources: {configMaps: [{name: extra, mountPath: /extra}]}}
    template: {spec: {containers: [{name: master, image: "curvine:1"}]}}
  worker:
    service: {headless: {}}
    template: {spec: {containers: [{name: worker, image: "curvine:1"}]}}
  client:
    template: {spec: {containers: [{name: client, image: "curvine:1", securityContext: {privileged: true}}, {name: janitor, image: "curvine:1", args: [janitor]}]}}
---
${API}
kind: Dataset
metadata: {name: lake, namespace: ai}
spec:
  mounts:
  - {mountPoint: "s3://lake/raw", name: raw}
---
${API}
kind: CacheRuntime
metadata: {name: lake, namespace: ai}
spec:
  runtimeClassName: curvine
  worker:
    env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
    tieredStore: {levels: [{hostPath: {paths: [/a], quotas: [1Gi]}}]}
---
${API}
kind: DataLoad
metadata: {name: warm, namespace: ai}
spec: {dataset: {name: lake, namespace: ai}}
`;

const THIN = `${API}
kind: ThinRuntimeProfile
metadata: {name: curvine}
spec:
  fileSystemType: curvinefs
  fuse: {image: curvine, imageTag: "1"}
---
${API}
kind: Dataset
metadata: {name: lake, namespace: ai}
spec:
  mounts:
  - {mountPoint: "curvine:///data", name: data, options: {master-endpoints: "m:8995"}}
---
${API}
kind: ThinRuntime
metadata: {name: lake, namespace: ai}
spec: {profileName: curvine}
`;

type Change = readonly [from: string | RegExp, to: string];
/** What is changed, and what has to be said: its line's content, and the message. */
type Case = readonly [what: string, changes: readonly Change[], at: RegExp, said: RegExp];

const CLIENT = /\n {2}client:\n {4}template:.*/;
const WORKER_SPEC = / {2}worker:\n {4}env.*\n.*\n/;
const LEVEL = "{hostPath: {paths: [/a], quotas: [1Gi]}}";
const MOUNT = '{mountPoint: "s3://lake/raw", name: raw}';

const OF_CACHE: readonly Case[] = [
  ["a class without its client", [[CLIENT, ""]], /^topology:/, /has no client.*panics/],
  [
    "a class without topology",
    [[/topology:\n(?: {2}.*\n)*/, ""]],
    /apiVersion/,
    /no component/,
  ],
  [
    "two levels in the process's memory",
    [[LEVEL, "{processMemory: {quota: 1Gi}}, {processMemory: {quota: 2Gi}}"]],
    /tieredStore/,
    /levels\[1\].*is a second one.*\(use emptyDir/,
  ],
  ["a tier of nothing", [[LEVEL, "{emptyDir: {quota: 0Gi}}"]], /tieredStore/, /"0Gi"; more than 0/],
  [
    "two sources in a level",
    [["quotas: [1Gi]}", "quotas: [1Gi]}, emptyDir: {quota: 1Gi}"]],
    /tieredStore/,
    /says emptyDir and hostPath/,
  ],
  [
    "paths without quotas",
    [["paths: [/a]", "paths: [/a, /b]"]],
    /tieredStore/,
    /2 paths and 1 quotas/,
  ],
  [
    "empty lists of a hostPath",
    [["paths: [/a], quotas: [1Gi]", "paths: [], quotas: []"]],
    /tieredStore/,
    /has 0 entries; at least 1/,
  ],
  [
    "a volume that is nowhere",
    [["    env: [", "    volumeMounts: [{name: v, mountPath: /v}]\n    env: ["]],
    /volumeMounts/,
    /is "v", which is no volume.*\(add "v" to spec.volumes/,
  ],
  [
    "a config map that is not declared",
    [["configMaps: [{name: extra, data: {a: b}}]", "configMaps: []"]],
    /dependencies/,
    /"extra", which extraResources.configMaps does not declare/,
  ],
  [
    "a runtime's name of 53 characters",
    [[/lake, namespace/g, `${"l".repeat(53)}, namespace`]],
    /l{53}/,
    /\(53 characters\).*at most 52.*\(write "l{52}"\)/,
  ],
  [
    "a name with capitals",
    [[/lake, namespace/g, "Lake_1, namespace"]],
    /Lake_1/,
    /\(write "lake-1"\)/,
  ],
  [
    "an encrypted option without a key",
    [[
      "name: raw}",
      "name: raw, encryptOptions: [{name: a, valueFrom: {secretKeyRef: {name: s}}}]}",
    ]],
    /s3:/,
    /names no key for "a": Fluid writes no runtime config/,
  ],
  [
    "an encrypted option without a source",
    [["name: raw}", "name: raw, encryptOptions: [{name: a}]}"]],
    /s3:/,
    /names no name and no key/,
  ],
  [
    "a DataLoad without its dataset's namespace",
    [["{name: lake, namespace: ai}}", "{name: lake}}"]],
    /dataset/,
    /namespace: is missing.*\(write "ai"\)/,
  ],
  [
    "a DataLoad in another namespace",
    [["metadata: {name: warm, namespace: ai}", "metadata: {name: warm}"]],
    /dataset/,
    /is "ai", and the DataLoad is in "default"/,
  ],
  [
    "a class without a DataLoad",
    [[/dataOperationSpecs.*\n/, ""]],
    /dataset: \{name: lake/,
    /no DataLoad among its dataOperationSpecs/,
  ],
  [
    "a DataLoad with nothing to run",
    [[", command: [/usr/local/bin/curvine-fluid, data-load]", ""]],
    /dataOperationSpecs/,
    /neither command nor args/,
  ],
  [
    "bash with two words",
    [["[/usr/local/bin/curvine-fluid, mount-ufs]", "[bash, mount-ufs]"]],
    /mountUFS/,
    /has 2 words; Fluid takes exactly/,
  ],
  [
    "a shell's characters in a command",
    [["[/usr/local/bin/curvine-fluid, mount-ufs]", '[/x, "a;b"]']],
    /mountUFS/,
    /is "a;b"; none of/,
  ],
  [
    "a pipe into what Fluid does not know",
    [["[/usr/local/bin/curvine-fluid, mount-ufs]", '[bash, -c, "ls /x | awk y"]']],
    /mountUFS/,
    /pipes "awk y"/,
  ],
  [
    "a command of no words",
    [["[/usr/local/bin/curvine-fluid, mount-ufs]", "[]"]],
    /mountUFS/,
    /has no words/,
  ],
  [
    "an unquoted yes",
    [["    env: [", "    options: {enable_splice: yes}\n    env: ["]],
    /enable_splice/,
    /is true; text is wanted \(put it in quotes: "true"\)/,
  ],
  [
    "an unquoted octal number",
    [["  worker:\n    env", "  client: {options: {umask: 0o22}}\n  worker:\n    env"]],
    /umask/,
    /is 18; text is wanted \(put it in quotes: "0o22"\)/,
  ],
  [
    "an unquoted number with separators",
    [["    env: [", "    options: {rpc_port: 8_997}\n    env: ["]],
    /rpc_port/,
    /is 8997; .*\(put it in quotes: "8997"\)/,
  ],
  [
    "an option of a wrong type",
    [["    env: [", "    options: {rpc_port: nope}\n    env: ["]],
    /rpc_port/,
    /spec\.worker\.options\.rpc_port: is "nope"; a port/,
  ],
  [
    "replicas in quotes",
    [["    env: [", '    replicas: "2"\n    env: [']],
    /replicas/,
    /is "2"; a whole number/,
  ],
  [
    "a quantity in bytes' spelling",
    [["quotas: [1Gi]", "quotas: [10GB]"]],
    /tieredStore/,
    /is "10GB"; a quantity.*\(write "10G"\)/,
  ],
  [
    "a quantity with a space",
    [["quotas: [1Gi]", 'quotas: ["10 gib"]']],
    /tieredStore/,
    /\(write "10Gi"\)/,
  ],
  [
    "a medium that no kubelet knows",
    [[LEVEL, "{emptyDir: {quota: 1Gi, medium: memory}}"]],
    /tieredStore/,
    /is "memory".*\(write "Memory"\)/,
  ],
  [
    "a relative path of the host",
    [["paths: [/a]", "paths: [a]"]],
    /tieredStore/,
    /is "a"; an absolute path.*\(write "\/a"\)/,
  ],
  [
    "half a runtimeVersion",
    [["    env: [", "    runtimeVersion: {image: x}\n    env: ["]],
    /runtimeVersion/,
    /has image and no imageTag/,
  ],
  [
    "a pull policy that is none",
    [["    env: [", "    runtimeVersion: {imagePullPolicy: always}\n    env: ["]],
    /runtimeVersion/,
    /\(write "Always"\)/,
  ],
  [
    "a variable that is none",
    [["{name: POD_IP,", "{name: POD IP,"]],
    /POD IP/,
    /is "POD IP".*\(write "POD_IP"/,
  ],
  [
    "a variable with a value and a source",
    [["{name: POD_IP,", '{name: POD_IP, value: "1",']],
    /POD_IP/,
    /both value and valueFrom/,
  ],
  [
    "more asked for than allowed",
    [["    env: [", "    resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}\n    env: ["]],
    /resources/,
    /is "2Gi", more than the limit "1Gi"/,
  ],
  [
    "a container without an image",
    [['{name: worker, image: "curvine:1"}', "{name: worker}"]],
    /name: worker/,
    /image: is missing/,
  ],
  [
    "a container's name with capitals",
    [["{name: worker,", "{name: Worker,"]],
    /Worker/,
    /\(write "worker"\)/,
  ],
  [
    "two containers of one name",
    [["{name: worker,", "{name: w}, {name: w,"]],
    /name: w\}/,
    /is "w", which another container has/,
  ],
  [
    "a client without privilege",
    [["privileged: true", "privileged: false"]],
    /name: client/,
    /is not privileged/,
  ],
  [
    "a secret mount that is off",
    [[
      "name: raw}",
      "name: raw, encryptOptions: [{name: a, valueFrom: {secretKeyRef: {name: s, key: k}}}]}",
    ], ["dependencies: {", "dependencies: {secretMount: {}, "]],
    /dependencies/,
    /is not enabled, so the master/,
  ],
  [
    "access modes that are none",
    [["spec:\n  mounts", "spec:\n  accessModes: [ReadWriteAll]\n  mounts"]],
    /ReadWriteAll/,
    /is "ReadWriteAll"/,
  ],
  [
    "a placement in small letters",
    [["spec:\n  mounts", "spec:\n  placement: shared\n  mounts"]],
    /placement/,
    /\(write "Shared"\)/,
  ],
  ["a mount point of four characters", [["s3://lake/raw", "s3:/"]], /s3:/, /at least 5 characters/],
  [
    "a kind that Fluid does not have",
    [["kind: CacheRuntime\n", "kind: CacheRuntimes\n"]],
    /CacheRuntimes/,
    /which Fluid does not have \(write "CacheRuntime"\)/,
  ],
  [
    "another version of the API",
    [[`${API}\nkind: Dataset`, "apiVersion: data.fluid.io/v1\nkind: Dataset"]],
    /v1$/,
    /"data.fluid.io\/v1alpha1" is wanted/,
  ],
  [
    "a key that stands twice",
    [["  runtimeClassName: curvine\n", "  runtimeClassName: curvine\n  runtimeClassName: other\n"]],
    /other/,
    /stands twice/,
  ],
  [
    "a component's name in a secret",
    [[
      "name: raw}",
      "name: raw, encryptOptions: [{name: a, valueFrom: {secretKeyRef: {name: S_3, key: a/b}}}]}",
    ]],
    /S_3/,
    /\(write "s-3"\)/,
  ],
  [
    "a label that is none",
    [["metadata: {name: warm,", "metadata: {labels: {app: a/b}, name: warm,"]],
    /app/,
    /is "a\/b"; letters/,
  ],
  [
    "an annotation that is no text",
    [["metadata: {name: warm,", "metadata: {annotations: {a: on}, name: warm,"]],
    /annotations/,
    /is true; text is wanted \(put it in quotes: "on"\)/,
  ],
  [
    "everything disabled but the client",
    [[WORKER_SPEC, "  worker: {disabled: true}\n  master: {disabled: true}\n"]],
    /master: \{disabled/,
    /no master to connect to/,
  ],
];

const OF_THIN: readonly Case[] = [
  [
    "no image",
    [['{image: curvine, imageTag: "1"}', "{}"]],
    /fuse/,
    /image: is missing.*Fluid starts nothing/,
  ],
  [
    "two mounts of one name",
    [["  - {", '  - {mountPoint: "local:///x", name: data, path: /x}\n  - {']],
    /curvine:/,
    /has the name "data", and so has mounts\[0\]/,
  ],
  [
    "two mounts without names",
    [[
      / {2}- \{.*/,
      '  - {mountPoint: "local:///x"}\n  - {mountPoint: "curvine:///data", options: {master-endpoints: "m:8995"}}',
    ]],
    /curvine:/,
    /has no name, and so has mounts\[0\]/,
  ],
  [
    "two mounts of one path",
    [["  - {", '  - {mountPoint: "local:///x", name: x, path: /data}\n  - {']],
    /curvine:/,
    /has the path "\/data"/,
  ],
  [
    "an encrypted option without a key",
    [[
      "name: data,",
      "name: data, encryptOptions: [{name: a, valueFrom: {secretKeyRef: {name: s}}}],",
    ]],
    /curvine:/,
    /becomes the path of a folder/,
  ],
  [
    "a postStart of one's own",
    [['imageTag: "1"}', 'imageTag: "1", lifecycle: {postStart: {}}}']],
    /fuse/,
    /postStart: is refused by Fluid/,
  ],
  [
    "a volume that is nowhere",
    [['imageTag: "1"}', 'imageTag: "1", volumeMounts: [{name: v, mountPath: /v}]}']],
    /fuse/,
    /leaves out this mount/,
  ],
  [
    "no profile",
    [["{profileName: curvine}", "{}"]],
    /spec: \{\}|ThinRuntime/,
    /profileName: is missing/,
  ],
  [
    "a network mode in other letters",
    [['imageTag: "1"}', 'imageTag: "1", networkMode: hostnetwork}']],
    /fuse/,
    /\(write "HostNetwork"\)/,
  ],
  [
    "two mounts of Curvine's",
    [[
      "  - {",
      '  - {mountPoint: "curvine:///x", name: x, options: {master-endpoints: "m:8995"}}\n  - {',
    ]],
    /mounts:/,
    /has 2 Curvine mounts/,
  ],
];

/** With each change made once, or as often as its pattern says. */
function withChanges(text: string, changes: readonly Change[]): string {
  return changes.reduce<string>((old, [from, to]) => old.replace(from, () => to), text);
}

for (const [kind, text, cases] of [["cache", CACHE, OF_CACHE], ["thin", THIN, OF_THIN]] as const) {
  Deno.test(`manifests for ${kind} that Fluid and Kubernetes take have no problem`, async () => {
    assert.deepEqual(await problemsOf(text), []);
  });

  for (const [what, changes, at, said] of cases) {
    Deno.test(`${kind}: ${what} is told with its line and the mend`, async () => {
      const changed = withChanges(text, changes);
      assert.notEqual(changed, text);
      const problems = await problemsOf(changed);
      const found = problems.filter((one) => said.test(one));
      assert(found.length > 0, problems.join("\n") || "nothing is said");
      const lines = changed.split("\n");
      const line = lines[Number(/^line (\d+)/.exec(found[0] ?? "")?.[1] ?? 0) - 1];
      assert.match(line ?? "", at, found[0]);
    });
  }
}

const MOUNTED: Change = ["    env: [", "    volumeMounts: [{name: v, mountPath: /v}]\n    env: ["];
const OF_RUNTIME: Change = [
  "  runtimeClassName: curvine\n",
  "  runtimeClassName: curvine\n  volumes: [{name: v, emptyDir: {}}]\n",
];
const OF_TEMPLATE: Change = [
  "{spec: {containers: [{name: worker,",
  "{spec: {volumes: [{name: v, emptyDir: {}}], containers: [{name: worker,",
];

const RIGHT: readonly (readonly [what: string, changes: readonly Change[]])[] = [
  ["merge keys", [[MOUNT, '{mountPoint: "s3://lake/raw", <<: {name: raw}}']]],
  ["a pull policy alone", [[
    "    env: [",
    "    runtimeVersion: {imagePullPolicy: Always}\n    env: [",
  ]]],
  ["$(VAR) in a variable", [[
    "    env: [",
    '    env: [{name: A, value: "$(FLUID_DATASET_NAME)"}, ',
  ]]],
  ["a dollar sign in a command's first word", [[
    "[/usr/local/bin/curvine-fluid,",
    '["/opt/$x/curvine-fluid",',
  ]]],
  ["a pipe that Fluid knows", [[
    "[/usr/local/bin/curvine-fluid, mount-ufs]",
    '[bash, -c, "ls /x | wc -l"]',
  ]]],
  ["null where a field is absent", [[
    "    env: [",
    "    resources: null\n    nodeSelector: ~\n    env: [",
  ]]],
  ["quantities as whole numbers", [["quotas: [1Gi]", "quotas: [1073741824]"]]],
  ["a volume of the CacheRuntime", [OF_RUNTIME, MOUNTED]],
  ["a volume of the class's template", [OF_TEMPLATE, MOUNTED]],
  ["a master that others run", [[
    WORKER_SPEC,
    '  master: {disabled: true}\n  worker: {env: [{name: CURVINE_MASTER_ENDPOINTS, value: "m:1"}]}\n' +
    "  client: {env: [{name: CURVINE_MASTER_ENDPOINTS, valueFrom: {secretKeyRef: {name: s, key: k}}}]}\n",
  ]]],
];

for (const [what, changes] of RIGHT) {
  Deno.test(`${what} is no problem`, async () => {
    const changed = withChanges(CACHE, changes);
    assert.notEqual(changed, CACHE);
    assert.deepEqual(await problemsOf(changed), []);
    assert.deepEqual((await warningsOf(changed)).filter((one) => /^volume/.test(one)), []);
  });
}

Deno.test("a volume that the CacheRuntime and the template have is a warning", async () => {
  const warnings = await warningsOf(withChanges(CACHE, [OF_RUNTIME, OF_TEMPLATE, MOUNTED]));
  assert.match(
    warnings.join("\n"),
    /^volume-ignored: .*is "v", which the class's template has too/m,
  );
});

Deno.test("a runtime without its Dataset is told whether there is one in another namespace", async () => {
  const renamed = CACHE.replace(
    "metadata: {name: lake, namespace: ai}\nspec:\n  mounts",
    (text) => {
      return text.replace("lake", "sea");
    },
  );
  const told = (await warningsOf(renamed)).filter((one) => one.startsWith("no-dataset"));
  assert.equal(told.length, 1);
  assert.doesNotMatch(told[0] ?? "", /there is one/);
});

Deno.test("what is right earns no warning", async () => {
  const options = 'endpoint_url: "http://minio:9000", region_name: eu, access: a, secret: b';
  const whole = CACHE.replace("name: raw}", `name: raw, options: {${options}}}`);
  assert.deepEqual(await warningsOf(whole), []);
  assert.match(
    (await warningsOf(CACHE)).join(),
    /^missing-option: line 24: .* without endpoint_url/,
  );
  assert.deepEqual(await warningsOf(THIN), []);
});

Deno.test("a Dataset that no runtime has is a warning", async () => {
  const [dataset = ""] = CACHE.split("---\n").filter((one) => one.includes("kind: Dataset\n"));
  const load = CACHE.split("---\n").at(-1) ?? "";
  for (const text of [dataset, `${dataset}---\n${load}`]) {
    assert.match(
      (await warningsOf(text)).join("\n"),
      /^no-runtime: line 1: Dataset\/lake: has no/m,
    );
  }
});

Deno.test("all problems of all documents are told together", async () => {
  const text = CACHE.replace("quotas: [1Gi]", "quotas: [1GB]").replace(CLIENT, "")
    .replace("s3://lake/raw", "s3:/");
  assert.equal((await problemsOf(text)).length, 3);
});

Deno.test("kind: List holds manifests like any other file, and lines stay true", async () => {
  const items = CACHE.split("---\n").map((document) =>
    `- ${document.trimEnd().replaceAll("\n", "\n  ")}\n`
  );
  const text = `apiVersion: v1\nkind: List\nitems:\n${items.join("")}`;
  assert.deepEqual(await problemsOf(text), []);
  const broken = text.replace("quotas: [1Gi]", "quotas: [1GB]");
  const [problem = ""] = await problemsOf(broken);
  const line = broken.split("\n").findIndex((one) => one.includes("1GB")) + 1;
  assert(problem.startsWith(`line ${line}: CacheRuntime/lake spec.worker`), problem);
});

Deno.test("what Fluid takes and hardly anybody wants is a warning", async () => {
  const doubtful: readonly (readonly [Change, RegExp])[] = [
    [
      ["fileSystemType: curvinefs", "fileSystemType: juicefs"],
      /^other-file-system-type: .*fileSystemType: is "juicefs".*nothing comes of it/,
    ],
    [
      ["fileSystemType: curvinefs", 'fileSystemType: ""'],
      /^other-file-system-type: .*write "curvinefs"/,
    ],
    [[", args: [janitor]", ""], /^no-janitor: .*client.template.spec.containers: has no janitor/],
    [["name: raw}", "name: raw, options: {write_type: fs_mode}}"], /^fs-mode: /],
    [
      ["    env: [", "    options: {zzz: abc}\n    env: ["],
      /^unknown-option: line \d+: CacheRuntime\/lake spec\.worker\.options\.zzz: is "abc": Curvine/,
    ],
    [
      ["  worker:\n", '  master: {options: {format_master: "true"}}\n  worker:\n'],
      /^format-refused: .*: format_master is true in the options/,
    ],
    [["name: raw}", "name: raw, options: {endpont_url: x}}"], /^unknown-option: .*"endpoint_url"/],
    [["    env: [", "    replicas: 0\n    env: ["], /^replicas: .*is 0, of which Fluid makes 1/],
    [[LEVEL, "{hostPath: {paths: [/a, /a], quotas: [1Gi, 1Gi]}}"], /^same-disk: /],
    [[/ {4}executionEntries.*\n/, ""], /^no-mount-ufs: /],
    [[
      '{name: worker, image: "curvine:1"}',
      '{name: worker, image: "curvine:1", resources: {limits: {cpu: 1}}}',
    ], /^class-resources: /],
    [[
      / {4}tieredStore.*/,
      "    tieredStore: {levels: [{processMemory: {quota: 2Gi}}]}\n    resources: {limits: {memory: 1Gi}}",
    ], /^tier-memory: /],
    [[
      "metadata: {name: lake, namespace: ai}\nspec:\n  mounts",
      "metadata: {name: lake, namespace: other}\nspec:\n  mounts",
    ], /^no-dataset: .*there is one in the namespace "other"/],
  ];
  for (const [[from, to], said] of doubtful) {
    const warnings = await warningsOf(CACHE.replace(from, to));
    assert(warnings.some((one) => said.test(one)), `${said}: ${warnings.join("\n")}`);
  }
});

Deno.test("settings of ours among a component's variables are held to what a start takes", async () => {
  const env = (name: string, value: string): string =>
    withChanges(CACHE, [[
      "  runtimeClassName: curvine\n",
      `  runtimeClassName: curvine\n  client: {env: [{name: ${name}, value: "${value}"}]}\n`,
    ]]);
  assert.deepEqual(await problemsOf(env("CURVINE_FLUID_STOP_TIMEOUT", "25s")), []);
  const [wrong = ""] = await problemsOf(env("CURVINE_FLUID_STOP_TIMEOUT", "25x"));
  assert.match(wrong, /\$CURVINE_FLUID_STOP_TIMEOUT value is "25x"/);
  const warnings = await warningsOf(env("CURVINE_FLUID_STOP_TIMEOT", "25s"));
  assert.match(warnings.join("\n"), /unknown-setting: .*did you mean CURVINE_FLUID_STOP_TIMEOUT/);
});

Deno.test("a ThinRuntime's Dataset without mounts is waited for, and what is wrong beside it is told", async () => {
  const none = THIN.replace(/ {2}mounts:\n.*\n/, "").replace("spec:\n---", "spec: {}\n---");
  assert.notEqual(none, THIN);
  assert.deepEqual(await problemsOf(none), []);
  assert.match((await warningsOf(none)).join("\n"), /^no-mount-yet: .* waits for the first$/m);
});

Deno.test("a claim of a ThinRuntime has a name that a claim may have", async () => {
  const claim = (name: string): string =>
    THIN.replace("  mounts:\n", `  mounts:\n  - {mountPoint: "pvc://${name}", name: p}\n`);
  assert.deepEqual(await problemsOf(claim("a.claim-1")), []);
  for (const name of ["", "Claim", "a b", "/x"]) {
    assert.match((await problemsOf(claim(name)))[0] ?? "", /claim/, name);
  }
  assert.match((await problemsOf(claim("/x")))[0] ?? "", /\(write pvc:\/\/x\)$/);
});
