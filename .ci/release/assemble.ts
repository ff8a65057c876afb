import { runCommand } from "../compile/run_command.ts";
import { notesOf } from "./notes.ts";
import { importedPackages, type Lock, sbomOf, type SbomParts } from "./sbom.ts";

/** What a release is put together from. */
export interface ReleaseParts {
  /** The repository. */
  readonly root: string;
  /** The folder that gets it; what was in it goes. */
  readonly out: string;
  /** The compiled executables by processor. */
  readonly executables: Readonly<Record<string, string>>;
  readonly runtime: SbomParts["runtime"];
  /** Licences by `name@version`. */
  readonly licences: Readonly<Record<string, string>>;
  /** Seconds since 1970: what the files of archives say of their time. */
  readonly time: number;
}

/**
 * Makes all of a release but images: the executables under their public names, their SBOM, the
 * manifests, the notes, and the checksums of all of it.
 *
 * @returns the names of the files, sorted
 * @throws when the changelog or the manifests speak of another version
 */
export async function assemble(parts: ReleaseParts): Promise<string[]> {
  const { root, out, time } = parts;
  const { version, imports } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const notes = notesOf(await Deno.readTextFile(`${root}/CHANGELOG.md`), version);
  await checkManifests(`${root}/manifests`, version);
  await Deno.remove(out, { recursive: true }).catch(() => {});
  await Deno.mkdir(out, { recursive: true });
  const executables = [];
  for (const [arch, path] of Object.entries(parts.executables)) {
    const name = `curvine-fluid-${version}-linux-${arch}`;
    await Deno.copyFile(path, `${out}/${name}`);
    await Deno.chmod(`${out}/${name}`, 0o755);
    executables.push({ name, sha256: await sha256Of(`${out}/${name}`) });
  }
  const sources = [`${root}/main.ts`, ...await modules(`${root}/lib`)];
  const sbom = sbomOf({
    version,
    time,
    lock: JSON.parse(await Deno.readTextFile(`${root}/deno.lock`)) as Lock,
    imported: importedPackages(await Promise.all(sources.map((path) => read(path))), imports),
    licences: parts.licences,
    runtime: parts.runtime,
    executables,
  });
  const base = `${out}/curvine-fluid-${version}`;
  await Deno.writeTextFile(`${base}.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
  await Deno.writeTextFile(`${out}/NOTES.md`, notes);
  await pack(root, "manifests", `${base}-manifests.tar.gz`, time);
  return await writeChecksums(out);
}

/** Writes `SHA256SUMS` for all that is in a folder. @returns their names, itself included */
export async function writeChecksums(folder: string): Promise<string[]> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name !== "SHA256SUMS").sort();
  const lines = await Promise.all(
    names.map(async (name) => `${await sha256Of(`${folder}/${name}`)}  ${name}\n`),
  );
  await Deno.writeTextFile(`${folder}/SHA256SUMS`, lines.join(""));
  return ["SHA256SUMS", ...names];
}

/** The same files give the same bytes: neither owner, order nor time of this machine is in them. */
async function pack(root: string, folder: string, to: string, time: number): Promise<void> {
  const outcome = await runCommand([
    "tar",
    "--create",
    `--file=${to}`,
    "--use-compress-program=gzip -9n",
    "--sort=name",
    `--mtime=@${time}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mode=u=rwX,go=rX",
    `--directory=${root}`,
    folder,
  ]);
  if (!outcome.ok) throw new Error(`Cannot pack ${folder} into ${to}: ${outcome.reason}`);
}

/** Manifests that name another image would install another version. */
async function checkManifests(folder: string, version: string): Promise<void> {
  let count = 0;
  const wrong: string[] = [];
  for (const path of await filesBelow(folder, ".yaml")) {
    const text = await read(path);
    const named = /\/curvine-fluid(?::(\S+)|\s+imageTag: (\S+))/g;
    for (const [, short, tag] of text.matchAll(named)) {
      count++;
      if ((short ?? tag) !== version) wrong.push(`${path} names ${short ?? tag}`);
    }
  }
  if (count === 0) wrong.push(`no manifest in ${folder} names our image`);
  if (wrong.length > 0) {
    throw new RangeError(`Wanted manifests of ${version}, but ${wrong.join("; ")}`);
  }
}

function modules(folder: string): Promise<string[]> {
  return filesBelow(folder, ".ts");
}

async function filesBelow(folder: string, end: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await filesBelow(`${folder}/${name}`, end));
    else if (name.endsWith(end)) found.push(`${folder}/${name}`);
  }
  return found;
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(path);
}

async function sha256Of(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}
