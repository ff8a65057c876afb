import assert from "node:assert/strict";
import type { FaultRun } from "./fault_run.ts";
import { textOf } from "./text_of.ts";

/**
 * Reads a file again and again and writes a line for each answer: `ok`, `wrong`, or the error's
 * name; with the milliseconds that it took. The first answer is the right one.
 */
export const READ_ON = `
import os, sys, time
os.chdir(sys.argv[1])
path, log = sys.argv[2], open(sys.argv[3], "w", buffering=1)
with open(path) as file: wanted = file.read()
while True:
    begun = time.monotonic()
    try:
        with open(path) as file: answer = "ok" if file.read() == wanted else "wrong"
    except OSError as error: answer = os.strerror(error.errno).replace(" ", "-")
    log.write(f"{answer} {(time.monotonic() - begun) * 1000:.1f}\\n")
    time.sleep(0.002)
`;

/** One answer that an application got. */
export interface AppAnswer {
  readonly what: string;
  readonly ms: number;
}

/**
 * An application in a pod of its own: it reads through a bind mount of the target, in another mount
 * namespace, without an end.
 */
export class AppReader {
  static #count = 0;
  readonly #run: FaultRun;
  readonly #log: string;

  private constructor(run: FaultRun, log: string) {
    this.#run = run;
    this.#log = log;
  }

  /** Binds the target, or a mount point in it, and begins to read. */
  static async begin(run: FaultRun, path = run.target): Promise<AppReader> {
    const bound = `${run.root}/app`;
    Deno.mkdirSync(bound, { recursive: true });
    const { code, stderr } = await run.onHost(["mount", "--bind", path, bound]);
    assert.equal(code, 0, stderr);
    return await AppReader.#readOn(run, "/", `${bound}/canary`);
  }

  /**
   * Begins to read a file by its name alone, with its folder as working directory: the kernel asks
   * for it by the folder's number, and no path leads there.
   */
  static async inside(run: FaultRun, folder: string, name: string): Promise<AppReader> {
    return await AppReader.#readOn(run, folder, name);
  }

  static async #readOn(run: FaultRun, cwd: string, path: string): Promise<AppReader> {
    const log = `${run.root}/app-answers${AppReader.#count++}`;
    const reader = new AppReader(run, log);
    run.spawnOnHost(["python3", "-c", READ_ON, cwd, path, log]);
    await reader.next();
    return reader;
  }

  /** All that it was answered so far. */
  answers(): AppAnswer[] {
    // Without a log it has not begun yet.
    return (textOf(this.#log) ?? "").split("\n").slice(0, -1).map((line) => {
      const [what = "", ms = ""] = line.split(" ");
      return { what, ms: Number(ms) };
    });
  }

  /** Waits for an answer to a question that is asked from now on. */
  async next(limitMs = 20_000): Promise<AppAnswer> {
    const { length } = this.answers();
    const end = performance.now() + limitMs;
    while (performance.now() < end) {
      // The first one that comes may be of a question asked before.
      const answer = this.answers()[length + 1];
      if (answer !== undefined) return answer;
      await new Promise((done) => setTimeout(done, 5));
    }
    throw new Error(`No answer within ${limitMs} ms:\n${this.#run.report()}`);
  }

  /** Errors and wrong answers so far. */
  faults(): string[] {
    return this.answers().filter(({ what }) => what !== "ok").map(({ what }) => what);
  }
}
