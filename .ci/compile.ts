/**
 * Builds `dist/curvine-fluid`: bundle and minify `main.ts`, link the bundle into packs, record what
 * V8 makes of them, and put all of it behind a Deno base runtime.
 *
 * `--arch amd64|arm64` (the names that container builds use) compiles for another processor than
 * this machine's; that needs Deno's own host (see `compile/base_runtime.ts`). V8's code is made by
 * running the packs, so that there are none then: the bundle goes in as it is. `--floor` compiles
 * an empty program too, as `dist/floor`: what the benches measure us against.
 */
import { Script } from "node:vm";
import { BaseRuntime } from "./compile/base_runtime.ts";
import { type Files, layOut } from "./compile/lay_out.ts";
import { asExpression, linkChunks, type PackPlan } from "./compile/link_chunks.ts";
import { recordCode } from "./compile/record.ts";
import { fail, runCommand, say, sha256 } from "./compile/run_command.ts";

/** What `deno compile --target` calls the processors that container builds name. */
const TARGETS: Readonly<Record<string, string>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/**
 * What must start quickly, split by what is needed together. What comes after the daemon's start is
 * compressed, as is all the rest, `check`'s reader of YAML apart from it. `health` and the small
 * tools are quick enough without code; it is three times as large as its text.
 */
const PACKS: readonly PackPlan[] = [
  { name: "cli", entries: ["host", "dispatch"] },
  { name: "run", entries: ["run"], after: ["cli"] },
  {
    name: "supervise",
    entries: ["supervise_plan"],
    after: ["cli", "run"],
    form: "compressed",
  },
  { name: "toml", entries: ["read_toml"], after: ["cli", "run"] },
  { name: "health", entries: ["health"], after: ["cli"], form: "text" },
  { name: "manifests", entries: ["check_manifests"], after: ["cli", "run"], form: "compressed" },
  {
    name: "small",
    entries: ["version", "uname", "sleep", "probe", "ask_mount"],
    after: ["cli"],
    form: "text",
  },
];

/**
 * Flags of V8 that pay (tests/bench/RESULTS.md). `--jitless`: nothing of ours runs often enough to
 * be worth machine code; without the machinery for it a start is quicker by half a millisecond, and
 * no memory of a privileged PID 1 is both writable and executable.
 */
const V8_FLAGS = ["--jitless"];

/**
 * Packs save 6 to 8 ms. Deno 2.4 has node:vm, which opens them, in its snapshot; later ones compile
 * it and what it needs when it is first loaded (denoland/deno#34450), for longer than that.
 */
const MOST_VM_MS = 3;

const root = new URL("..", import.meta.url).pathname;
const dist = `${root}dist`;
const { version } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
const target = targetOf(Deno.args.filter((arg) => arg !== "--floor"));
const runtime = new BaseRuntime(target);

const chunks = await bundle("main.ts", "--code-splitting");
const files = target === Deno.build.target ? await packed(chunks) : chunks;
await compile("curvine-fluid", files, V8_FLAGS);
// Without flags: as an empty program is compiled.
if (Deno.args.includes("--floor")) await compile("floor", new Map([["main.js", ""]]), []);

/** The chunks as packs with their code; as they are where packs would not pay. */
async function packed(chunks: ReadonlyMap<string, string>): Promise<Files> {
  const linked = linkChunks(chunks, PACKS);
  // Most packs are opened by no start: what could not be, such as one with a top-level await, must
  // not first be found out in a container.
  for (const { name, script } of linked.packs) new Script(script, { filename: name });
  const loader = asExpression("pack_loader.ts", await bundleOne(".ci/compile/pack_loader.ts"));
  const recorder = asExpression("record_code.ts", await bundleOne(".ci/compile/record_code.ts"));
  const path = `${dist}/recorder`;
  await lay(path, layOut(linked, loader, recorder));
  await runtime.compile(path, `${path}.bin`, V8_FLAGS);
  try {
    const kept = linked.packs.filter(({ form }) => form === "code");
    const { code, vmMs } = await recordCode(`${path}.bin`, kept.map(({ name }) => name));
    if (vmMs < MOST_VM_MS) return layOut(linked, loader, code);
    say(`Without packs: this base runtime takes ${vmMs} ms to load node:vm, which opens them.`);
    return chunks;
  } finally {
    await Deno.remove(`${path}.bin`);
  }
}

async function compile(name: string, files: Files, v8Flags: readonly string[]): Promise<void> {
  await lay(`${dist}/${name}.files`, files);
  await runtime.compile(`${dist}/${name}.files`, `${dist}/${name}`, v8Flags);
  const { size } = await Deno.stat(`${dist}/${name}`);
  say(`Compiled dist/${name} ${version} with ${runtime.origin}`);
  say(`  ${(size / 1024 / 1024).toFixed(1)} MiB, sha256 ${await sha256(`${dist}/${name}`)}`);
}

async function lay(folder: string, files: Files): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, content] of files) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

/** Bundles a module with all that it imports. @returns the files by name */
async function bundle(module: string, ...flags: string[]): Promise<Map<string, string>> {
  const folder = `${dist}/bundle`;
  await lay(folder, new Map());
  const made = await runCommand([
    Deno.execPath(),
    "bundle",
    "--minify",
    "--platform=deno",
    ...flags,
    `--outdir=${folder}`,
    `${root}${module}`,
  ], { cwd: root });
  if (!made.ok) fail(`Cannot bundle ${module}: ${made.reason}`);
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    // The version is stamped here, so that the executable need not carry deno.json.
    files.set(name, text.replaceAll("0.0.0-source", version));
  }
  return files;
}

async function bundleOne(module: string): Promise<string> {
  return [...(await bundle(module)).values()].join("");
}

function targetOf(args: readonly string[]): string {
  if (args.length === 0) return Deno.build.target;
  const [flag, arch = ""] = args;
  const found = flag === "--arch" ? TARGETS[arch] : undefined;
  if (found === undefined) {
    fail(`Cannot compile for "${args.join(" ")}": want --floor or --arch amd64|arm64`);
  }
  return found;
}
