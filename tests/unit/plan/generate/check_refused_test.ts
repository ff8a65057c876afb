import assert from "node:assert/strict";
import {
  at,
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  draft,
  plan,
  thinConfig,
  thinWorld,
  type World,
} from "../../../support/generation.ts";

async function problems(world: World): Promise<string[]> {
  return (await draft(world)).problems.map(({ path, message, hint }) =>
    `${path} ${message}${hint ? ` (${hint})` : ""}`
  );
}

function client(options: Record<string, string>): World {
  return cacheWorld("client", cacheConfig({ client: { options } }));
}

for (const name of ["fuse_opts", "fuse.fuse-opts", "o", "-o", "options"]) {
  Deno.test(`the mount options in ${name} are checked where they stand`, async () => {
    const good = await plan(thinWorld(thinConfig({ [name]: "allow_other, noatime" })));
    assert.deepEqual(at(good, "fuse.fuse_opts"), ["allow_other", "noatime"]);
    const found = await problems(thinWorld(thinConfig({ [name]: "alow_other,ro,rw" })));
    assert.equal(found.length, 2);
    assert(
      found.every((one) => /^mounts\[0\]\.options\.\S+ (?:fuse\.fuse_opts )?holds /.test(one)),
      `${found}`,
    );
    const [ofClient = ""] = await problems(client({ [name]: "x" }));
    assert(ofClient.startsWith(`client.options.${name} `), ofClient);
  });
}

Deno.test("a read-only mount and rw are refused together, a writable one with it is not", async () => {
  const options = { fuse_opts: "rw" };
  assert.deepEqual(await problems(thinWorld(thinConfig(options))), []);
  const found = await problems(thinWorld(thinConfig(options, {}, { readOnly: true })));
  assert.match(found[0] ?? "", /^mounts\[0\]\.options\.fuse_opts fuse\.fuse_opts holds "rw" while/);
});

Deno.test("the base's mount options are checked for whom they concern", async () => {
  const files = { [BASE_PATH]: '[fuse]\nfuse_opts = ["nope"]\n' };
  const world = (component: "worker" | "client"): World => {
    const made = cacheWorld(component, cacheConfig());
    return { ...made, files: { ...made.files, ...files } };
  };
  assert.match((await problems(world("client")))[0] ?? "", /^fuse\.fuse_opts holds "nope"/);
  assert.deepEqual(await problems(world("worker")), []);
  assert.match(
    (await problems({ words: ["client"], files }))[0] ?? "",
    /^fuse\.fuse_opts holds "nope"/,
  );
});

Deno.test("a threshold follows the most that may be open, one above it is refused", async () => {
  const threshold = async (options: Record<string, string>): Promise<unknown> =>
    at(await plan(thinWorld(thinConfig(options))), "fuse.congestion_threshold");
  assert.equal(await threshold({}), undefined);
  assert.equal(await threshold({ max_background: "192" }), undefined);
  assert.equal(await threshold({ max_background: "191" }), 143);
  assert.equal(await threshold({ max_background: "1" }), 1);
  assert.equal(await threshold({ max_background: "100", congestion_threshold: "100" }), 100);
  const refused = { max_background: "100", congestion_threshold: "101" };
  assert.deepEqual(await problems(thinWorld(thinConfig(refused))), [
    "mounts[0].options.congestion_threshold fuse.congestion_threshold is 101, and fuse.max_background is 100; " +
    "at most that is wanted",
  ]);
  const alone = await problems(thinWorld(thinConfig({ congestion_threshold: "257" })));
  assert.match(alone[0] ?? "", /is 257, and fuse\.max_background is 256/);
});

Deno.test("mounts side by side have a limit, and direct I/O goes without write-back", async () => {
  assert.deepEqual(await problems(thinWorld(thinConfig({ mnt_number: "256" }))), []);
  assert.match(
    (await problems(thinWorld(thinConfig({ mnt_number: "257" }))))[0] ?? "",
    /^mounts\[0\]\.options\.mnt_number fuse\.mnt_number is 257; at most 256/,
  );
  const both = { direct_io: "true", write_back_cache: "true" };
  assert.match(
    (await problems(thinWorld(thinConfig(both))))[0] ?? "",
    /^mounts\[0\]\.options\.direct_io fuse\.direct_io is true together/,
  );
  for (const name of Object.keys(both)) {
    assert.deepEqual(await problems(thinWorld(thinConfig({ ...both, [name]: "false" }))), []);
  }
});

for (
  const url of [
    "memory://",
    "sqlite:///data/t.db",
    "sqlite://data/t.db",
    "mysql://u:p@h/d",
    "postgres://h/d",
    "postgresql://h/d",
  ]
) {
  Deno.test(`transfers may be kept in ${url}`, async () => {
    const world = cacheWorld(
      "master",
      cacheConfig({ master: { options: { "transfer.store_url": url } } }),
    );
    assert.equal(at(await plan(world), "transfer.store_url"), url);
  });
}

for (
  const [url, hint] of [
    ["text", ""],
    ["memory://x", ""],
    ["sqlite://", ""],
    ["mysql://", ""],
    ["postgre://h/d", "write postgres://"],
    ["sqllite:///x", "write sqlite://"],
    ["redis://u:hunter2@h", ""],
    ["oracle://u/hunter2@h", ""],
    ["memory://hunter2", ""],
  ] as const
) {
  Deno.test(`transfers cannot be kept in ${url}`, async () => {
    const world = cacheWorld(
      "master",
      cacheConfig({ master: { options: { "transfer.store_url": url } } }),
    );
    const [found = "", ...more] = await problems(world);
    assert.deepEqual(more, []);
    assert.match(found, /^master\.options\.transfer\.store_url is .*postgresql:\/\/… is wanted/);
    assert.equal(found.includes("(write"), hint !== "");
    assert(found.includes(hint) && !found.includes("hunter2"), found);
  });
}
