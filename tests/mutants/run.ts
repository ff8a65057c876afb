/**
 * `deno task mutants`: makes random small mistakes in the pure modules and in the supervisor, one at
 * a time, and tells which of them no unit test notices. `--count N` (100), `--seed N` (1; the same
 * seed picks the same mutants of the same code), `--only TEXT` for those whose place, such as
 * `lib/mount/clear.ts:20`, has that in it (it may be given again), `--floor N` ends with 1 when fewer
 * than so many in a hundred are noticed.
 *
 * The mistakes are made in a copy of the repository. A mutant is tried with the tests that reach its
 * module by imports, those that import it themselves first.
 */
import { parseArgs } from "node:util";
import { mutate, type Site, sitesOf } from "./sites.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Folders of lib whose modules are looked at, unless they touch the system. */
const FOLDERS = ["cli", "mount", "observe", "operate", "plan", "supervise", "text", "tools"];

/** Who runs on for so long has noticed, after its own fashion: it waits for what never comes. */
const LIMIT_MS = 90_000;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    only: { type: "string", multiple: true, default: [""] },
    floor: { type: "string", default: "0" },
  },
});
const [count, seed, floor] = [values.count, values.seed, values.floor].map(Number);
const { only } = values;

interface Mutant {
  readonly path: string;
  readonly source: string;
  readonly site: Site;
}

const modules = new Map<string, string>();
for (const path of FOLDERS.flatMap((name) => filesOf(`lib/${name}`))) {
  const source = Deno.readTextFileSync(ROOT + path);
  const isPure = !/(?:from|import\()\s*"(?:\.\.\/)+system\//.test(source);
  if (isPure || path.startsWith("lib/supervise/")) modules.set(path, source);
}
const all: Mutant[] = [...modules].flatMap(([path, source]) =>
  sitesOf(source).map((site) => ({ path, source, site }))
).filter((mutant) => only.some((text) => placeOf(mutant).includes(text)));
const tests = filesOf("tests/unit").filter((path) => path.endsWith("_test.ts"));
const copy = Deno.makeTempDirSync({ prefix: "mutants-" });
const survivors: string[] = [];
try {
  await run("cp", ["-r", ...filesToCopy(), copy]);
  const picked = pick(all, count ?? 100, random(seed ?? 1));
  say(
    `${picked.length} of ${all.length} possible mutants of ${modules.size} modules, seed ${seed}`,
  );
  for (const mutant of picked) {
    const caught = await isCaught(mutant);
    const line = describe(mutant);
    say(`${caught ? "caught  " : "SURVIVED"} ${line}`);
    if (!caught) survivors.push(line);
  }
  const caught = picked.length - survivors.length;
  say(`${caught} of ${picked.length} caught${survivors.length === 0 ? "" : "; survivors:"}`);
  for (const line of survivors) say(`  ${line}`);
  if (caught * 100 < (floor ?? 0) * picked.length) Deno.exitCode = 1;
} finally {
  Deno.removeSync(copy, { recursive: true });
}

async function isCaught({ path, source, site }: Mutant): Promise<boolean> {
  Deno.writeTextFileSync(`${copy}/${path}`, mutate(source, site));
  try {
    const near = tests.filter((test) => references(test).includes(path));
    const far = tests.filter((test) => !near.includes(test) && reach(test).has(path));
    for (const group of [near, far]) {
      if (group.length > 0 && !await passes(group)) return true;
    }
    return false;
  } finally {
    Deno.writeTextFileSync(`${copy}/${path}`, source);
  }
}

async function passes(group: readonly string[]): Promise<boolean> {
  const args = ["test", "--no-check", "--allow-all", "--fail-fast", "--quiet", ...group];
  const signal = AbortSignal.timeout(LIMIT_MS);
  const command = { args, cwd: copy, signal, stdout: "null", stderr: "null" } as const;
  return (await new Deno.Command(Deno.execPath(), command).output()).success;
}

function placeOf({ path, source, site }: Mutant): string {
  return `${path}:${lineOf(source, site)}`;
}

function describe(mutant: Mutant): string {
  const { source, site } = mutant;
  const text = source.split("\n")[lineOf(source, site) - 1]?.trim() ?? "";
  const was = source.slice(site.at, site.at + site.length);
  return `${placeOf(mutant)}  ${was} → ${site.instead || "nothing"}  in  ${text}`;
}

function lineOf(source: string, { at }: Site): number {
  return source.slice(0, at).split("\n").length;
}

/** Relative imports of a module, as paths from the root. */
function references(path: string): string[] {
  const text = Deno.readTextFileSync(`${copy}/${path}`);
  return [...text.matchAll(/(?:\bfrom|\bimport\()\s*"(\.[^"]+)"/g)]
    .map(([, to = ""]) => new URL(to, `file:///${path}`).pathname.slice(1));
}

/** All modules that a test loads. */
function reach(path: string, found = new Set<string>()): Set<string> {
  for (const to of references(path)) {
    if (found.has(to) || !exists(to)) continue;
    found.add(to);
    reach(to, found);
  }
  return found;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(`${copy}/${path}`).isFile;
  } catch {
    return false;
  }
}

function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)].sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      return isDirectory ? filesOf(path) : path.endsWith(".ts") ? [path] : [];
    });
}

function filesToCopy(): string[] {
  return [...Deno.readDirSync(ROOT)].map(({ name }) => name)
    .filter((name) => ![".git", "dist", "node_modules"].includes(name))
    .map((name) => ROOT + name);
}

/** So many of them, none twice. */
function pick<T>(from: readonly T[], count: number, next: () => number): T[] {
  const rest = [...from];
  const found: T[] = [];
  while (found.length < count && rest.length > 0) {
    found.push(...rest.splice(Math.floor(next() * rest.length), 1));
  }
  return found;
}

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function run(command: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args }).spawn().status;
  if (!success) throw new Error(`${command} failed`);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
