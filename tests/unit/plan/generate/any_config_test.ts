import fc from "../../../support/fast_check.ts";
import { anyText } from "../../../support/any_text.ts";
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { configText } from "../../../../lib/commands/prepare.ts";
import { ConfigError } from "../../../../lib/plan/config_error.ts";
import { mountScript } from "../../../../lib/plan/generate/mount_script.ts";
import { planJson } from "../../../../lib/plan/plan_json.ts";
import { CURVINE_KEYS } from "../../../../lib/plan/curvine/key_table.ts";
import { BASE_PATH, CONFIG_PATH, draft, inputs, type World } from "../../../support/generation.ts";
import { generatePlan } from "../../../../lib/plan/generate/generate_plan.ts";

/** JSON can hold halves of surrogate pairs; environment variables cannot, and no NUL either. */
const plain = fc.string({ unit: "grapheme", maxLength: 20 });
const text = fc.oneof(
  anyText(20),
  fc.array(fc.constantFrom("\ud800", "\udc00", "\0", "/", "a", "\n"), { maxLength: 4 })
    .map((parts) => parts.join("")),
  fc.constantFrom(
    "",
    "8995",
    "true",
    "022",
    "64MB",
    "1Gi",
    "a,b",
    "m0:8995",
    "/a",
    "/etc/fluid/secrets/a/b",
  ),
);
const known = Object.entries(CURVINE_KEYS).flatMap(([section, keys]) =>
  Object.keys(keys).flatMap((key) => section === "" ? [key] : [key, `${section}.${key}`])
);
const option = fc.oneof(
  text,
  fc.constantFrom(...known),
  fc.constantFrom(
    "log.level",
    "log",
    "client",
    "fuse",
    "raft_port",
    "master-endpoints",
    "cluster_id",
    "__proto__",
    "constructor",
    "client.__proto__",
    "fuse.__proto__.x",
    "master_addrs.x",
    "a.b.c.d",
  ),
);
const options = fc.dictionary(option, text, { maxKeys: 6 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const component = fc.record({
  enabled: maybe(fc.boolean()),
  name: maybe(text),
  options: maybe(options),
  replicas: maybe(fc.nat(20)),
  service: maybe(fc.record({ name: text })),
  podConfigs: maybe(fc.array(fc.record({ podName: text }), { maxLength: 3 })),
  tieredStoreLevels: maybe(fc.array(
    fc.record({
      mountPaths: maybe(fc.array(text, { maxLength: 3 })),
      mediumType: maybe(text),
      quotas: maybe(fc.array(text, { maxLength: 3 })),
    }),
    { maxLength: 3 },
  )),
});
const mount = fc.record({
  mountPoint: fc.oneof(text, text.map((path) => `curvine://${path}`)),
  options: maybe(options),
  readOnly: maybe(fc.boolean()),
});
const config = fc.record({
  mounts: maybe(fc.array(mount, { maxLength: 3 })),
  targetPath: maybe(fc.oneof(text, text.map((path) => `/${path}`))),
  namespace: maybe(text),
  master: maybe(component),
  worker: maybe(component),
  client: maybe(component),
  runtimeOptions: maybe(options),
});
const env = fc.record({
  FLUID_RUNTIME_TYPE: fc.constantFrom("", "thin", "cache"),
  FLUID_RUNTIME_COMPONENT_TYPE: fc.constantFrom("", "master", "worker", "client", "x"),
  FLUID_DATASET_NAME: plain,
  HOSTNAME: fc.oneof(plain, fc.constantFrom("lake-master-0", "curvine-master-999999")),
  CURVINE_MASTER_ENDPOINTS: fc.oneof(plain, fc.constant("")),
  CURVINE_TARGET_PATH: fc.oneof(plain, fc.constant("")),
  CURVINE_MOUNT_POINT: fc.oneof(plain, fc.constant("")),
  CURVINE_IO_THREADS: fc.oneof(plain, fc.constant("")),
});
const base = fc.oneof(
  text,
  fc.constantFrom(
    "[master]\nrpc_port = 'x'",
    "master = 1",
    "[worker]\ndata_dir = 5",
    "fuse = []",
    "[master]\nlog = 3\n[worker]\ndata_dir = [1, [2]]",
    "[master]\nhostname = 7",
    "[[client]]\na = 1",
  ),
);

Deno.test("property: any well-typed config is a plan whose file is TOML, or a ConfigError", async () => {
  const world = fc.record({
    words: fc.constantFrom([], ["master"], ["worker", "start"], ["client"], ["fluid-thin-runtime"]),
    env,
    config,
    base: maybe(base),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ words, env, config, base }) => {
      const given: World = {
        words,
        env: { ...env, FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH },
        files: {
          [CONFIG_PATH]: config,
          "/etc/fluid/secrets/a/b": "x",
          ...(base === undefined ? {} : { [BASE_PATH]: base }),
        },
      };
      try {
        const { plan, secrets } = await generatePlan(inputs(given));
        const toml = parse(configText(plan), { integersAsBigInt: true });
        assert.equal(toml["format_master"], false);
        assert.equal(toml["format_worker"], false);
        for (const word of [...plan.process.argv, ...Object.values(plan.process.env)]) {
          assert(word === null || (!word.includes("\0") && word.isWellFormed()), word ?? "");
        }
        const shown = secrets.redactPlan(plan);
        JSON.parse(planJson(shown));
        mountScript(plan);
      } catch (error) {
        assert(error instanceof ConfigError, error instanceof Error ? error.stack : String(error));
        assert(error.problems.length > 0);
        for (const { message } of error.problems) assert(message.length > 5);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("property: the same inputs give the same file, and the order of options does not matter", async () => {
  // A NUL is refused when the file is read; the property before this one has it.
  const readable = options.filter((one) => !JSON.stringify(one).includes("\\u0000"));
  await fc.assert(fc.asyncProperty(readable, async (given) => {
    const world = (one: object): World => ({
      words: ["worker"],
      env: { FLUID_RUNTIME_TYPE: "cache", FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH },
      files: {
        [CONFIG_PATH]: { master: { name: "m", service: { name: "s" } }, worker: { options: one } },
      },
    });
    const [first, again] = [await draft(world(given)), await draft(world(given))];
    if (first.problems.length > 0) return;
    assert.equal(configText(again.plan), configText(first.plan));
    const reversed = await draft(world(Object.fromEntries(Object.entries(given).reverse())));
    assert.deepEqual(parse(configText(reversed.plan)), parse(configText(first.plan)));
  }));
});
