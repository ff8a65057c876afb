/** `deno task release`, whole: what it makes is what it says, for both processors. */
import assert from "node:assert/strict";
import { missing } from "../support/requirements.ts";

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** e_machine of an ELF header. */
const MACHINES = { amd64: 62, arm64: 183 } as const;

interface Sbom {
  readonly metadata: {
    readonly component: {
      readonly components: readonly {
        readonly name: string;
        readonly hashes: readonly { readonly content: string }[];
      }[];
    };
  };
  readonly components: readonly {
    readonly name: string;
    readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  }[];
}

Deno.test({
  name: "a release has executables of both processors, and an SBOM and checksums that are theirs",
  ignore: missing("tool:git", "tool:sha256sum", "tool:tar"),
  async fn(): Promise<void> {
    const { version, imports } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
    const made = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", ".ci/release.ts", "--dirty"],
      cwd: ROOT,
      stdin: "null",
    }).output();
    assert(made.success, new TextDecoder().decode(made.stderr));
    const folder = `${ROOT}/dist/release`;
    const check = await new Deno.Command("sha256sum", {
      args: ["--check", "--strict", "SHA256SUMS"],
      cwd: folder,
    }).output();
    assert(check.success, new TextDecoder().decode(check.stdout));

    const sums = new Map(
      (await Deno.readTextFile(`${folder}/SHA256SUMS`)).trimEnd().split("\n")
        .map((line) => line.split(/\s+/).reverse() as [string, string]),
    );
    const path = `${folder}/curvine-fluid-${version}.cdx.json`;
    const sbom = JSON.parse(await Deno.readTextFile(path)) as Sbom;
    const files = sbom.metadata.component.components;
    for (const [arch, machine] of Object.entries(MACHINES)) {
      const name = `curvine-fluid-${version}-linux-${arch}`;
      const file = await Deno.open(`${folder}/${name}`);
      const header = new Uint8Array(20);
      await file.read(header);
      file.close();
      assert.equal(new TextDecoder().decode(header.subarray(1, 4)), "ELF");
      assert.equal(new DataView(header.buffer).getUint16(18, true), machine, name);
      assert.equal(files.find((one) => one.name === name)?.hashes[0]?.content, sums.get(name));
    }
    const libraries = sbom.components.filter(({ name }) => !name.startsWith("denort"));
    assert(libraries.length >= 2 && libraries.length <= Object.keys(imports).length + 5);
    for (const { name, licenses } of libraries) {
      assert.match(licenses?.[0]?.license.id ?? "", /^[A-Za-z0-9.-]+$/, `licence of ${name}`);
    }

    const here = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
    const { stdout } = await new Deno.Command(
      `${folder}/curvine-fluid-${version}-linux-${here}`,
      { args: ["version"] },
    ).output();
    assert(new TextDecoder().decode(stdout).includes(version));
  },
});
