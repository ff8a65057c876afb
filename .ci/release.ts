/**
 * `deno task release`: makes in `dist/release` what is published of a version. That is an executable
 * for each processor, their SBOM (CycloneDX), the manifests that name this version's image, the notes
 * of the changelog, and `SHA256SUMS`; with `--images`, and docker or buildah on this machine, also an
 * OCI archive of the image for each processor. The same commit gives the same bytes; it publishes
 * nothing itself.
 */
import { RUNTIME_VERSION, RUNTIMES } from "./compile/base_runtime.ts";
import { fail, runCommand, say } from "./compile/run_command.ts";
import { assemble, writeChecksums } from "./release/assemble.ts";
import { imageCommands, type ImageTool } from "./release/image_command.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const out = `${root}/dist/release`;
const ARCHES = ["amd64", "arm64"] as const;

const unknown = Deno.args.filter((arg) => arg !== "--images" && arg !== "--dirty");
if (unknown.length > 0) {
  fail(`Cannot release with "${unknown.join(" ")}": want --images or --dirty`);
}
const changed = await output(["git", "status", "--porcelain"]);
if (changed !== "" && !Deno.args.includes("--dirty")) {
  fail(`Cannot release what is not committed (--dirty tries it out):\n${changed}`);
}
const revision = await output(["git", "rev-parse", "HEAD"]);
const time = Number(
  Deno.env.get("SOURCE_DATE_EPOCH") ?? await output(["git", "log", "-1", "--format=%ct"]),
);
if (!Number.isSafeInteger(time)) fail(`SOURCE_DATE_EPOCH is "${time}": want seconds since 1970`);

const { version } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
const executables: Record<string, string> = {};
for (const arch of ARCHES) {
  const file = `dist/curvine-fluid-${version}-${arch}`;
  await must([
    Deno.execPath(),
    ...["run", "--allow-all", ".ci/compile.ts", "--arch", arch, "--output", file],
  ]);
  executables[arch] = file;
}
const names = await assemble({
  root,
  out,
  executables,
  runtime: {
    version: RUNTIME_VERSION,
    sha256: Object.fromEntries(ARCHES.map((arch) => [arch, RUNTIMES[arch].sha256])),
  },
  licences: await licences(),
  time,
}).catch((error) => fail(`Cannot release ${version}: ${error.message}`));
if (Deno.args.includes("--images")) {
  const tool = await imageTool();
  for (const arch of ARCHES) {
    const archive = `${out}/curvine-fluid-${version}-linux-${arch}.oci.tar`;
    const prebuilt = executables[arch] ?? "";
    const wish = { arch, version, revision, prebuilt, archive, time };
    for (const command of imageCommands(tool, wish)) await must(command);
  }
  names.splice(0, Infinity, ...await writeChecksums(out));
}
say(`Release ${version} of ${revision.slice(0, 12)} in ${out}:`);
for (const name of names) say(`  ${name}`);

/** Of the packages in Deno's cache, by `name@version`. */
async function licences(): Promise<Record<string, string>> {
  const { npmCache } = JSON.parse(await output([Deno.execPath(), "info", "--json"]));
  const lock = JSON.parse(await Deno.readTextFile(`${root}/deno.lock`));
  const found: Record<string, string> = {};
  for (const key of Object.keys(lock.npm)) {
    const id = key.replace(/_.*$/, "");
    const at = id.lastIndexOf("@");
    const folder = `registry.npmjs.org/${id.slice(0, at)}/${id.slice(at + 1)}`;
    const text = await Deno.readTextFile(`${npmCache}/${folder}/package.json`).catch(() => "{}");
    const { license } = JSON.parse(text);
    if (typeof license === "string") found[id] = license;
  }
  return found;
}

async function imageTool(): Promise<ImageTool> {
  for (const tool of ["docker", "buildah"] as const) {
    if ((await runCommand([tool, "--version"]).catch(() => undefined))?.ok) return tool;
  }
  return fail("Cannot build images: there is neither docker nor buildah");
}

async function must(command: readonly string[]): Promise<void> {
  const [program = "", ...args] = command;
  const { success, code } = await new Deno.Command(program, { args, cwd: root }).spawn().status;
  if (!success) fail(`Cannot release: "${command.join(" ")}" ended with ${code}`);
}

async function output(command: readonly string[]): Promise<string> {
  const [program = "", ...args] = command;
  const { success, stdout } = await new Deno.Command(program, { args, cwd: root }).output();
  if (!success) fail(`Cannot release: "${command.join(" ")}" failed`);
  return new TextDecoder().decode(stdout).trim();
}
