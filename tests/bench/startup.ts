/**
 * What a start costs: `deno task bench`. Every command is run cold (an empty TMPDIR each time, for
 * a container has no code cache), in turn with an empty program of the same runtime, so that both
 * see the same machine. It prints what was wanted and what was measured, and fails nothing.
 *
 * `--json` prints the figures for programs; `--runs N` says how often each is run (20).
 */
import { executable } from "../support/requirements.ts";
import { installSubjects, type Subject, subjects } from "./startup/subjects.ts";
import { footprint, idleFootprint } from "./startup/footprint.ts";

const floor = executable.replace(/curvine-fluid$/, "floor");
const json = Deno.args.includes("--json");
const runs = Number(Deno.args[Deno.args.indexOf("--runs") + 1]) || 20;

interface Row {
  readonly what: string;
  readonly wanted: string;
  readonly floor: number;
  readonly value: number;
  readonly unit: "ms" | "MiB" | "%" | "KB";
}

const root = Deno.makeTempDirSync({ prefix: "curvine-fluid-bench-" });
try {
  await installSubjects(root);
  const rows: Row[] = [];
  for (const subject of subjects(root)) rows.push(await time(subject));
  rows.push(...await memory());
  const base = Deno.statSync(floor).size;
  const size = (Deno.statSync(executable).size - base) / 1024;
  rows.push({
    what: "executable, beyond the floor's",
    wanted: "≤ 400 KB",
    floor: 0,
    value: size,
    unit: "KB",
  });
  if (json) say(JSON.stringify({ machine: machine(), runs, rows }, null, 2));
  else print(rows);
} finally {
  Deno.removeSync(root, { recursive: true });
}

/** Runs a subject and the floor in turn, and takes the medians. */
async function time(subject: Subject): Promise<Row> {
  const ours: number[] = [];
  const floors: number[] = [];
  await once(subject.argv, subject.env, subject.until);
  for (let run = 0; run < runs; run++) {
    floors.push(await once([floor], {}));
    ours.push(await once(subject.argv, subject.env, subject.until));
  }
  return {
    what: subject.what,
    wanted: subject.wanted,
    floor: median(floors),
    value: median(ours),
    unit: "ms",
  };
}

async function once(
  [command = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  until?: () => Promise<void>,
): Promise<number> {
  const cold = Deno.makeTempDirSync({ prefix: "curvine-fluid-cold-" });
  const begun = performance.now();
  const child = new Deno.Command(command, {
    args,
    env: { PATH: "/usr/bin:/bin", TMPDIR: cold, ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  if (until === undefined) await child.status;
  else await until();
  const took = performance.now() - begun;
  if (until !== undefined) {
    child.kill("SIGTERM");
    await child.status;
  }
  Deno.removeSync(cold, { recursive: true });
  return took;
}

async function memory(): Promise<Row[]> {
  const [ours, empty] = [await footprint(executable, ["version"]), await footprint(floor, [])];
  const idle = await idleFootprint(root);
  return [
    { what: "peak RSS at start", wanted: "floor + 8 MiB", floor: empty, value: ours, unit: "MiB" },
    ...(idle === undefined ? [] : [
      {
        what: "supervising: RSS",
        wanted: "floor + 6 MiB",
        floor: empty,
        value: idle.rss,
        unit: "MiB" as const,
      },
      {
        what: "supervising: private dirty",
        wanted: "≤ 16 MiB",
        floor: 0,
        value: idle.dirty,
        unit: "MiB" as const,
      },
      {
        what: "supervising: idle CPU",
        wanted: "≤ 0.1 %",
        floor: 0,
        value: idle.cpu,
        unit: "%" as const,
      },
    ]),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function machine(): string {
  const model = /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ??
    "unknown";
  return `${model}, ${navigator.hardwareConcurrency} cores, Linux ${Deno.osRelease()}`;
}

function print(rows: readonly Row[]): void {
  say(`${machine()}; medians of ${runs}, cold\n`);
  const cells = rows.map(({ what, wanted, floor, value, unit }) => [
    what,
    wanted,
    floor === 0 ? "" : `${floor.toFixed(1)} ${unit}`,
    `${value.toFixed(unit === "%" ? 3 : 1)} ${unit}`,
    floor === 0 ? "" : `× ${(value / floor).toFixed(2)}, + ${(value - floor).toFixed(1)}`,
  ]);
  const table = [["what", "wanted", "floor", "measured", "ratio, difference"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  );
  for (const row of table) {
    say(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
