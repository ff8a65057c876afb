/** What `deno task release` puts together, from anything that stands for executables. */
import assert from "node:assert/strict";
import { assemble } from "../../.ci/release/assemble.ts";

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

const PARTS = {
  runtime: { version: "2.6.10", sha256: { amd64: "aa", arm64: "bb" } },
  licences: {},
  time: 1_700_000_000,
};

Deno.test("a release is executables, SBOM, manifests, notes and checksums, twice the same", async () => {
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-release-" });
  try {
    await Deno.writeTextFile(`${folder}/exe`, "not really one");
    const make = async (name: string): Promise<string> => {
      const out = `${folder}/${name}`;
      const names = await assemble({
        root: ROOT,
        out,
        executables: { amd64: `${folder}/exe`, arm64: `${folder}/exe` },
        ...PARTS,
      });
      const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
      assert.deepEqual(names, [
        "SHA256SUMS",
        "NOTES.md",
        `curvine-fluid-${version}-linux-amd64`,
        `curvine-fluid-${version}-linux-arm64`,
        `curvine-fluid-${version}-manifests.tar.gz`,
        `curvine-fluid-${version}.cdx.json`,
      ]);
      const check = await new Deno.Command("sha256sum", {
        args: ["--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd: out,
      }).output();
      assert(check.success, new TextDecoder().decode(check.stderr));
      const list = await new Deno.Command("tar", {
        args: ["-tzf", `${out}/curvine-fluid-${version}-manifests.tar.gz`],
      }).output();
      const files = new TextDecoder().decode(list.stdout).split("\n");
      assert(files.includes("manifests/thin-runtime/profile.yaml"), files.join());
      const stat = await Deno.stat(`${out}/curvine-fluid-${version}-linux-amd64`);
      assert.equal((stat.mode ?? 0) & 0o777, 0o755);
      const sbom = JSON.parse(await Deno.readTextFile(`${out}/curvine-fluid-${version}.cdx.json`));
      const libraries = sbom.components.map(({ name }: { readonly name: string }) => name);
      assert(libraries.includes("smol-toml") && !libraries.includes("fast-check"));
      return await Deno.readTextFile(`${out}/SHA256SUMS`);
    };
    assert.equal(await make("one"), await make("two"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a release of manifests that name another version is refused", async () => {
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-release-" });
  try {
    await Deno.mkdir(`${folder}/manifests`);
    await Deno.writeTextFile(`${folder}/deno.json`, '{ "version": "2.0.0", "imports": {} }');
    await Deno.writeTextFile(`${folder}/CHANGELOG.md`, "## [2.0.0] - 2026-01-01\n\n- all\n");
    const release = (): Promise<string[]> =>
      assemble({
        root: folder,
        out: `${folder}/out`,
        executables: {},
        ...PARTS,
      });
    await assert.rejects(release, /no manifest in \S+ names our image/);
    const text = "image: ghcr.io/x/curvine-fluid\n    imageTag: 1.0.0\n";
    await Deno.writeTextFile(`${folder}/manifests/a.yaml`, text);
    await assert.rejects(release, /a\.yaml names 1\.0\.0/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
