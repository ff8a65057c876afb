import assert from "node:assert/strict";
import { imageCommands } from "../../../.ci/release/image_command.ts";
import { notesOf } from "../../../.ci/release/notes.ts";
import { importedPackages, sbomOf, type SbomParts } from "../../../.ci/release/sbom.ts";

const SHA512 = `sha512-${new Uint8Array(64).fill(0xab).toBase64()}`;

const PARTS: SbomParts = {
  version: "1.2.3",
  time: 1_700_000_000,
  lock: {
    npm: {
      "@scope/a@1.0.0_peer@3.0.0": { integrity: SHA512, dependencies: ["b"] },
      "b@2.0.0": { integrity: SHA512 },
      "only-tests@9.0.0": { integrity: SHA512 },
    },
  },
  imported: ["@scope/a"],
  licences: { "b@2.0.0": "MIT" },
  runtime: { version: "2.6.10", sha256: { amd64: "aa", arm64: "bb" } },
  executables: [{ name: "curvine-fluid-1.2.3-linux-amd64", sha256: "cc" }],
};

interface Sbom {
  readonly metadata: { readonly timestamp: string };
  readonly components: readonly { readonly name: string; readonly purl: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: string[] }[];
}

Deno.test("the SBOM has what is in the executables, and what that needs, and nothing of the tests", () => {
  const sbom = sbomOf(PARTS) as unknown as Sbom;
  assert.deepEqual(sbom.components.map(({ name }) => name), [
    "denort (amd64)",
    "denort (arm64)",
    "@scope/a",
    "b",
  ]);
  assert.equal(sbom.components[2]?.purl, "pkg:npm/%40scope/a@1.0.0");
  assert.deepEqual(sbom.components[3], {
    type: "library",
    "bom-ref": "pkg:npm/b@2.0.0",
    name: "b",
    version: "2.0.0",
    licenses: [{ license: { id: "MIT" } }],
    purl: "pkg:npm/b@2.0.0",
    hashes: [{ alg: "SHA-512", content: "ab".repeat(64) }],
  });
  assert.deepEqual(sbom.dependencies, [
    {
      ref: "pkg:generic/curvine-fluid@1.2.3",
      dependsOn: ["denort-amd64", "denort-arm64", "pkg:npm/%40scope/a@1.0.0"],
    },
    { ref: "pkg:npm/%40scope/a@1.0.0", dependsOn: ["pkg:npm/b@2.0.0"] },
    { ref: "pkg:npm/b@2.0.0", dependsOn: [] },
  ]);
  assert.equal(sbom.metadata.timestamp, "2023-11-14T22:13:20.000Z");
});

Deno.test("a package that is imported but not locked makes no SBOM", () => {
  assert.throws(() => sbomOf({ ...PARTS, imported: ["c"] }), /does not have "c"/);
  const lock = { npm: { "a@1.0.0": { integrity: "sha1-x" } } };
  assert.throws(() => sbomOf({ ...PARTS, lock, imported: ["a"] }), /no SHA-512 of a@1.0.0/);
});

Deno.test("imported packages are those that a source names, by the import map", () => {
  const imports = { "zod/mini": "npm:zod@4.6.7/mini", "x": "npm:@s/x@1.0.0", "y": "npm:y@1.0.0" };
  const sources = ['import * as z from "zod/mini";', `await import(${JSON.stringify("x")})`];
  assert.deepEqual(importedPackages(sources, imports), ["@s/x", "zod"]);
});

Deno.test("the notes are the changelog's section of that version, without its links", () => {
  const changelog = "# C\n\n## [Unreleased]\n\n- new\n\n## [1.0.0] - 2026-01-01\n\n- old\n\n" +
    "[1.0.0]: https://example.com\n";
  assert.equal(notesOf(changelog, "1.0.0"), "- old\n");
  assert.throws(() => notesOf(changelog, "1.0"), /says nothing of "1.0"/);
  assert.throws(() => notesOf("# C\n\n## [2.0.0]\n", "2.0.0"), /says nothing of "2.0.0"/);
});

Deno.test("an image is built around the executable that was compiled, by docker or buildah", () => {
  const wish = {
    arch: "arm64",
    version: "1.2.3",
    revision: "abc",
    prebuilt: "dist/curvine-fluid-1.2.3-arm64",
    archive: "/out/a.oci.tar",
    time: 7,
  };
  const [docker = []] = imageCommands("docker", wish);
  const [bud = [], push = []] = imageCommands("buildah", wish);
  for (const command of [docker, bud]) {
    assert(command.includes("--platform=linux/arm64"));
    assert(command.includes("PREBUILT=dist/curvine-fluid-1.2.3-arm64"));
    assert(command.includes("EXECUTABLE=executable-prebuilt"));
    assert(command.includes("VERSION=1.2.3") && command.includes("REVISION=abc"));
  }
  assert(docker.includes("--output=type=oci,dest=/out/a.oci.tar"));
  assert.deepEqual(push.slice(2), [
    "curvine-fluid:1.2.3-arm64",
    "oci-archive:/out/a.oci.tar:curvine-fluid:1.2.3-arm64",
  ]);
});
