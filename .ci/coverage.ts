/**
 * `deno task coverage`: runs the unit tests and tells what share of lib's lines they reach, folder by
 * folder. Below a floor it ends with 1. `lib/system`, `lib/commands` and `lib/applets` are what
 * integration and e2e tests are for: they are shown, and no floor holds for them.
 */
import { say } from "./compile/run_command.ts";

/** Folders of lib, and the least share of their lines that unit tests reach, in percent. */
const FLOORS: Readonly<Record<string, number>> = {
  cli: 90,
  mount: 95,
  observe: 95,
  operate: 45,
  plan: 95,
  supervise: 88,
  text: 98,
  tools: 55,
};

const root = new URL("..", import.meta.url).pathname;
const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-coverage-" });
try {
  await deno([
    "test",
    "--allow-all",
    "--no-check",
    "--quiet",
    `--coverage=${folder}`,
    "tests/unit",
  ]);
  const report = `${folder}.lcov`;
  await deno(["coverage", "--lcov", `--output=${report}`, `--include=${root}lib`, folder]);
  const lines = linesByFolder(await Deno.readTextFile(report));
  await Deno.remove(report);
  for (const [name, { reached, all }] of [...lines].sort(([a], [b]) => a < b ? -1 : 1)) {
    const share = 100 * reached / all;
    const floor = FLOORS[name];
    const below = floor !== undefined && share < floor;
    const told = floor === undefined ? "" : `at least ${floor} %${below ? ": TOO LITTLE" : ""}`;
    say(
      `lib/${name.padEnd(10)} ${share.toFixed(1).padStart(5)} % of ${all} lines  ${told}`.trimEnd(),
    );
    if (below) Deno.exitCode = 1;
  }
  for (const name of Object.keys(FLOORS).filter((one) => !lines.has(one))) {
    say(`lib/${name} has a floor and no lines`);
    Deno.exitCode = 1;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Lines that were reached and all that could be, from LCOV's `DA:line,count`. */
function linesByFolder(lcov: string): Map<string, { reached: number; all: number }> {
  const found = new Map<string, { reached: number; all: number }>();
  let current = { reached: 0, all: 0 };
  for (const line of lcov.split("\n")) {
    const [, name] = /^SF:.*\/lib\/([^/]+)\//.exec(line) ?? [];
    if (name !== undefined) {
      current = found.get(name) ?? { reached: 0, all: 0 };
      found.set(name, current);
    }
    const [, count] = /^DA:\d+,(\d+)/.exec(line) ?? [];
    if (count === undefined) continue;
    current.all++;
    if (Number(count) > 0) current.reached++;
  }
  return found;
}

async function deno(args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdout: "null",
  }).spawn().status;
  if (!success) {
    say(`"deno ${args.join(" ")}" failed`);
    Deno.exit(1);
  }
}
