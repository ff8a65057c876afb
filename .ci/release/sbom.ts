/** What deno.lock says of npm's packages, as far as it is read here. */
export interface Lock {
  readonly npm?: Readonly<
    Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>
  >;
}

/** What an SBOM is made of. */
export interface SbomParts {
  readonly version: string;
  /** Seconds since 1970: the time of what is released, not of the release. */
  readonly time: number;
  readonly lock: Lock;
  /** The packages that the executable imports itself, by name. */
  readonly imported: readonly string[];
  /** Licences by `name@version`, as far as they are known. */
  readonly licences: Readonly<Record<string, string>>;
  /** The base runtime's bytes, by processor. */
  readonly runtime: { readonly version: string; readonly sha256: Readonly<Record<string, string>> };
  /** The files that it speaks of. */
  readonly executables: readonly { readonly name: string; readonly sha256: string }[];
}

interface Package {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly dependencies: readonly string[];
}

/**
 * The software bill of materials of the executables, in CycloneDX 1.5: each file with its checksum,
 * the base runtime of Deno in it, and every package of npm that was bundled, with those that they
 * need. Packages that only tests use are not in the executables, and not in it.
 *
 * @throws {RangeError} when an imported package is not in the lock file
 */
export function sbomOf(parts: SbomParts): Record<string, unknown> {
  const { version, runtime, executables } = parts;
  const packages = bundled(parts);
  const own = `pkg:generic/curvine-fluid@${version}`;
  const runtimes = Object.entries(runtime.sha256).map(([arch, content]) => ({
    type: "platform",
    "bom-ref": `denort-${arch}`,
    name: `denort (${arch})`,
    version: runtime.version,
    licenses: [{ license: { id: "MIT" } }],
    purl: `pkg:github/denoland/deno@v${runtime.version}`,
    hashes: [{ alg: "SHA-256", content }],
  }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      timestamp: new Date(parts.time * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": own,
        name: "curvine-fluid",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: own,
        components: executables.map(({ name, sha256 }) => ({
          type: "file",
          name,
          hashes: [{ alg: "SHA-256", content: sha256 }],
        })),
      },
    },
    components: [
      ...runtimes,
      ...packages.map((one) => ({
        type: "library",
        "bom-ref": purlOf(one),
        name: one.name,
        version: one.version,
        ...(parts.licences[one.id] === undefined
          ? {}
          : { licenses: [{ license: { id: parts.licences[one.id] } }] }),
        purl: purlOf(one),
        hashes: [{ alg: "SHA-512", content: hexOf(one) }],
      })),
    ],
    dependencies: [
      {
        ref: own,
        dependsOn: [
          ...runtimes.map((one) => one["bom-ref"]),
          ...packages.filter(({ name }) => parts.imported.includes(name)).map(purlOf),
        ],
      },
      ...packages.map((one) => ({
        ref: purlOf(one),
        dependsOn: packages.filter(({ name }) => one.dependencies.includes(name)).map(purlOf),
      })),
    ],
  };
}

/** The imported packages and all that they need, by name. */
function bundled({ lock, imported }: SbomParts): Package[] {
  const all = Object.entries(lock.npm ?? {}).map(([key, { integrity = "", dependencies = [] }]) => {
    // `a@1.0.0_b@2.0.0`: with b as a peer.
    const id = key.replace(/_.*$/, "");
    const at = id.lastIndexOf("@");
    const names = dependencies.map((one) => one.replace(/(?<=.)@.*$/, ""));
    return { id, name: id.slice(0, at), version: id.slice(at + 1), integrity, dependencies: names };
  });
  const found = new Map<string, Package>();
  const take = (name: string): void => {
    const known = all.filter((one) => one.name === name);
    if (known.length === 0) {
      throw new RangeError(`deno.lock does not have "${name}", which the executable imports`);
    }
    for (const one of known) {
      if (found.has(one.id)) continue;
      found.set(one.id, one);
      one.dependencies.forEach(take);
    }
  };
  imported.forEach(take);
  return [...found.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

function purlOf({ name, version }: Package): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** npm's `sha512-…` in base 64, as CycloneDX has it. */
function hexOf({ id, integrity }: Package): string {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new RangeError(`deno.lock has no SHA-512 of ${id}`);
  return Uint8Array.fromBase64(base64).toHex();
}

/**
 * The packages that modules import by the names of an import map.
 *
 * @param imports deno.json's, such as `{ "zod/mini": "npm:zod@4.6.7/mini" }`
 */
export function importedPackages(
  sources: readonly string[],
  imports: Readonly<Record<string, string>>,
): string[] {
  const found = new Set<string>();
  for (const [name, target] of Object.entries(imports)) {
    const isUsed = sources.some((text) => text.includes(`"${name}"`));
    const [, of] = /^npm:((?:@[^/@]+\/)?[^/@]+)/.exec(target) ?? [];
    if (isUsed && of !== undefined) found.add(of);
  }
  return [...found].sort();
}
