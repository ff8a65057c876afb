import assert from "node:assert/strict";
import type { Problem } from "../../../lib/plan/config_error.ts";
import { dataLoadRules } from "../../../lib/tools/check/data_load_rules.ts";
import { datasetMounts } from "../../../lib/tools/check/dataset_mounts.ts";
import { datasetRules } from "../../../lib/tools/check/dataset_rules.ts";
import { commandRules } from "../../../lib/tools/check/exec_command_rules.ts";
import { mountFindings } from "../../../lib/tools/check/mount_findings.ts";
import { type Manifest, manifestsOf } from "../../../lib/tools/check/manifest.ts";
import { Origins } from "../../../lib/tools/check/origins.ts";
import { type OptionsOf, optionTextHint } from "../../../lib/tools/check/option_text_hint.ts";
import { quantityText } from "../../../lib/tools/check/quantity_text.ts";
import { checkShape, type Shape } from "../../../lib/tools/check/shape.ts";
import { thinRuntimeRules } from "../../../lib/tools/check/thin_runtime_rules.ts";
import { yamlDocuments } from "../../../lib/tools/check/yaml_documents.ts";

function manifest(text: string): Manifest {
  const [document] = yamlDocuments(text, "it.yaml");
  const [found] = document === undefined ? [] : manifestsOf(document);
  return found ?? assert.fail(`no manifest: ${text}`);
}

function dataset(spec: string): Manifest {
  return manifest(
    `apiVersion: data.fluid.io/v1alpha1\nkind: Dataset\nmetadata: {name: lake}\nspec: ${spec}\n`,
  );
}

/** What Kubernetes' fast path keeps, what it writes anew, and where one ends and the other begins. */
const QUANTITIES: readonly [given: string, written: string | undefined][] = [
  ["010Ti", "010Ti"],
  ["0100Ti", "100Ti"],
  ["01Pi", "1Pi"],
  ["7Ei", "7Ei"],
  ["8Ei", "9223372036854775807"],
  ["10000P", "10E"],
  ["0123", "0123"],
  ["123456789012345678", "123456789012345678"],
  ["01234567890123456789", "1234567890123456789"],
  ["1.000001m", "1.000001m"],
  ["1.5u", "1500n"],
  ["0.5Ki", "512"],
  ["1.0Ki", "1Ki"],
  ["1.0001Ki", "1024102400u"],
  ["1500e0", "1500e0"],
  ["1000e0", "1e3"],
  ["10e2", "1e3"],
  ["5e2", "500"],
  ["1e399", "1e399"],
  ["1e400", "10e399"],
  ["1e401", undefined],
  ["-1Gi", "-1Gi"],
  ["-1.5", "-1500m"],
  ["-0.5Gi", "-512Mi"],
];

Deno.test("quantities at the edges of Kubernetes' fast path are written as it writes them", () => {
  for (const [given, written] of QUANTITIES) {
    assert.equal(quantityText(given)?.text, written, given);
  }
  for (const zero of ["0", "00", "0Gi", "0.0", "-0"]) {
    assert.deepEqual(quantityText(zero), { text: "0", zero: true }, zero);
  }
  for (const some of ["1", "1Gi", "0.1n", "1e3"]) assert.equal(quantityText(some)?.zero, false);
});

Deno.test("a hint for an option's value proposes only what its type takes", () => {
  const hints: readonly [OptionsOf, string, unknown, string | undefined, string | undefined][] = [
    ["client", "umask", 18, "0o22", '"0o22"'],
    ["client", "umask", null, "~", undefined],
    ["client", "umask", {}, undefined, undefined],
    ["worker", "rpc_port", 8997, "8_997", '"8997"'],
    ["all", "rpc_port", 8997, "8_997", '"8997"'],
    ["all", "rpc_port", 1.5, "1.5", undefined],
    ["thin", "io_threads", true, "yes", undefined],
    ["mount", "io_threads", true, "yes", undefined],
    ["mount", "path_style", true, "yes", '"true"'],
    ["mount", "write_type", true, "yes", undefined],
    ["mount", "replicas", 1000, "1_000", '"1000"'],
    ["mount", "access_key", 1, "1", ""],
    ["client", "unheard_of", true, "yes", '"yes"'],
    ["client", "unheard_of", 5, undefined, '"5"'],
    ["client", "unheard_of", null, undefined, '""'],
  ];
  for (const [of, name, value, plain, proposed] of hints) {
    const hint = optionTextHint(of, name, value, plain);
    const wanted = proposed === undefined
      ? undefined
      : `put it in quotes${proposed === "" ? "" : `: ${proposed}`}`;
    assert.equal(hint, wanted, `${of} ${name} ${value}`);
  }
});

Deno.test("a mount point has five characters at least; a secret has a name and a key of its rule", () => {
  const said = (spec: string): string[] =>
    datasetRules(dataset(spec)).map(({ place, message }) => `${place.join(".")} ${message}`);
  assert.deepEqual(said("{mounts: [{mountPoint: 'a://b'}]}"), []);
  assert.match(said("{mounts: [{mountPoint: 'a://'}]}")[0] ?? "", /^spec.mounts.0.mountPoint .*5/);
  assert.equal(said("{mounts: [{mountPoint: '💾://'}]}").length, 1, "characters, not UTF-16");
  const secret = (key: string): string =>
    `{sharedEncryptOptions: [{name: a, valueFrom: {secretKeyRef: {name: s, key: ${key}}}}]}`;
  assert.deepEqual(said(secret("a.b_c-d")), []);
  assert.deepEqual(said(secret("a".repeat(253))), []);
  assert.deepEqual(said(secret('""')), [], "a missing one is another rule's");
  assert.match(said(secret("a".repeat(254)))[0] ?? "", /secretKeyRef.key is /);
  assert.match(said(secret("a/b"))[0] ?? "", /secretKeyRef.key is "a\/b"/);
});

function ofMount(mount: string, more = ""): string[] {
  const { problems, warnings } = mountFindings(dataset(`{${more}mounts: [{${mount}}]}`));
  return [
    ...problems.map(({ path, message, hint }) => `! ${path} ${message}${hint ? ` (${hint})` : ""}`),
    // Most mounts here have no credentials; what is said of that is a test of its own.
    ...warnings.filter(({ code }) => code !== "missing-option")
      .map(({ code, path, message }) => `${code} ${path} ${message}`),
  ];
}

Deno.test("write-cache wants cache_mode, and a mount that may be written", () => {
  const s3 = (options: string): string => `mountPoint: "s3://b", name: a, options: {${options}}`;
  const RW = "accessModes: [ReadWriteMany], ";
  const at = /^! mounts\[0\]\.options\.write_cache is true, which Curvine takes with cache_mode/;
  assert.deepEqual(ofMount(s3('write_cache: "true"'), RW), []);
  assert.deepEqual(ofMount(s3('write_cache: "true", access_mode: read_write')), []);
  assert.deepEqual(ofMount(s3('write_cache: "false"')), []);
  assert.match(ofMount(s3('write_cache: "true"'))[0] ?? "", at);
  assert.match(ofMount(`${s3('write_cache: "true"')}, readOnly: true`, RW)[0] ?? "", at);
  assert.match(ofMount(s3('write_cache: "true", access_mode: read_only'), RW)[0] ?? "", at);
  const both = ofMount(s3('write_cache: "true", write-type: fs_mode'), RW);
  assert.match(both[0] ?? "", at);
  assert.match(both[1] ?? "", /^fs-mode mounts\[0\]\.options\.write-type /);
  assert.equal(both.length, 2);
});

Deno.test("an option of a mount is known, nearly known, passed on, or of no concern", () => {
  const said = (name: string, mountPoint = "s3://b"): string[] =>
    ofMount(`mountPoint: "${mountPoint}", name: a, options: {"${name}": "http://x"}`);
  for (
    const fine of ["endpoint_url", "s3.endpoint_url", "s3.far.away.thing", "cluster-id", "fluid.x"]
  ) assert.deepEqual(said(fine), [], fine);
  assert.match(said("endpont_url")[0] ?? "", /is left out; did you mean "endpoint_url"\?$/);
  assert.match(
    said("zzzzz")[0] ?? "",
    /is left out; a dotted name, such as "s3.endpoint_url", is passed on/,
  );
  assert.match(
    said("s3.endpont_url")[0] ?? "",
    /^unknown-option .* does not read it; did you mean "s3.endpoint_url"\?$/,
  );
  for (const other of ["local:///x", "pvc://x", "curvine:///x"]) {
    assert.deepEqual(
      said("zzzzz", other).map((one) => one.split(" ", 1)[0]),
      other.startsWith("curvine") ? [] : ["no-effect"],
      other,
    );
  }
  const bad = ofMount('mountPoint: "s3://b", name: a, options: {write_type: nope}');
  assert.match(
    bad[0] ?? "",
    /^! mounts\[0\]\.options\.write_type is "nope"; cache_mode or fs_mode/,
  );
  const secret = ofMount(
    'mountPoint: "s3://b", name: a, encryptOptions: [{name: zzzzz, valueFrom: {secretKeyRef: {name: s, key: k}}}]',
  );
  assert.match(secret[0] ?? "", /^unknown-option mounts\[0\]\.encryptOptions\.zzzzz /);
  assert.equal(secret.length, 1);
});

Deno.test("whole numbers are those of 32 bits, a count's from nothing on", () => {
  const taken = (shape: Shape, value: unknown): boolean =>
    checkShape(value, shape, ["at"]).length === 0;
  for (const value of [0, 1, 2 ** 31 - 1]) assert(taken("count", value), `${value}`);
  for (const value of [-1, 2 ** 31, 1.5, "1", true, 1n]) {
    assert(!taken("count", value), `${value}`);
  }
  for (const value of [-(2 ** 31), -1, 2 ** 31 - 1]) assert(taken("integer", value), `${value}`);
  for (const value of [-(2 ** 31) - 1, 2 ** 31]) assert(!taken("integer", value), `${value}`);
});

Deno.test("a command's arguments have no shell's characters; a shell has -c and a script", () => {
  const said = (...words: unknown[]): string[] =>
    commandRules(words, ["command"]).map(({ place, message }) => `${place.join(".")} ${message}`);
  for (
    const fine of [
      ["/opt/$x/tool", "a", "b=c"],
      ["bash", "-c", "ls /x"],
      ["sh", " -c ", "ls /x | grep y | wc -l"],
      ["/bin/sh", "-c", "df ${METAURL}"],
      ["/opt/bash", "x"],
    ]
  ) assert.deepEqual(said(...fine), [], fine.join(" "));
  for (const words of [["bash"], ["bash", "-c"], ["bash", "-x", "ls"], ["sh", "-c", "ls", "x"]]) {
    assert.match(said(...words)[0] ?? "", /^command has \d words; Fluid takes exactly/);
  }
  assert.match(said("bash", "-c", "ls; rm x")[0] ?? "", /^command\.2 .*Fluid refuses ;/);
  assert.match(said("bash", "-c", "cat x | grep y")[0] ?? "", /pipes "cat x"/);
  assert.match(said("bash", "-c", "ls x | ls y")[0] ?? "", /pipes "ls y"/);
  assert.deepEqual(said("bash", "-c", "cat x"), [], "a first command alone may be any");
  assert.match(said("tool", "a", "b|c")[0] ?? "", /^command\.2 is "b\|c"/);
});

Deno.test("a DataLoad is held to the class of its own dataset's runtime", () => {
  const load = (spec: string): Manifest =>
    manifest(
      "apiVersion: data.fluid.io/v1alpha1\nkind: DataLoad\n" +
        `metadata: {name: warm, namespace: ai}\nspec: ${spec}\n`,
    );
  const runtime = (kind: string, name: string, namespace: string, of: string): Manifest =>
    manifest(
      `apiVersion: data.fluid.io/v1alpha1\nkind: ${kind}\n` +
        `metadata: {name: ${name}, namespace: ${namespace}}\nspec: {runtimeClassName: ${of}}\n`,
    );
  const classOf = (name: string, specs: string, kind = "CacheRuntimeClass"): Manifest =>
    manifest(
      `apiVersion: data.fluid.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\n` +
        `dataOperationSpecs: ${specs}\n`,
    );
  const said = (spec: string, ...all: Manifest[]): string[] =>
    dataLoadRules(load(spec), all).map(({ place, message }) => `${place.join(".")} ${message}`);
  const ours = "{dataset: {name: lake, namespace: ai}}";
  const [able, unable] = [classOf("able", "[{name: DataLoad}]"), classOf("unable", "[{name: x}]")];
  const refused =
    /^spec\.dataset\.name is "lake", whose CacheRuntimeClass "unable" has no DataLoad/;
  const own = runtime("CacheRuntime", "lake", "ai", "unable");
  assert.match(said(ours, able, unable, own)[0] ?? "", refused);
  for (
    const others of [
      [
        runtime("CacheRuntime", "sea", "ai", "unable"),
        runtime("CacheRuntime", "lake", "b", "unable"),
      ],
      [runtime("ThinRuntime", "lake", "ai", "unable")],
      [runtime("CacheRuntime", "lake", "ai", "able"), own],
      [runtime("CacheRuntime", "lake", "ai", "absent")],
    ]
  ) assert.deepEqual(said(ours, unable, able, ...others), []);
  assert.deepEqual(said(ours, classOf("unable", "[]", "Other"), own), []);
  assert.deepEqual(said("{}"), [], "its shape says that");
  assert.match(said("{dataset: {name: lake}}")[0] ?? "", /^spec\.dataset\.namespace is missing/);
  const cron = "{dataset: {name: lake, namespace: ai}, policy: Cron";
  assert.match(said(`${cron}}`)[0] ?? "", /^spec\.schedule is missing, and the policy is Cron/);
  assert.deepEqual(said(`${cron}, schedule: "0 3 * * *"}`), []);
  assert.deepEqual(said("{dataset: {name: lake, namespace: ai}, policy: Once}"), []);
});

Deno.test("a mount's place is its path, or its name's; what is wrong with it proposes its name", () => {
  const said = (mount: string): readonly Problem[] =>
    mountFindings(dataset(`{mounts: [${mount}]}`)).problems;
  assert.deepEqual(said('{mountPoint: "s3://b", name: a}'), []);
  assert.deepEqual(said('{mountPoint: "s3://b", name: a, path: /x}'), []);
  assert.equal(said('{mountPoint: "s3://b", name: a, path: /}')[0]?.hint, "path: /a");
  assert.equal(said('{mountPoint: "s3://b"}')[0]?.hint, "path: /data");
  const twice =
    '{mountPoint: "s3://b", name: a, path: a}, {mountPoint: "s3://c", name: c, path: /a}';
  assert.match(said(twice)[0]?.message ?? "", /is "\/a", which mounts\[0\] has already/);
});

Deno.test("a word that means an option elsewhere leads to the one that it means here", () => {
  const meant: readonly [string, string, string][] = [
    ["s3", "endpoint", "endpoint_url"],
    ["s3", "AWS_ACCESS_KEY_ID", "access"],
    ["s3", "secretAccessKey", "secret"],
    ["s3", "region", "region_name"],
    ["s3", "fs.s3a.endpoint", "s3.endpoint_url"],
    ["s3", "fs.s3a.access.key", "s3.access_key"],
    ["oss", "endpoint_url", "oss.endpoint"],
    ["oss", "access", "oss.accessKeyId"],
    ["oss", "fs.oss.accessKeySecret", "oss.accessKeySecret"],
    ["azblob", "account-name", "azure.account_name"],
    ["hdfs", "user", "hdfs.user"],
    ["s3", "WRITE_TYPE", "write-type"],
    ["s3", "writeType", "write-type"],
    ["s3", "ttl", "ttl-ms"],
    ["s3", "autocache", "auto-cache"],
  ];
  for (const [scheme, name, wanted] of meant) {
    const [said = ""] = ofMount(
      `mountPoint: "${scheme}://b", name: a, options: {"${name}": x}`,
    );
    assert.match(said, /^unknown-option /, `${scheme} ${name}`);
    assert.equal(/did you mean "([^"]*)"\?$/.exec(said)?.[1], wanted, `${scheme} ${name}: ${said}`);
  }
  const foreign = ofMount('mountPoint: "s3://b", name: a, options: {oss.endpoint: x}');
  assert.match(foreign[0] ?? "", /does not read it for s3:\/\/$/);
});

Deno.test("values that Curvine refuses a mount for are problems, with the value that it takes", () => {
  const values: readonly [string, string, string | undefined][] = [
    ["endpoint_url", "minio:9000", 'write "http://minio:9000"'],
    ["s3.endpoint_url", "minio", 'write "http://minio"'],
    ["endpoint_url", "ftp://minio", undefined],
    ["s3.force.path.style", "yes", 'write "true"'],
    ["s3.list_objects_version", "2", 'write "v2"'],
    ["s3.retry_times", "many", undefined],
    ["opendal.read_timeout", "30x", undefined],
    ["write_type", "cache", 'write "cache_mode"'],
    ["provider", "oss-hdfs", "write auto"],
  ];
  for (const [name, text, hint] of values) {
    const [said = ""] = ofMount(`mountPoint: "s3://b", name: a, options: {${name}: "${text}"}`);
    assert(said.startsWith(`! mounts[0].options.${name} is "${text}"`), said);
    assert.equal(/ \(([^()]*)\)$/.exec(said)?.[1], hint, said);
  }
  for (const fine of ["HTTPS://m", "http://m:9000/x", "http://[::1]:9000"]) {
    assert.deepEqual(
      ofMount(`mountPoint: "s3://b", name: a, options: {endpoint_url: "${fine}"}`),
      [],
      fine,
    );
  }
  const twice = 'options: {ttl_ms: "1d", ttl-ms: "2d"}';
  assert.match(ofMount(`mountPoint: "s3://b", name: a, ${twice}`)[0] ?? "", /same as "ttl_ms"/);
});

Deno.test("a mount without what Curvine wants is warned about, secrets counted", () => {
  const { warnings } = mountFindings(dataset(
    '{mounts: [{mountPoint: "s3://b", name: a, options: {s3.region: eu, endpoint_url: "http://m"}, ' +
      "encryptOptions: [{name: access-key, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}",
  ));
  assert.deepEqual(warnings.map(({ code, message }) => `${code} ${message}`), [
    "missing-option Curvine refuses a mount of s3:// without secret",
  ]);
});

Deno.test("schemes and buckets that Curvine refuses are problems; what it may take is tried", () => {
  const said = (mountPoint: string): string =>
    ofMount(`mountPoint: "${mountPoint}", name: a`).join("\n");
  for (const fine of ["s3://b.c-d/x", "S3://b", "file:///x", "webhdfs://n/x", "gcs://b/x"]) {
    assert.equal(said(fine), "", fine);
  }
  assert.match(said("hfds://nn/x"), /^! .* \(write hdfs:\/\/\)$/);
  assert.match(said("minio://b/x"), /^! .* \(write s3:\/\/ and set endpoint_url\)$/);
  assert.match(said("nfs://h/x"), /^! .*file:\/\/\/that\/path\)$/);
  assert.match(said("s3://lake_raw/x"), /^! .* letters, digits, - and \. alone is wanted$/);
  assert.match(said("s3://ak:sk@lake/x"), /\(credentials belong in encryptOptions\)$/);
  assert.match(said("s3:/b/x"), /^! .* \(write "s3:\/\/b\/x"\)$/);
  assert.match(said("curvine:/d"), /\(write "curvine:\/\/\/d"\)$/);
  assert.match(said("s3a://b/x"), /^unknown-scheme .*Curvine may refuse.*\(write s3:\/\/\)$/);
});

Deno.test("a folder of the host is one absolute path, or two", () => {
  const runtime = manifest(
    "apiVersion: data.fluid.io/v1alpha1\nkind: ThinRuntime\nmetadata: {name: lake}\n" +
      "spec: {profileName: p}\n",
  );
  const said = (volume: string): string[] =>
    thinRuntimeRules(
      runtime,
      dataset(
        `{mounts: [{mountPoint: "local:///x", options: {fluid.fuse.hostvolume: "${volume}"}}]}`,
      ),
      undefined,
      [],
    ).map(({ finding }) => finding.code ?? finding.message);
  for (const fine of ["/a", "/a:/b"]) assert.deepEqual(said(fine), [], fine);
  for (const bad of ["a", "/a:b", "/a:/b:/c", ""]) {
    assert.deepEqual(said(bad), ["host-volume"], bad);
  }
});

Deno.test("an alias means the anchor before it in the text, not one that an alias repeats", () => {
  const valueOf = (text: string): unknown => yamlDocuments(text, "it")[0]?.value;
  assert.deepEqual(valueOf("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"), { a: 1, b: 1, c: 2, d: 2 });
  const repeated = "a: &o {k: &i 1}\nb: &i 2\nc: *o\nd: *i\n";
  assert.deepEqual(valueOf(repeated), { a: { k: 1 }, b: 2, c: { k: 1 }, d: 2 });
});

Deno.test("tags hold their values to their type; a quoted << is a key like any other", () => {
  const valueOf = (text: string): unknown => yamlDocuments(text, "it")[0]?.value;
  assert.deepEqual(valueOf('a: !!int "1"\nb: !!float 1\nc: !!bool yes\nd: !!null ~\n'), {
    a: 1,
    b: 1,
    c: true,
    d: null,
  });
  assert.deepEqual(valueOf("a: !!int 18446744073709551615\nb: !!float 18446744073709551615\n"), {
    a: 18446744073709551615n,
    b: 18446744073709551615n,
  });
  for (const text of ["!!int 1.5", "!!int x", "!!float yes", "!!bool 1", "!!null 0"]) {
    assert.throws(() => valueOf(`a: ${text}\n`), /is not of its tag/, text);
  }
  assert.deepEqual(valueOf('"<<": {a: 1}\n.inf: 2\n'), { "<<": { a: 1 }, ".inf": 2 });
});

Deno.test("a hundred levels are read, and no more", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  assert.equal(yamlDocuments(nested(100), "it").length, 1);
  assert.throws(() => yamlDocuments(nested(101), "it"), /more than 100 deep/);
});

Deno.test("a secret without a key is its folder: Fluid cleans the path for a ThinRuntime alone", () => {
  const lake = dataset(
    "{mounts: [{mountPoint: 's3://b', name: b, encryptOptions: [" +
      "{name: ak, valueFrom: {secretKeyRef: {name: own}}}, " +
      "{name: sk, valueFrom: {secretKeyRef: {name: own, key: s.k}}}]}]}",
  );
  const folder = "/etc/fluid/secrets/own";
  const secrets = (secretsIn: "options" | "encryptOptions") =>
    Object.fromEntries(
      datasetMounts(lake, new Origins({ manifest: lake, place: [] }), secretsIn)[0]?.secrets ?? [],
    );
  assert.deepEqual(secrets("options"), { ak: folder, sk: `${folder}/s.k` });
  assert.deepEqual(secrets("encryptOptions"), { ak: `${folder}/`, sk: `${folder}/s.k` });
});
