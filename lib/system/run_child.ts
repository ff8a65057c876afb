import type { ChildOptions, ChildResult } from "../ports/child.ts";
import { collectOutput } from "./collect_output.ts";

/** More than this of a stream is not kept: its lines still reach `onLine`. */
const MAX_KEPT = 4 * 1024 * 1024;
/** After the child's end, a grandchild that holds a pipe open delays us no longer than this. */
const DRAIN_MS = 1_000;

/**
 * Runs a command without a shell, in a session of its own, so that stopping it also stops what it
 * started. Its standard input is empty.
 *
 * @throws {Deno.errors.NotFound} or {Deno.errors.PermissionDenied} when it cannot be started
 */
export async function runChild(
  argv: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult> {
  const [command = "", ...args] = argv;
  const child = new Deno.Command(command, {
    args,
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  } as Deno.CommandOptions).spawn();

  let stopped: ChildResult["stopped"];
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const stop = (why: "limit" | "signal"): void => {
    if (stopped !== undefined) return;
    stopped = why;
    killGroup(child.pid, "SIGTERM");
    timers.add(setTimeout(() => killGroup(child.pid, "SIGKILL"), options.graceMs ?? 500));
  };
  const aborted = (): void => stop("signal");
  if (options.limitMs !== undefined) {
    timers.add(setTimeout(() => stop("limit"), Math.max(0, options.limitMs)));
  }
  options.signal?.addEventListener("abort", aborted);
  if (options.signal?.aborted) aborted();

  const { onLine } = options;
  const stdout = collectOutput(
    child.stdout,
    MAX_KEPT,
    onLine && ((line) => onLine(line, "stdout")),
  );
  const stderr = collectOutput(
    child.stderr,
    MAX_KEPT,
    onLine && ((line) => onLine(line, "stderr")),
  );
  try {
    const status = await child.status;
    // A stopped child's own children may ignore TERM and hold the pipes.
    if (stopped !== undefined) killGroup(child.pid, "SIGKILL");
    const drain = setTimeout(() => {
      stdout.cancel();
      stderr.cancel();
    }, DRAIN_MS);
    const texts = await Promise.all([stdout.text, stderr.text]);
    clearTimeout(drain);
    return { code: status.code, stdout: texts[0], stderr: texts[1], stopped };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    options.signal?.removeEventListener("abort", aborted);
  }
}

/** The child leads its group; a group that is gone already is what we want. */
function killGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !/ESRCH/.test(String(error))) throw error;
  }
}
