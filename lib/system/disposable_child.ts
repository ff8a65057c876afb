import { within } from "./within.ts";

/** How a child that may be lost came out. */
export type Disposed =
  | { readonly code: number; readonly stdout: string }
  /** It did not end in time: it was killed, and perhaps cannot be. */
  | "late"
  /** The system refuses: too many processes, say. */
  | "not-started";

/**
 * Runs this program as a child that one can afford to lose: what it asks may never answer, and
 * whoever is stuck there cannot be killed. It is waited for no longer than the limit.
 *
 * @param words its command line, such as `ask-mount size /data`
 * @param limit milliseconds
 * @param self the command line that runs this program
 */
export async function disposableChild(
  words: readonly string[],
  limit: number,
  self: readonly string[] = [Deno.execPath()],
): Promise<Disposed> {
  const [program = "", ...args] = self;
  const options = { stdin: "null", stdout: "piped", stderr: "null" } as const;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, { args: [...args, ...words], ...options }).spawn();
  } catch {
    return "not-started";
  }
  child.unref();
  const ended = await within(limit, child.output());
  if (ended === undefined) {
    kill(child);
    return "late";
  }
  return { code: ended.code, stdout: new TextDecoder().decode(ended.stdout) };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It ended just then.
  }
}
