/**
 * What a start costs: `deno task bench`. Every command is run cold (an empty TMPDIR each time, for
 * a container has no code cache), in turn with an empty program of the same runtime, so that both
 * see the same machine. It prints what was wanted and what was measured, and fails nothing.
 *
 * `--json` prints the figures for programs; `--runs N` says how often each is run (20), `--idle N`
 * for how many seconds a supervisor is watched that has nothing to do (300).
 */
import { executable } from "../support/requirements.ts";
import { idleFootprint } from "./startup/footprint.ts";
import { stopwatch } from "./startup/stopwatch.ts";
import { installSubjects, type Subject, subjects } from "./startup/subjects.ts";
import { summarize } from "./supervise/statistics.ts";

const floor = executable.replace(/curvine-fluid$/, "floor");
const json = Deno.args.includes("--json");
const runs = numberAfter("--runs") ?? 20;
const idleSeconds = numberAfter("--idle") ?? 300;

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
    wanted: "",
    floor: 0,
    value: size,
    unit: "KB",
  });
  if (json) say(JSON.stringify({ machine: machine(), runs, rows }, null, 2));
  else print(rows);
} finally {
  Deno.removeSync(root, { recursive: true });
}

function numberAfter(flag: string): number | undefined {
  const index = Deno.args.indexOf(flag);
  return index < 0 ? undefined : Number(Deno.args[index + 1]);
}

/** Runs a subject and the floor in turn, and takes the medians. */
async function time({ what, wanted, argv, env, until, prepare }: Subject): Promise<Row> {
  const ours: number[] = [];
  const floors: number[] = [];
  for (let run = -1; run < runs; run++) {
    const empty = await stopwatch(root, "end", [floor]);
    prepare?.();
    const subject = await stopwatch(root, until, argv, env);
    // The first time brings both into the page cache.
    if (run < 0) continue;
    floors.push(empty.ms);
    ours.push(subject.ms);
  }
  return {
    what,
    wanted,
    floor: summarize(floors).median,
    value: summarize(ours).median,
    unit: "ms",
  };
}

async function memory(): Promise<Row[]> {
  const thin = subjects(root)[0];
  if (thin === undefined) return [];
  const peaks: number[] = [];
  const floors: number[] = [];
  for (let run = 0; run < 5; run++) {
    floors.push((await stopwatch(root, "end", [floor])).peak);
    peaks.push((await stopwatch(root, thin.until, thin.argv, thin.env)).peak);
  }
  const empty = summarize(floors).median;
  const idle = await idleFootprint(root, idleSeconds);
  const peak: Row = {
    what: "peak RSS at start, thin mode",
    wanted: "floor + 8 MiB",
    floor: empty,
    value: summarize(peaks).median,
    unit: "MiB",
  };
  if (idle === undefined) return [peak];
  const { rss, dirty, cpu } = idle;
  const cpuOver = `supervising: idle CPU over ${idleSeconds} s`;
  return [
    peak,
    { what: "supervising: RSS", wanted: "floor + 8 MiB", floor: empty, value: rss, unit: "MiB" },
    { what: "supervising: private dirty", wanted: "≤ 17 MiB", floor: 0, value: dirty, unit: "MiB" },
    { what: cpuOver, wanted: "≤ 0.1 %", floor: 0, value: cpu, unit: "%" },
  ];
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
