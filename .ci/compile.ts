/**
 * Builds `dist/curvine-fluid`: bundle and minify `main.ts`, and put the bundle behind Deno's base
 * runtime. The same commit gives the same bytes, wherever and whenever it is built: one version of
 * Deno bundles and compiles, the base runtime is pinned, and every time that is written down is
 * `SOURCE_DATE_EPOCH` (seconds since 1970; 0 where it is not set).
 *
 * `--arch amd64|arm64` (the names that container builds use) compiles for that processor; another
 * one than this machine's goes to `dist/curvine-fluid-ARCH`. `--output FILE` names the executable.
 * `--floor` compiles an empty program too, as `dist/floor`: what the benches measure us against.
 */
import { parseArgs } from "node:util";
import { type Arch, baseRuntime, RUNTIMES } from "./compile/base_runtime.ts";
import { nameChunks } from "./compile/name_chunks.ts";
import { fail, runCommand, say, sha256 } from "./compile/run_command.ts";
import { joined, LATER, wrap } from "./compile/start_script.ts";
import { PLACES_UNKNOWN } from "../lib/dispatch/start_places.ts";

/**
 * The release of Deno that bundles and compiles. Npm has no 2.6.10, whose base runtime we take; what
 * an executable carries behind it is the same in all of 2.6.
 */
const COMPILER_VERSION = "2.6.8";

/**
 * All of them: it reads `/proc` (its own name, the mount table, its children) and `/sys` (FUSE
 * connections), calls libc and starts what it is told to. Deno lets nobody with fewer rights read
 * `/proc`. It imports no code at run time.
 */
const PERMISSIONS = ["--allow-all", "--no-prompt"];

/**
 * Flags of V8 that pay (tests/bench/RESULTS.md). `--jitless`: nothing of ours runs often enough to
 * be worth machine code; without the machinery for it a start is quicker by milliseconds, and no
 * memory of a privileged PID 1 is both writable and executable. `--single-threaded`: to wake threads
 * that help to collect so little garbage takes longer than to collect it. The last, in MiB: with half
 * of it, V8's default, garbage is collected twice before the daemon runs, and then there is as much
 * anyway.
 */
const V8_FLAGS = ["--jitless", "--single-threaded", "--min-semi-space-size=2"];

/**
 * Of a package with two builds the one of ES modules: `yaml` for node asks for node's modules by
 * `require`, which a bundle has not.
 */
const BUNDLE = ["bundle", "--minify", "--platform=browser"];

/** What is bundled of a package: of this one its parser, without what formats and edits. */
const PARTS: Readonly<Record<string, string>> = { "jsonc-parser": "/lib/esm/impl/parser.js" };

/** All behind the listeners for signals, and as much of it as a start needs. */
const PROGRAM = "lib/dispatch/start.ts";
const RUN = "lib/dispatch/start_run.ts";
/** One file each, for every further one costs a third of a millisecond. */
const ALONE = { "probe.js": "lib/dispatch/start_probe.ts", "ask.js": "lib/dispatch/start_ask.ts" };

/** What neither these nor a start's script have in them. */
const LEFT = external(LATER);

const root = new URL("..", import.meta.url).pathname;
const dist = `${root}dist`;
const here: Arch = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
const { arch, output, floor } = options();
const { version, imports } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
const time = sourceTime();
const runtime = await baseRuntime(arch, cacheFolder()).catch((error) => fail(error.message));

const bundled = `${dist}/bundle/${arch}`;
const importMap = await writeImportMap(`${dist}/imports.json`);
await bundle(bundled);
await compile(bundled, output, V8_FLAGS, await addStart(`${bundled}/main.js`));
await report(output);
if (floor) {
  await emptyFolder(`${dist}/empty`);
  await Deno.writeTextFile(`${dist}/empty/main.js`, "");
  // Without flags: as an empty program is compiled.
  await compile(`${dist}/empty`, `${dist}/floor`, []);
  await report(`${dist}/floor`);
}

/** Writes where a bundle's packages come from. @returns the flag that tells the bundler */
async function writeImportMap(file: string): Promise<string> {
  const parts = Object.entries(PARTS).map(([name, part]) => [name, imports[name] + part]);
  const map = { imports: { ...imports, ...Object.fromEntries(parts) } };
  await Deno.mkdir(dist, { recursive: true });
  await Deno.writeTextFile(file, JSON.stringify(map));
  return `--import-map=${file}`;
}

/** Bundles `main.ts`, and the program with all that it imports: what is loaded later stays apart. */
async function bundle(folder: string): Promise<void> {
  await emptyFolder(folder);
  const alone = Object.entries(ALONE);
  const later = external([PROGRAM, ...Object.values(ALONE)].map((path) => `./${path}`));
  await Promise.all([
    deno(root, [...BUNDLE, importMap, "--code-splitting", `--outdir=${folder}`, PROGRAM]),
    deno(root, [...BUNDLE, ...later, `--output=${folder}/main.js`, "main.ts"]),
    ...alone.map(([name, path]) =>
      deno(root, [...BUNDLE, importMap, ...LEFT, `--output=${folder}/${name}`, path])
    ),
  ]);
  const files = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    // The version is stamped here, so that the executable need not carry deno.json.
    let stamped = text.replaceAll("0.0.0-source", version).replace(PROGRAM, "start.js");
    for (const [file, path] of alone) stamped = stamped.replace(path, file);
    files.set(name, stamped);
  }
  await emptyFolder(folder);
  for (const [name, text] of nameChunks(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
}

/**
 * Puts the script of a start, and V8's code of it, behind the base runtime: what is compiled in is
 * read into memory and copied at every start, a health probe's too. In V8's code the addresses and
 * instructions are none of a processor's. Yet it takes the base runtime to make it: only amd64's
 * runs on the machines that build, and an executable must not differ by where it was built.
 *
 * @param main what opens it, where the places are written down
 * @returns the path of what to compile with
 */
async function addStart(main: string): Promise<string> {
  if (arch !== "amd64" || here !== "amd64") return runtime;
  const folder = `${dist}/start`;
  await emptyFolder(folder);
  const [script, recorder] = [`${folder}/start.cjs`, `${folder}/record/main.js`];
  await Promise.all([
    deno(root, [...BUNDLE, importMap, "--format=cjs", ...LEFT, `--output=${script}`, RUN]),
    deno(root, [...BUNDLE, `--output=${recorder}`, ".ci/compile/record_start.ts"]),
  ]);
  const text = (await Deno.readTextFile(script)).replaceAll("0.0.0-source", version);
  await Deno.writeTextFile(script, wrap(text));
  await compile(`${folder}/record`, `${folder}/recorder`, V8_FLAGS);
  const codes = ["server", "start"].map((name) => `${folder}/${name}.code`);
  const outcome = await runCommand([`${folder}/recorder`, script, ...codes]);
  if (!outcome.ok) fail(`Cannot have V8 compile ${script}: ${outcome.reason}`);
  const parts = await Promise.all([runtime, script, ...codes].map((path) => Deno.readFile(path)));
  const { bytes, places } = joined(parts);
  await Deno.writeFile(`${folder}/runtime`, bytes, { mode: 0o755 });
  const opens = await Deno.readTextFile(main);
  if (!opens.includes(PLACES_UNKNOWN)) fail(`Cannot write into ${main} where its parts are`);
  await Deno.writeTextFile(main, opens.replaceAll(PLACES_UNKNOWN, places.slice(1).join()));
  return `${folder}/runtime`;
}

/** The flags by which a bundle goes without what these names import. */
function external(names: readonly string[]): string[] {
  return names.map((name) => `--external=${name}`);
}

/** Makes an executable of a folder whose beginning is its `main.js`. */
async function compile(
  folder: string,
  to: string,
  v8Flags: readonly string[],
  runtimeFile: string = runtime,
): Promise<void> {
  for (const { name } of Deno.readDirSync(folder)) {
    await Deno.utime(`${folder}/${name}`, time, time);
  }
  await Deno.utime(folder, time, time);
  // The executable knows by which name it was made.
  const stage = await Deno.makeTempDir({ dir: dist });
  await deno(folder, [
    "compile",
    ...PERMISSIONS,
    `--target=${RUNTIMES[arch].target}`,
    ...v8Flags.length > 0 ? [`--v8-flags=${v8Flags.join(",")}`] : [],
    "--no-check",
    // Inside this folder there is no deno.json whose npm packages would be embedded.
    "--no-config",
    "--no-lock",
    // It lies in a folder that is empty whenever a container starts.
    "--no-code-cache",
    "--include=.",
    `--output=${stage}/curvine-fluid`,
    "main.js",
  ], runtimeFile);
  await Deno.rename(`${stage}/curvine-fluid`, to);
  await Deno.remove(stage);
}

/** Says what was made. */
async function report(to: string): Promise<void> {
  const bytes = await Deno.readFile(to);
  const name = to.startsWith(root) ? to.slice(root.length) : to;
  say(`Compiled ${name} ${version} for ${arch} with Deno ${COMPILER_VERSION}`);
  say(`  ${(bytes.length / 2 ** 20).toFixed(1)} MiB, sha256 ${await sha256(bytes)}`);
}

/** Runs the Deno that compiles: this one, if it is the right one. */
async function deno(cwd: string, args: readonly string[], base: string = runtime): Promise<void> {
  const command = Deno.version.deno === COMPILER_VERSION
    ? [Deno.execPath()]
    : ["npx", "-y", `deno@${COMPILER_VERSION}`];
  const env = { DENORT_BIN: base, DENO_TLS_CA_STORE: "system", DENO_NO_UPDATE_CHECK: "1" };
  const outcome = await runCommand([...command, ...args], { cwd, env });
  if (!outcome.ok) fail(`Cannot ${args[0]} with Deno ${COMPILER_VERSION}: ${outcome.reason}`);
}

async function emptyFolder(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
}

function options(): { arch: Arch; output: string; floor: boolean } {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        arch: { type: "string", default: here },
        output: { type: "string" },
        floor: { type: "boolean", default: false },
      },
    });
    const { arch, floor } = values;
    if (arch !== "amd64" && arch !== "arm64") throw new Error(`--arch "${arch}" is neither`);
    const name = arch === here ? "curvine-fluid" : `curvine-fluid-${arch}`;
    return { arch, output: values.output ?? `${dist}/${name}`, floor };
  } catch (error) {
    fail(
      `Cannot compile: ${(error as Error).message}; ` +
        "want --arch amd64|arm64, --output FILE, --floor, or nothing",
    );
  }
}

function sourceTime(): number {
  const text = Deno.env.get("SOURCE_DATE_EPOCH") ?? "0";
  if (!/^\d{1,11}$/.test(text)) {
    fail(`Cannot compile: SOURCE_DATE_EPOCH is "${text}", want seconds since 1970`);
  }
  return Number(text);
}

/** The user's cache; where there is no home, the folder that is built in. */
function cacheFolder(): string {
  const home = Deno.env.get("HOME");
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? (home === undefined ? dist : `${home}/.cache`);
  return `${cache}/curvine-fluid`;
}
