import { AppReader } from "../../support/app_reader.ts";
import { eventually } from "../../support/eventually.ts";
import type { FaultRun } from "../../support/fault_run.ts";
import { LineReader } from "../../support/line_reader.ts";
import { memoryOf, privateDirtyOf, processorTimeOf } from "../../support/process_usage.ts";
import type { Subject } from "./subject.ts";

/** What one death and its repair cost, in milliseconds. */
export interface Repair {
  /** From the kill to the new daemon's first line. */
  respawn: number;
  /** From the kill to a mount that answers. */
  remount: number;
}

/** What deaths cost an application that reads through a bind mount all the time. */
export interface Outage {
  /** From each kill to the first answer to a question asked after it, in milliseconds. */
  answers: number[];
  /** What it was answered beside the file's own content, in all. */
  faults: string[];
}

/** Kills the daemon again and again, below an application in a mount namespace of its own. */
export async function measureOutages(run: FaultRun, count: number): Promise<Outage> {
  const app = await AppReader.begin(run);
  const repairs = await measureRepairs(run, count, () => {}, `${run.root}/app/canary`);
  return { answers: repairs.map(({ remount }) => remount), faults: app.faults() };
}

/**
 * Kills the daemon again and again.
 *
 * @param each called after every repair
 * @param file what is read to see whether it answers again
 */
export async function measureRepairs(
  run: FaultRun,
  count: number,
  each: (done: number) => void = () => {},
  file = `${run.target}/canary`,
): Promise<Repair[]> {
  await using watcher = await AnswerWatcher.start(run, file);
  const repairs: Repair[] = [];
  for (let done = 1; done <= count; done++) {
    const [server] = run.servers();
    if (!server) throw new Error("No daemon lives");
    const starts = run.startCount();
    const up = watcher.watch(starts);
    const killed = wallClock();
    Deno.kill(server.pid, "SIGKILL");
    const answered = await up;
    const start = run.starts()[starts];
    if (!start) throw new Error("It answers, but nobody started");
    repairs.push({ respawn: start.atMs - killed, remount: answered - killed });
    each(done);
  }
  return repairs;
}

/** From TERM to the end of PID 1, in milliseconds, of a fresh container each time. */
export async function measureStops(subject: Subject, count: number): Promise<number[]> {
  const samples: number[] = [];
  for (let done = 0; done < count; done++) {
    await using run = await subject.prepare();
    await run.start();
    await run.mounted();
    const ended = run.exitCode();
    const began = performance.now();
    run.signal("SIGTERM");
    await run.whenEnded;
    samples.push(performance.now() - began);
    await ended;
  }
  return samples;
}

/** From TERM to the end of the daemon alone, in milliseconds: what a stop costs at least. */
export async function measureBareStops(subject: Subject, count: number): Promise<number[]> {
  const samples: number[] = [];
  for (let done = 0; done < count; done++) {
    await using run = await subject.prepare();
    const daemon = await run.mountOnHost();
    await run.mounted();
    const began = performance.now();
    daemon.kill("SIGTERM");
    await daemon.status;
    samples.push(performance.now() - began);
  }
  return samples;
}

/** What it uses while nothing happens. */
export interface Idle {
  /** Share of one core. */
  processor: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  privateDirty: number;
}

export async function measureIdle(run: FaultRun, seconds: number): Promise<Idle> {
  // What the start left to do, such as a garbage collection, is not idling.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const [began, used] = [performance.now(), processorTimeOf(run.pid)];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const elapsed = (performance.now() - began) / 1000;
  return {
    processor: (processorTimeOf(run.pid) - used) / elapsed,
    memory: memoryOf(run.pid),
    privateDirty: privateDirtyOf(run.pid),
  };
}

/** What is there at one moment, to see what grows. */
export interface Footprint {
  memory: number;
  privateDirty: number;
  descriptors: number;
  threads: number;
  layers: number;
}

export function footprintOf(run: FaultRun): Footprint {
  return {
    memory: memoryOf(run.pid),
    privateDirty: privateDirtyOf(run.pid),
    descriptors: [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length,
    threads: [...Deno.readDirSync(`/proc/${run.pid}/task`)].length,
    layers: run.layers().length,
  };
}

/** How orphans fared. */
export interface Orphans {
  made: number;
  /** Most zombies seen at a time. */
  most: number;
  /** Zombies left a second after the last orphan was made. */
  left: number;
}

/** @param run its plan makes so many orphans beside the mount */
export async function measureOrphans(run: FaultRun, count: number): Promise<Orphans> {
  const zombies = (): number => run.processes().filter(({ state }) => state === "Z").length;
  let most = 0;
  await eventually("all orphans were made", () => {
    most = Math.max(most, zombies());
    return run.standInFile("orphans") === `${count}\n`;
  }, 600_000);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { made: count, most, left: zombies() };
}

/**
 * Lets the daemon end `count` times with codes that differ and compares with what our log says.
 * @param run its plan is one line for each start
 * @returns how many ends the log lacks or tells wrong
 */
export async function measureLostStatuses(run: FaultRun, codes: number[]): Promise<number> {
  await eventually(
    "the last start mounted",
    async () => run.startCount() === codes.length + 1 && await run.readsCanary(),
    1_200_000,
  );
  const seen = [...run.stderr().matchAll(/the daemon exited with (\d+)/g)].map(([, code]) =>
    Number(code)
  );
  let lost = 0;
  let at = 0;
  for (const code of codes) {
    const found = seen.indexOf(code, at);
    // The log may tell an end in more than one line; the order of the ends is what counts.
    if (found < 0 || found > at + 2) lost++;
    else at = found + 1;
  }
  return lost;
}

function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** A process on the host that tells when the mount answers again. */
class AnswerWatcher implements AsyncDisposable {
  #child: Deno.ChildProcess;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #lines: LineReader;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = new LineReader(child.stdout);
  }

  static async start(run: FaultRun, file: string): Promise<AnswerWatcher> {
    const script = new URL("../../support/standin/answers.py", import.meta.url).pathname;
    const python = `${run.root}/home/lib/standin/python`;
    const count = `${run.root}/home/lib/standin/count`;
    const child = run.commandOnHost([python, "-IS", script, file, count], {
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    return await Promise.resolve(new AnswerWatcher(child));
  }

  /** @returns the wall clock in milliseconds of the first answer after more than `starts` starts */
  async watch(starts: number): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(`${starts}\n`));
    return Number(await this.#lines.line()) / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}
