import assert from "node:assert/strict";
import { dispatch } from "../../../lib/dispatch/dispatch.ts";
import { Ended, type FakeHost, fakeHost } from "../../support/fake_host.ts";
import { cacheConfig, thinConfig } from "../../support/generation.ts";

async function check(files: Record<string, unknown>, ...args: string[]): Promise<FakeHost> {
  const host = fakeHost({
    args: ["check", ...args],
    files: Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === "string" ? content : JSON.stringify(content),
      ]),
    ),
  });
  await dispatch(host).catch((error) => {
    if (!(error instanceof Ended)) throw error;
  });
  return host;
}

Deno.test("good files of both runtimes are told apart by what they hold", async () => {
  const host = await check({ "/c": cacheConfig(), "/t": thinConfig() }, "/c", "/t");
  assert.equal(host.ended, 0);
  assert.equal(host.out, "/c: ok for a CacheRuntime\n/t: ok for a ThinRuntime\n");
  assert.equal(host.err, "");
});

Deno.test("wrong types and wrong options are told at once, and nothing that follows from them", async () => {
  const host = await check(
    {
      "/t": { ...thinConfig({ "io-threads": "x", "master-endpoints": "m0" }), targetPath: [] },
      "/c": { ...cacheConfig({ worker: { options: { rpc_port: "0" } } }), master: 7 },
    },
    "--json",
    "/t",
    "/c",
  );
  assert.equal(host.ended, 78);
  const [thin, cache] = JSON.parse(host.out);
  assert.deepEqual(thin.problems.map((one: { path: string }) => one.path), [
    "targetPath",
    "mounts[0].options.master-endpoints",
    "mounts[0].options.io-threads",
  ]);
  assert.deepEqual(cache.problems.map((one: { path: string }) => one.path), [
    "master",
    "worker.options.rpc_port",
  ]);
});

Deno.test("in a file of several lines, a problem has the line of its field or of what lacks it", async () => {
  const text = JSON.stringify(
    {
      ...cacheConfig({ worker: { options: { "log.level": "x", "rpc_port": "0" } } }),
      targetPath: 7,
      mounts: [{ mountPoint: "s3://a", name: "a" }, { name: "b" }],
    },
    null,
    2,
  );
  const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;
  const host = await check({ "/c": text }, "--json", "/c");
  const [{ problems }] = JSON.parse(host.out);
  assert.deepEqual(problems.map(({ path }: { path: string }) => path), [
    `line ${lineOf('"b"') - 1}: mounts[1].mountPoint`,
    `line ${lineOf('"targetPath"')}: targetPath`,
    `line ${lineOf('"rpc_port"')}: worker.options.rpc_port`,
  ]);
  const broken = await check({ "/c": '{\n"a" 1}' }, "--json", "/c");
  assert.equal(JSON.parse(broken.out)[0].problems[0].path, "line 2, column 5");
});

Deno.test("misspelt fields and options are warnings with what was meant", async () => {
  const host = await check(
    {
      "/c": { ...cacheConfig({ master: { options: { rpc_prot: "1" } } }), target: "/x" },
      "/first": `${JSON.stringify(thinConfig())}\nmore`,
    },
    "/c",
    "/first",
  );
  assert.equal(host.ended, 0);
  assert.match(host.err, /warning \(unknown-option\): .*did you mean "rpc_port"/);
  assert.match(host.err, /warning \(unknown-field\): target is no field/);
  assert.match(host.err, /warning \(json-first-line\)/);
});

Deno.test("a missing file is 66, also beside a bad one; without a file outside Fluid it is 64", async () => {
  assert.equal((await check({ "/c": "{" }, "/c", "/none")).ended, 66);
  assert.equal((await check({})).ended, 64);
});

Deno.test("secrets that are not mounted here are not the file's fault", async () => {
  const host = await check({ "/t": thinConfig({ "client.x": "/etc/fluid/secrets/a/b" }) }, "/t");
  assert.equal(host.ended, 0, host.err);
});
