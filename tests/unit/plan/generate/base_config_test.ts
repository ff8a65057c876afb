import assert from "node:assert/strict";
import { configText } from "../../../../lib/commands/prepare.ts";
import { parse } from "smol-toml";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  plan,
  type World,
} from "../../../support/generation.ts";

function master(base: string | Uint8Array, more: World["files"] = {}, env = {}): World {
  const world = cacheWorld("master", cacheConfig(), env);
  return { ...world, files: { ...world.files, [BASE_PATH]: base, ...more } };
}

const OURS = "# Written by curvine-fluid at every start: changes here are lost.\n";

Deno.test("the image's settings are kept, testing directories replaced", async () => {
  const made = await plan(master(
    `net_interface = "eth0"
[master]
meta_dir = "testing/meta"
io_threads = 7
[journal]
journal_dir = "testing/journal"
[worker]
data_dir = ["[MEM:1GB]testing/mem", "[DISK]testing/data"]
[unknown]
kept = true
[[plugins]]
name = "x"
`,
    {},
    { CURVINE_DATA_DIR: "/data" },
  ));
  assert.equal(at(made, "net_interface"), "eth0");
  assert.equal(at(made, "master.io_threads"), 7);
  assert.equal(at(made, "master.meta_dir"), "/data/meta");
  assert.equal(at(made, "journal.journal_dir"), "/data/journal");
  assert.deepEqual(at(made, "worker.data_dir"), ["[SSD]/cache-data"]);
  assert.equal(at(made, "unknown.kept"), true);
  assert.deepEqual(at(made, "plugins"), [{ name: "x" }]);
});

Deno.test("directories of the base that are not for testing stay", async () => {
  const made = await plan(master('[master]\nmeta_dir = "/m"\n[journal]\njournal_dir = "/j"\n'));
  assert.equal(at(made, "master.meta_dir"), "/m");
  assert.equal(at(made, "journal.journal_dir"), "/j");
});

Deno.test("without a base, the directories are those of the data folder", async () => {
  const made = await plan(cacheWorld("master", cacheConfig()));
  assert.equal(at(made, "master.meta_dir"), "/app/curvine/data/meta");
  assert.equal(at(made, "journal.journal_dir"), "/app/curvine/data/journal");
});

Deno.test("types of the base survive: floats, dates, large integers, odd keys", async () => {
  const base = `[extra]
whole = 1.0
big = 9223372036854775807
when = 1979-05-27T07:32:00Z
"a b" = 'x\\y'
__proto__ = "own"
`;
  const made = await plan(master(base));
  const written = parse(configText(made), { integersAsBigInt: true });
  assert.deepEqual(
    { ...written["extra"] as object },
    { ...parse(base, { integersAsBigInt: true })["extra"] as object },
  );
});

Deno.test("what we wrote is never a base; what lay there before is", async () => {
  const conf = "/etc/c/curvine-cluster.toml";
  const env = { CURVINE_CONF_FILE: conf };
  const image = "[master]\nio_threads = 1\n";
  const ours = `${OURS}[master]\nio_threads = 3\n`;
  const threads = async (files: World["files"]): Promise<unknown> =>
    at(await plan(master(image, files, env)), "master.io_threads");
  assert.equal(await threads({}), 1);
  assert.equal(await threads({ [conf]: "[master]\nio_threads = 2\n" }), 2);
  assert.equal(await threads({ [conf]: ours }), 1);
  assert.equal(await threads({ [conf]: ours, [`${conf}.base`]: "[master]\nio_threads = 4\n" }), 4);
  assert.equal(await threads({ [conf]: "" }), 1);
});

Deno.test("a plan made of its own written file and the saved base is the same plan", async () => {
  const base = "[master]\nio_threads = 2\n[worker]\ndata_dir = ['testing/x']\n";
  const first = await plan(master(base));
  const second = await plan(
    master(configText(first), { [`${BASE_PATH}.base`]: base }),
  );
  assert.equal(configText(second), configText(first));
});

for (
  const [what, base, message] of [
    ["no TOML", "[master\nsecret = 'hunter2'", /line 1, column 8: it is not TOML: /],
    [
      "cut off in a secret",
      '[a]\nx = 1\npassword = "hunter2',
      /line 3, column \d+: it is not TOML/,
    ],
    ["a key set twice", 'a = 1\na = "hunter2"', /line 2/],
    ["not UTF-8", new Uint8Array([0x61, 0xff]), /it is not UTF-8/],
    ["an integer that TOML does not have", "a = 9223372036854775808", /64 bits/],
    ["nested 65 levels deep", `a = ${"[".repeat(65)}${"]".repeat(65)}`, /nested more than 64/],
    ["nested so deep that parsers overflow", `a = ${"[".repeat(200_000)}`, /nested|not TOML/],
    [
      "a plain value where a section belongs",
      "master = 'hunter2'",
      /master: .*a section is wanted/,
    ],
    ["a port that is none", "[master]\nrpc_port = 0", /master\.rpc_port: is 0; a port/],
    [
      "a port as a float",
      "[master]\nrpc_port = 8995.0",
      /master\.rpc_port: is 8995; a port|is a float/,
    ],
    ["a port as text", "[journal]\nrpc_port = '8996'", /journal\.rpc_port: is "8996"; a port/],
  ] as const
) {
  Deno.test(`a base that is ${what} ends the start, without showing it`, async () => {
    await assert.rejects(plan(master(base)), (error: Error) => {
      assert.equal(error.name, "ConfigError");
      assert.match(error.message, message);
      assert(!error.message.includes("hunter2"), error.message);
      return true;
    });
  });
}

Deno.test("in standalone mode a base's wrong port is an error, too", async () => {
  for (const port of ["'x'", "70000", "1.5"]) {
    const files = { [BASE_PATH]: `[master]\nrpc_port = ${port}\n` };
    await assert.rejects(plan({ words: ["worker"], files }), /master\.rpc_port: .*a port/);
  }
});
