/**
 * `deno task mutants`: makes random small mistakes in the pure modules and in the supervisor, one at
 * a time, and tells which of them no unit test notices. `--count N` (100), `--seed N` (1; the same
 * seed picks the same mutants of the same code), `--only TEXT` for those whose place, such as
 * `lib/mount/clear.ts:20`, has that in it (it may be given again), `--floor N` ends with 1 when fewer
 * than so many in a hundred are noticed.
 *
 * The mistakes are made in a copy of the repository. A mutant is tried with the tests that reach its
 * module by imports, those that import it themselves first. All of them are run without a mistake
 * before, for a test that fails anyway would notice everything.
 */
import { parseArgs } from "node:util";
import { mutate, type Site, sitesOf } from "./sites.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Folders of lib whose modules are looked at, unless they touch the system. */
const FOLDERS = ["cli", "mount", "observe", "operate", "plan", "supervise", "text", "tools"];

/** Who runs on for so long has noticed, after its own fashion: it waits for what never comes. */
const LIMIT_MS = 180_000;

/** What became of a mutant. */
type Fate = "caught" | "ran on" | "SURVIVED";

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
const reached = new Map<string, Set<string>>();
try {
  const { success } = await new Deno.Command("cp", { args: ["-r", ...filesToCopy(), copy] })
    .output();
  if (!success) throw new Error("cp failed");
  if (await run(tests) !== undefined) {
    throw new Error("Cannot judge tests that fail without a mutant: see `deno task test:unit`");
  }
  const picked = pick(all, count ?? 100, random(seed ?? 1));
  say(
    `${picked.length} of ${all.length} possible mutants of ${modules.size} modules, seed ${seed}`,
  );
  for (const mutant of picked) {
    const fate = await fateOf(mutant);
    const line = describe(mutant);
    say(`${fate.padEnd(8)} ${line}`);
    if (fate === "SURVIVED") survivors.push(line);
  }
  const caught = picked.length - survivors.length;
  say(`${caught} of ${picked.length} caught${survivors.length === 0 ? "" : "; survivors:"}`);
  for (const line of survivors) say(`  ${line}`);
  if (caught * 100 < (floor ?? 0) * picked.length) Deno.exitCode = 1;
} finally {
  Deno.removeSync(copy, { recursive: true });
}

async function fateOf({ path, source, site }: Mutant): Promise<Fate> {
  Deno.writeTextFileSync(`${copy}/${path}`, mutate(source, site));
  try {
    const near = tests.filter((test) => references(test).includes(path));
    // Who reaches little looks at it more closely, and is quick.
    const far = tests.filter((test) => !near.includes(test) && reach(test).has(path))
      .sort((one, other) => reach(one).size - reach(other).size);
    for (const group of [near, far]) {
      const fate = group.length === 0 ? undefined : await run(group);
      if (fate !== undefined) return fate;
    }
    return "SURVIVED";
  } finally {
    Deno.writeTextFileSync(`${copy}/${path}`, source);
  }
}

/** @returns how the tests noticed; `undefined` where they did not */
async function run(group: readonly string[]): Promise<Fate | undefined> {
  const args = ["test", "--no-check", "--allow-all", "--fail-fast", "--quiet", ...group];
  const signal = AbortSignal.timeout(LIMIT_MS);
  const command = { args, cwd: copy, signal, stdout: "null", stderr: "null" } as const;
  const { success } = await new Deno.Command(Deno.execPath(), command).output();
  return success ? undefined : signal.aborted ? "ran on" : "caught";
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
function reach(test: string): Set<string> {
  const known = reached.get(test);
  if (known !== undefined) return known;
  const found = new Set<string>();
  const rest = [test];
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    for (const to of references(path)) {
      if (found.has(to) || !exists(to)) continue;
      found.add(to);
      rest.push(to);
    }
  }
  reached.set(test, found);
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

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
