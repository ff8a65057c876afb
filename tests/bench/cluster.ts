/**
 * Measures a cluster of real Curvine programs, each started by the executable in a network of its
 * own with what Fluid would give it: `CURVINE_HOME=DIR deno task bench:cluster`, where `DIR/lib`
 * has curvine-server, curvine-fuse and curvine-cli. Every row is taken twice: with what was before
 * (Curvine's defaults, the probes of old) and with what the samples in `manifests/` say today.
 *
 * `--rounds=N` samples (10), `--old-rounds=N` of what was before (the same), which takes minutes;
 * `alone`, `three`, `gone` leave out the other parts. It prints, and fails nothing.
 */
import { S3Server } from "../support/s3_server.ts";
import { missing } from "../support/requirements.ts";
import { curvineHome } from "./cluster/curvine_cluster.ts";
import {
  measureAlone,
  measureGone,
  measureThree,
  type Report,
  type Row,
  ROWS,
} from "./cluster/measures.ts";
import { enterNamespaces, networkMissing, relayToPods } from "./cluster/private_network.ts";
import { BEFORE, samples, type Values } from "./cluster/values.ts";
import { summarize } from "./supervise/statistics.ts";

const PROGRAMS = ["curvine-server", "curvine-fuse", "curvine-cli"];

const lacking = curvineHome === ""
  ? ["CURVINE_HOME"]
  : PROGRAMS.map((name) => `${curvineHome}/lib/${name}`).filter((path) => !isFile(path));
if (lacking.length > 0) {
  say(
    `No bench of a cluster: ${lacking.join(", ")} missing. ` +
      "CURVINE_HOME=DIR deno task bench:cluster wants the real Curvine's programs in DIR/lib.",
  );
  Deno.exit(1);
}
if (missing("executable", "fuse") || networkMissing()) Deno.exit(1);

const folder = Deno.env.get("CURVINE_FLUID_BENCH_FOLDER") ??
  Deno.makeTempDirSync({ prefix: "curvine-bench-" });
Deno.env.set("CURVINE_FLUID_BENCH_FOLDER", folder);
await enterNamespaces(`${folder}/hosts`);

const rounds = Number(flag("rounds") ?? 10);
const oldRounds = Number(flag("old-rounds") ?? rounds);
const parts = Deno.args.filter((word) => !word.startsWith("--"));
const found = new Map<string, { readonly ms: number; readonly errors: number }[]>();
let clusters = 0;

say(
  `Cluster bench: ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores, ` +
    `load ${Deno.loadavg().map((load) => load.toFixed(1)).join(" ")}`,
);
await using s3 = new S3Server(...Array.from({ length: 10 }, (_, index) => `bench${index}`));
const endpoint = `http://${relayToPods(Number(new URL(s3.url).port))}`;
const mounts = Array.from({ length: 10 }, (_, index) => ({
  mountPoint: `s3://bench${index}/data`,
  name: `data${index}`,
  path: `/data${index}`,
  options: {
    endpoint_url: endpoint,
    region_name: "us-east-1",
    path_style: "true",
    access: "ak",
    secret: "sk",
  },
}));
for (let index = 0; index < 10; index++) s3.put(`bench${index}`, "data/a", "hello");

const now = await samples();
for (const [values, count] of [[BEFORE, oldRounds], [now, rounds]] as const) {
  const report: Report = (row, ms, errors = []) => note(values, row, ms, errors);
  if (wants("alone")) {
    for (let round = 0; round < count; round++) {
      await measureAlone(fresh(), values, mounts, report);
    }
  }
  for (let round = 0; wants("three") && round < count; round++) {
    await measureThree(fresh(), values, report);
  }
  for (let round = 0; wants("gone") && round < count; round++) {
    await measureGone(fresh(), values, 1, report);
    await measureGone(fresh(), values, 3, report);
  }
}

say(`\n| seconds: p50 / worst (samples) | ${BEFORE.name} | ${now.name} |\n|---|---|---|`);
for (const [row, text] of Object.entries(ROWS)) {
  const cells = [BEFORE, now].map((values) => cell(found.get(`${values.name} ${row}`)));
  if (cells.some((text) => text !== "")) say(`| ${text} | ${cells.join(" | ")} |`);
}
say(`\nload ${Deno.loadavg().map((load) => load.toFixed(1)).join(" ")}`);
Deno.exit(0);

function note(values: Values, row: Row, ms: number, errors: readonly string[]): void {
  const key = `${values.name} ${row}`;
  found.set(key, [...found.get(key) ?? [], { ms, errors: errors.length }]);
  const told = errors.length === 0 ? "" : `, ${errors.length} errors: ${errors[0]}`;
  say(`  ${values.name}, ${ROWS[row]}: ${(ms / 1000).toFixed(2)} s${told}`);
}

function cell(samples: readonly { ms: number; errors: number }[] | undefined): string {
  if (samples === undefined) return "";
  const { median, worst, count } = summarize(samples.map(({ ms }) => ms / 1000));
  const errors = samples.reduce((sum, one) => sum + one.errors, 0);
  return `${median.toFixed(1)} / ${worst.toFixed(1)} (${count})` +
    (errors === 0 ? "" : `, ${errors} errors`);
}

function wants(part: string): boolean {
  return parts.length === 0 || parts.includes(part);
}

/** A folder for one more cluster. */
function fresh(): string {
  const path = `${folder}/${++clusters}`;
  Deno.mkdirSync(path);
  return path;
}

function flag(name: string): string | undefined {
  return Deno.args.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
