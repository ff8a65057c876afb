/**
 * Measures the supervisor beside the peers that Debian ships: `deno task bench:supervise`.
 * `--quick` takes fewer samples and shorter looks; names of sections (takeover, death, stop, idle, growth,
 * orphans, statuses) leave out the others. It prints what was wanted and what was measured,
 * and fails nothing.
 */
import { missing } from "../support/requirements.ts";
import {
  footprintOf,
  measureBareStops,
  measureIdle,
  measureLostStatuses,
  measureOrphans,
  measureOutages,
  measureRepairs,
  measureStops,
} from "./supervise/measures.ts";
import { summarize, type Summary } from "./supervise/statistics.ts";
import { COLD, FLOOR, OURS, PEERS, type Subject } from "./supervise/subject.ts";

const quick = Deno.args.includes("--quick");
const SIZES = quick
  ? {
    takeovers: 30,
    repairs: 30,
    peerRepairs: 5,
    stops: 6,
    idleSeconds: 10,
    restarts: 100,
    orphans: 1_000,
    ends: 100,
  }
  : {
    takeovers: 200,
    repairs: 300,
    peerRepairs: 20,
    stops: 30,
    idleSeconds: 60,
    restarts: 1_000,
    orphans: 10_000,
    ends: 10_000,
  };

const needs = [
  "root",
  "fuse",
  "executable",
  "tool:bindfs",
  "tool:unshare",
  "tool:python3",
] as const;
if (missing(...needs)) Deno.exit(1);
const tools = new Map([["supervisord", "supervisord"], ["runit", "runsv"], ["tini", "tini"]]);
const subjects = [OURS, ...PEERS.filter(({ name }) => !missing(`tool:${tools.get(name) ?? name}`))];

say(
  `Supervisor bench${
    quick ? " (quick)" : ""
  }: ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`,
);

const SECTIONS: Record<string, () => Promise<void>> = {
  takeover,
  death,
  stop,
  idle,
  growth,
  orphans,
  statuses,
};
const wanted = Deno.args.filter((word) => word in SECTIONS);
for (const [name, section] of Object.entries(SECTIONS)) {
  if (wanted.length === 0 || wanted.includes(name)) await section();
}

async function takeover(): Promise<void> {
  say("\nDeath of a daemon that can be taken over from (kill -9), ms: median / p99 (samples)");
  say("  wanted: kill to the first answer through a bind mount, median <= 60, p99 <= 120");
  say("  wanted: wrong or false answers: none");
  {
    await using run = await OURS.prepare(["raw"]);
    await run.start();
    await run.mounted();
    const { answers, faults } = await measureOutages(run, SIZES.takeovers);
    row(OURS, "kill to an answer through a bind mount", summarize(answers));
    const counts = Map.groupBy(faults, (fault) => fault);
    const told = [...counts].map(([fault, all]) => `${fault} ${all.length}`).join(", ");
    say(`  ${OURS.name.padEnd(14)} faults an application saw: ${told || "none"}`);
  }
  const runit = subjects.filter(({ name }) => name === "runit");
  for (const subject of [COLD, ...runit]) {
    await using run = await subject.prepare(["raw"]);
    await run.start();
    await run.mounted();
    const many = subject === COLD ? SIZES.takeovers : SIZES.peerRepairs;
    const repairs = await measureRepairs(run, many);
    row(
      subject,
      "kill to a new mount that answers",
      summarize(repairs.map(({ remount }) => remount)),
    );
  }
}

async function death(): Promise<void> {
  say("\nDeath of the daemon (kill -9), ms: median / p99 (samples)");
  say("  wanted: respawn p99 <= 50, remount median <= 250");
  for (const subject of [...subjects.filter(({ restarts }) => restarts), FLOOR]) {
    await using run = await subject.prepare();
    await run.start();
    await run.mounted();
    // Peers that wait a second before every restart are measured less often.
    const many = subject === OURS || subject === FLOOR;
    const repairs = await measureRepairs(run, many ? SIZES.repairs : SIZES.peerRepairs);
    row(subject, "exit to respawn", summarize(repairs.map(({ respawn }) => respawn)));
    row(subject, "kill to a mount that answers", summarize(repairs.map(({ remount }) => remount)));
  }
}

async function stop(): Promise<void> {
  say("\nStop (TERM to the end), ms: median / p99 (samples)");
  say("  wanted: overhead over the daemon's own stop <= 200");
  const bare = summarize(await measureBareStops(OURS, SIZES.stops));
  row({ name: "bindfs alone" }, "TERM to exit", bare);
  for (const subject of subjects) {
    const stops = summarize(await measureStops(subject, SIZES.stops));
    row(subject, "TERM to exit of PID 1", stops);
    say(`  ${subject.name.padEnd(14)} overhead ${(stops.median - bare.median).toFixed(1)}`);
  }
}

async function idle(): Promise<void> {
  say(`\nIdle with a mount, over ${SIZES.idleSeconds} s`);
  say("  wanted: processor <= 0.2 % of a core, RSS <= 55 MiB");
  for (const subject of subjects) {
    await using run = await subject.prepare();
    await run.start();
    await run.mounted();
    const { processor, memory, privateDirty } = await measureIdle(run, SIZES.idleSeconds);
    say(
      `  ${subject.name.padEnd(14)} processor ${(processor * 100).toFixed(2)} %, ` +
        `RSS ${mebibytes(memory)}, private dirty ${mebibytes(privateDirty)}`,
    );
  }
}

async function growth(): Promise<void> {
  say(`\nGrowth over ${SIZES.restarts} restarts`);
  say("  wanted: exactly 1 layer");
  await using run = await OURS.prepare();
  await run.start();
  await run.mounted();
  const print = (done: number): void => {
    const { memory, privateDirty, descriptors, threads, layers } = footprintOf(run);
    say(
      `  after ${`${done}`.padStart(4)}: RSS ${mebibytes(memory)}, private dirty ` +
        `${
          mebibytes(privateDirty)
        }, descriptors ${descriptors}, threads ${threads}, layers ${layers}`,
    );
  };
  print(0);
  await measureRepairs(run, SIZES.restarts, (done) => {
    if (done % (SIZES.restarts / 10) === 0) print(done);
  });
}

async function orphans(): Promise<void> {
  say(`\n${SIZES.orphans} orphans`);
  say("  wanted: 0 zombies a second after the last one");
  for (const subject of subjects) {
    await using run = await subject.prepare([`orphans=${SIZES.orphans} mount`]);
    await run.start();
    const { made, most, left } = await measureOrphans(run, SIZES.orphans);
    say(
      `  ${subject.name.padEnd(14)} ${made} made, at most ${most} zombies at a time, ${left} left`,
    );
  }
}

async function statuses(): Promise<void> {
  say(`\nExit statuses of ${SIZES.ends} ends of the daemon, some beside orphans`);
  say("  wanted: 0 lost");
  const codes = Array.from({ length: SIZES.ends }, (_, index) => 3 + index % 90);
  const plan = codes.map((code, index) => index % 20 ? `exit=${code}` : `orphans=50 exit=${code}`);
  await using run = await OURS.prepare([...plan, "mount"]);
  await run.start();
  const lost = await measureLostStatuses(run, codes);
  say(`  ${OURS.name.padEnd(14)} ${lost} lost`);
}

function row({ name }: Pick<Subject, "name">, what: string, { median, p99, count }: Summary): void {
  say(`  ${name.padEnd(14)} ${what}: ${median.toFixed(1)} / ${p99.toFixed(1)} (${count})`);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
