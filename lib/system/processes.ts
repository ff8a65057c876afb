import type { ExitStatus } from "../ports/child.ts";
import type {
  MarkedChild,
  Processes,
  ProcessHandle,
  SentSignal,
  SpawnRequest,
} from "../ports/world.ts";
import {
  anyServesFuse,
  childPids,
  environmentOf,
  serves,
  servesFuse,
  stacksOf,
  waitsForFuse,
} from "./child_processes.ts";
import { collectOutput } from "./collect_output.ts";
import { offerToKernel } from "./memory_kills.ts";
import { ownChild } from "./own_children.ts";
import { pump } from "./pump.ts";
import { Reaper } from "./reaper.ts";
import type { Sink } from "./sink.ts";
import { startChild, startDaemon } from "./start_child.ts";
import { birthOf, endStray, strays } from "./strays.ts";
import { within } from "./within.ts";

/** The most that is kept of a helper's output. */
const MOST_CAPTURED = 64 * 1024;

/** After a helper's end, a grandchild that holds a pipe open delays us no longer than this. */
const LAST_WORDS_MS = 50;

/** How long the end of helpers that were killed is waited for. */
const HELPER_END_MS = 200;

/**
 * How long the output of a daemon that has ended is waited for, where somebody keeps it open: whoever
 * went with success has left that to a successor, and has no last words.
 */
const LAST_OUTPUT_MS = { success: 20, failure: 100 };

/** The real processes. */
export function systemProcesses(stdout: Sink, stderr: Sink): Processes {
  let reaper: Reaper | undefined;
  // Not before it is needed: most commands start nothing.
  const reaping = (): Reaper => {
    if (reaper === undefined) {
      reaper = new Reaper();
      reaper.sweep();
    }
    return reaper;
  };
  /** The daemon goes before all else; yet there are orphans also where it cannot be started. */
  const started = (start: () => Deno.ChildProcess): Deno.ChildProcess => {
    try {
      return start();
    } catch (error) {
      reaping();
      throw error;
    }
  };
  const helpers = new Set<ProcessHandle>();
  /** Both outputs of the newest daemon to their ends; whoever descends from it has inherited them. */
  let output: Promise<unknown> = Promise.resolve();
  /** Its last words are in the pipe; somebody who inherited that may keep it open for ever. */
  const afterOutput = async (ended: Promise<ExitStatus>): Promise<ExitStatus> => {
    const status = await ended;
    await within(status.code === 0 ? LAST_OUTPUT_MS.success : LAST_OUTPUT_MS.failure, output);
    return status;
  };
  return {
    spawn(request: SpawnRequest, tap: (chunk: Uint8Array) => void): ProcessHandle {
      const child = started(() => startDaemon(request));
      const ended = statusOf(child);
      ownChild(child.pid, ended);
      reaping();
      output = Promise.all([pump(child.stdout, stdout, tap), pump(child.stderr, stderr, tap)]);
      return handle(child.pid, afterOutput(ended));
    },
    async run(
      request: SpawnRequest,
      deadline: number,
      onLine?: (line: string) => void,
    ): Promise<{ status: ExitStatus; stdout: string; stderr: string } | undefined> {
      let child: Deno.ChildProcess;
      try {
        child = startChild(request);
      } catch {
        return undefined;
      }
      const exited = statusOf(child);
      ownChild(child.pid, exited);
      const helper = handle(child.pid, exited);
      helpers.add(helper);
      void exited.then(() => helpers.delete(helper));
      const outputs = [
        collectOutput(child.stdout, MOST_CAPTURED, onLine),
        collectOutput(child.stderr, MOST_CAPTURED),
      ];
      const texts = Promise.all(outputs.map(({ text }) => text));
      const done = await within(
        deadline,
        exited.then(async (status) => {
          if (await within(LAST_WORDS_MS, texts) === undefined) {
            for (const one of outputs) one.cancel();
          }
          const [stdout = "", stderr = ""] = await texts;
          return { status, stdout, stderr };
        }),
      );
      // A helper that waits in the kernel cannot even be killed; nobody waits for that.
      if (done === undefined) helper.signal("SIGKILL");
      return done;
    },
    adopt: (pid) => handle(pid, afterOutput(reaping().adopt(pid))),
    marked: (variable, value) => marked(`${variable}=${value}`),
    anyServesFuse: (variable, value) => anyServesFuse(`${variable}=${value}`),
    serves: (pid, variable, value, minor) => serves(pid, `${variable}=${value}`, minor),
    strays,
    birthOf,
    endStray,
    reaped: () => reaper?.count ?? 0,
    endedSince: (count) => reaper?.endedSince(count) ?? [],
    waitsForFuse,
    offerToKernel,
    stacks: stacksOf,
    async close(): Promise<void> {
      for (const helper of helpers) helper.signal("SIGKILL");
      // None is left behind by us, but for one that waits in the kernel.
      await within(HELPER_END_MS, Promise.all([...helpers].map(({ exited }) => exited)));
      reaper?.close();
    },
  };
}

async function statusOf(child: Deno.ChildProcess): Promise<ExitStatus> {
  try {
    const { code, signal } = await child.status;
    return signal === null ? { code } : { code, signal };
  } catch {
    // Somebody else took the status; all that is known is that it ended.
    return { code: 1 };
  }
}

function handle(pid: number, exited: Promise<ExitStatus>): ProcessHandle {
  let alive = true;
  const over = exited.finally(() => alive = false);
  return {
    pid,
    exited: over,
    signal(signal: SentSignal): void {
      if (!alive) return;
      try {
        Deno.kill(pid, signal);
      } catch {
        // It has just ended.
      }
    },
  };
}

function marked(entry: string): MarkedChild[] {
  const found: MarkedChild[] = [];
  for (const pid of childPids()) {
    const env = environmentOf(pid);
    if (env.includes(entry)) found.push({ pid, env, servesFuse: servesFuse(pid) });
  }
  return found;
}
