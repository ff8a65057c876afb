import assert from "node:assert/strict";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  codes,
  plan,
  thinConfig,
  thinWorld,
  type World,
} from "../../../support/generation.ts";

/** The usual pipe-max-size, a page less than curvine-fuse asks for. */
const USUAL = 1_048_576;
const KEY = "fuse.enable_splice";

const client = (options: object = {}): World =>
  cacheWorld("client", cacheConfig({ client: { options } }));

const CLIENTS: [string, World, World, World][] = [
  [
    "a ThinRuntime's FUSE",
    thinWorld(thinConfig()),
    thinWorld(thinConfig({ enable_splice: "true" })),
    thinWorld(thinConfig({}, { runtimeOptions: { "enable-splice": "false" } })),
  ],
  [
    "a CacheRuntime's client",
    client(),
    client({ "fuse.enable_splice": "true" }),
    client({ "fuse.enable_splice": "false" }),
  ],
  [
    "a standalone client",
    { words: ["client"] },
    { words: ["client"], files: { [BASE_PATH]: "[fuse]\nenable_splice = true\n" } },
    { words: ["client"], files: { [BASE_PATH]: "[fuse]\nenable_splice = false\n" } },
  ],
];

for (const [who, world, on, off] of CLIENTS) {
  Deno.test(`${who} that cannot have large pipes is written without splice, and told so`, async () => {
    const made = await plan({ ...world, largestPipe: USUAL });
    assert.equal(at(made, KEY), false);
    const [warning, ...more] = made.warnings.filter(({ code }) => code.startsWith("splice"));
    assert.deepEqual([warning?.code, warning?.path, more], ["splice-off", KEY, []]);
    assert.match(warning?.message ?? "", /1052672.*CAP_SYS_RESOURCE.*pipe-max-size/);
  });

  Deno.test(`${who} that can have large pipes keeps Curvine's own default`, async () => {
    for (const largestPipe of [1_052_672, 2 ** 21]) {
      const made = await plan({ ...world, largestPipe });
      assert.deepEqual([at(made, KEY), codes(made)], [undefined, codes(await plan(world))]);
    }
  });

  Deno.test(`${who} for which somebody decided on splice gets what was decided`, async () => {
    const asked = await plan({ ...on, largestPipe: USUAL });
    assert.equal(at(asked, KEY), true);
    const [warning] = asked.warnings.filter(({ code }) => code.startsWith("splice"));
    assert.equal(warning?.code, "splice-impossible");
    assert.match(warning?.message ?? "", /exit 1 right after each start/);
    const declined = await plan({ ...off, largestPipe: USUAL });
    assert.equal(at(declined, KEY), false);
    assert.ok(!codes(declined).some((code) => code.startsWith("splice")));
  });
}

Deno.test("an image's base that says splice does not bring a CacheRuntime's client down", async () => {
  const world = client();
  const files = { ...world.files, [BASE_PATH]: "[fuse]\nenable_splice = true\n" };
  const made = await plan({ ...world, files, largestPipe: USUAL });
  assert.deepEqual([at(made, KEY), codes(made).includes("splice-off")], [false, true]);
});

Deno.test("servers have no pipes to lack", async () => {
  for (const component of ["master", "worker"] as const) {
    const made = await plan({ ...cacheWorld(component, cacheConfig()), largestPipe: 4096 });
    assert.deepEqual([at(made, KEY), codes(made)], [undefined, []]);
  }
});
