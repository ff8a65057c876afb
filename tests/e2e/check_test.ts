import assert from "node:assert/strict";
import { missing } from "../support/requirements.ts";
import type { Ran } from "../support/run.ts";
import { runExecutable } from "../support/run_executable.ts";
import { assertSnapshot } from "../support/snapshot.ts";

const GALLERY = new URL("../gallery", import.meta.url).pathname;
const MANIFESTS = new URL("../../manifests", import.meta.url).pathname;
const CASES = new URL("../fluid_cases", import.meta.url).pathname;
const ignore = missing("executable");

const names = [...Deno.readDirSync(GALLERY)].map(({ name }) => name).sort();

Deno.test({
  name: "check explains every broken file of the gallery as it did before",
  ignore,
  async fn(): Promise<void> {
    assert(names.length >= 20);
    for (const name of names) {
      const { code, stdout, stderr } = await runExecutable(["check", name], { cwd: GALLERY });
      assert(code === 78 || code === 0, `${name}: exit code ${code}\n${stderr}`);
      assert.notEqual(stderr, "", `${name}: nothing was found`);
      assert(!stderr.includes("must-not-be-shown"), `${name} shows a secret`);
      const text = `$ curvine-fluid check ${name}\n${stdout}${stderr}exit code ${code}\n`;
      await assertSnapshot(`check/${name}.txt`, text);
    }
  },
});

Deno.test({
  name: "check finds nothing wrong with our own manifests",
  ignore,
  async fn(): Promise<void> {
    const files: string[] = [];
    const walk = (folder: string): void => {
      for (const { name, isDirectory } of Deno.readDirSync(folder)) {
        if (isDirectory) walk(`${folder}/${name}`);
        // A patch is no whole object: kustomize lays it over one.
        else if (/\.ya?ml$/.test(name) && !/patch/.test(name)) files.push(`${folder}/${name}`);
      }
    };
    walk(MANIFESTS);
    const { code, stdout, stderr } = await runExecutable(["check", ...files.sort()]);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.match(stdout, /CacheRuntime "curvine-demo" with its Dataset/);
    assert.match(stdout, /ThinRuntime "curvine-thin-ro" with its Dataset/);
  },
});

Deno.test({
  name: "check --show prints what Fluid wrote, and says beside it what is wrong",
  ignore,
  async fn(): Promise<void> {
    const show = async (...names: string[]): Promise<Ran & { shown: unknown }> => {
      const result = await runExecutable(["check", "--show", ...names], { cwd: CASES });
      return { ...result, shown: result.stdout === "" ? undefined : JSON.parse(result.stdout) };
    };
    const written = (name: string): unknown =>
      JSON.parse(Deno.readTextFileSync(`${CASES}/${name}.json`));
    const good = await show("c38-local-pvc.yaml");
    assert.equal(good.code, 0);
    assert.doesNotMatch(good.stderr, /Cannot/);
    assert.deepEqual(good.shown, { "CacheRuntime/ai/lake": written("c38-local-pvc") });
    const thin = await show("thin-profile-options.yaml");
    assert.deepEqual(thin.shown, { "ThinRuntime/ai/lake": written("thin-profile-options") });
    const bad = await show("c10-zero-quota.yaml");
    assert.equal(bad.code, 78);
    assert.match(bad.stderr, /more than 0 is wanted/);
    assert.deepEqual(bad.shown, { "CacheRuntime/ai/lake": written("c10-zero-quota") });
    const none = await show("c16-encrypt-nokey.yaml");
    assert.deepEqual([none.code, none.shown], [78, {}]);
    const other = await show("c10-zero-quota.json");
    assert.deepEqual([other.code, other.stdout], [64, ""]);
    assert.match(other.stderr, /holds no manifests/);
  },
});

Deno.test({
  name: "check takes the manifests of several files together, and names lines in JSON too",
  ignore,
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(
      `${folder}/dataset.yaml`,
      "apiVersion: data.fluid.io/v1alpha1\nkind: Dataset\nmetadata: {name: lake}\n" +
        'spec:\n  mounts:\n    - {mountPoint: "s3://a/b", name: raw}\n',
    );
    await Deno.writeTextFile(
      `${folder}/runtime.yaml`,
      "# the runtime\napiVersion: data.fluid.io/v1alpha1\nkind: CacheRuntime\n" +
        "metadata: {name: lake}\nspec:\n  runtimeClassName: curvine\n  worker:\n    options:\n" +
        '      weight: "heavy"\n',
    );
    try {
      const args = ["check", "--json", `${folder}/runtime.yaml`, `${folder}/dataset.yaml`];
      const { code, stdout } = await runExecutable(args);
      assert.equal(code, 78);
      const [runtime, dataset] = JSON.parse(stdout);
      assert.deepEqual(dataset.problems, []);
      assert.equal(runtime.problems.length, 1);
      assert.equal(
        runtime.problems[0].path,
        "line 9: CacheRuntime/lake spec.worker.options.weight",
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "what cannot be read is no bug of ours: a folder, a loop of links, Latin-1",
  ignore,
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.symlink("loop.yaml", `${folder}/loop.yaml`);
      await Deno.writeFile(`${folder}/latin.yaml`, new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0x0a]));
      const named = await runExecutable(["check", ".", "loop.yaml"], { cwd: folder });
      assert.equal(named.code, 66, named.stderr);
      assert.match(named.stderr, /"\.": it is a folder; name the files in it/);
      assert.match(named.stderr, /"loop\.yaml": .*(symbolic links|no such file)/);
      const env = await runExecutable(["simulate", "--env-file", "."], { cwd: folder });
      assert.equal(env.code, 66, env.stderr);
      assert.match(env.stderr, /Cannot read the env file "\."/);
      const latin = await runExecutable(["check", "latin.yaml"], { cwd: folder });
      assert.equal(latin.code, 78, latin.stdout);
      assert.match(latin.stderr, /byte 3: it is not UTF-8 \(save it as UTF-8\)/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
