import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import {
  CURVINE_KEYS,
  INNER_SECTIONS,
  type KeyType,
  type SectionName,
} from "../../../lib/plan/curvine/key_table.ts";
import { parseKeyValue } from "../../../lib/plan/curvine/key_value.ts";
import { runtimeJsonSchema } from "../../../lib/tools/explain/runtime_json_schema.ts";
import { parseRuntimeConfig } from "../../../lib/plan/fluid/parse_runtime_config.ts";
import { refusal } from "../../support/json_schema.ts";

const CACHE = runtimeJsonSchema("cache");
const THIN = runtimeJsonSchema("thin");

/** A file is JSON, which has neither NaN nor infinities. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const optionValue = fc.oneof(fc.string(), number, fc.boolean(), fc.array(fc.string()));
const options = fc.oneof(
  fc.constant(null),
  fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("key1", "s3.endpoint_url")), optionValue),
);
const component = fc.record({
  enabled: fc.oneof(fc.boolean(), fc.constant(null), fc.string()),
  name: fc.string(),
  options,
  replicas: fc.oneof(fc.nat(20_000), number, fc.constant(null)),
  service: fc.record({ name: fc.string() }, { requiredKeys: [] }),
  tieredStoreLevels: fc.array(fc.record({
    mountPaths: fc.array(fc.string()),
    mediumType: fc.constantFrom("MEM", "HDD", null),
    quotas: fc.oneof(fc.array(fc.string()), fc.constant(null)),
  }, { requiredKeys: [] })),
}, { requiredKeys: [] });
const file = fc.record({
  mounts: fc.oneof(
    fc.constant(null),
    fc.array(fc.record({
      mountPoint: fc.oneof(fc.string(), fc.integer()),
      options,
      encryptOptions: fc.oneof(
        fc.dictionary(fc.string(), fc.string()),
        fc.constant([{ name: "a", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }]),
      ),
      name: fc.string(),
      readOnly: fc.boolean(),
    }, { requiredKeys: ["mountPoint"] })),
  ),
  accessModes: fc.array(fc.string()),
  targetPath: fc.oneof(fc.string(), fc.constant(null)),
  master: component,
  worker: component,
  client: component,
  runtimeOptions: options,
  somethingNew: fc.anything(),
}, { requiredKeys: [] });

Deno.test("the schemas accept every file that the loader accepts, and refuse what it refuses", () => {
  let accepted = 0;
  fc.assert(
    fc.property(file, (value) => {
      let loads = true;
      try {
        parseRuntimeConfig(value, "it");
      } catch {
        loads = false;
      }
      if (loads) accepted++;
      const concerned = { ...value, runtimeOptions: null };
      if (loads) assert.equal(refusal(THIN, value), undefined);
      if (loads) assert.equal(refusal(CACHE, value), undefined);
      if (!loads && value.runtimeOptions === undefined) {
        assert.notEqual(refusal(CACHE, concerned), undefined);
      }
    }),
    { numRuns: 400 },
  );
  assert(accepted > 20, `only ${accepted} files were accepted`);
});

Deno.test("the schema takes every text of an option that its key's type takes", () => {
  const samples: Record<KeyType, fc.Arbitrary<string>> = {
    string: fc.string(),
    list: fc.string(),
    integer: fc.stringMatching(/^ ?\d{1,20} ?$/),
    count: fc.stringMatching(/^\d{1,20}$/),
    u16: fc.stringMatching(/^\d{1,6}$/),
    port: fc.stringMatching(/^\d{1,6}$/),
    boolean: fc.mixedCase(fc.constantFrom("true", "false", " true\n", "yes")),
    float: fc.stringMatching(/^[+-]?\d{1,5}(\.\d{1,5})?(e-?\d)?$/),
    octal: fc.stringMatching(/^(0o)?[0-8]{1,5}$/),
    duration: fc.stringMatching(/^\d{1,5}(\.\d)? ?(ms|s|second|m|minute|h|hour|d|day)?$/),
    size: fc.stringMatching(/^\d{1,5}(\.\d)? ?[KMGTPkmgtp]?[Bb]?i?$/),
  };
  for (const [section, keys] of Object.entries(CURVINE_KEYS)) {
    if (INNER_SECTIONS.includes(section as SectionName)) continue;
    for (const [key, [type]] of Object.entries(keys)) {
      const name = section === "" ? key : `${section}.${key}`;
      fc.assert(
        fc.property(samples[type as KeyType], (text) => {
          if (!parseKeyValue(type as KeyType, text).ok) return;
          assert.equal(refusal(CACHE, { worker: { options: { [name]: text } } }), undefined);
        }),
        { numRuns: 8 },
      );
    }
  }
});

Deno.test("the schema refuses a value of the wrong type for an option that it names", () => {
  for (
    const [scope, name, wrong, right] of [
      ["worker", "rpc_port", "eighty", "80"],
      ["client", "umask", "999", "022"],
      ["client", "fuse.direct_io", "yes", "True"],
      ["master", "journal.rpc_port", "8996x", "8996"],
      ["client", "block_size", "64MiB", "64mb"],
      ["worker", "log.max_log_files", "many", "3"],
    ] as const
  ) {
    const refuses = (text: string): boolean =>
      refusal(CACHE, { [scope]: { options: { [name]: text } } }) !== undefined;
    assert.deepEqual([refuses(wrong), refuses(right)], [true, false], `${scope} ${name}`);
  }
  assert(refusal(THIN, { runtimeOptions: { "io-threads": "many" } }) !== undefined);
  assert(refusal(THIN, { runtimeOptions: { "io-threads": "16" } }) === undefined);
});

Deno.test("an option may name a secret file whatever its type", () => {
  const options = { rpc_port: "/etc/fluid/secrets/s/port" };
  assert.equal(refusal(CACHE, { worker: { options } }), undefined);
});
