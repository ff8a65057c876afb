/** What a command that ran in a namespace gave; `code` is `undefined` where it hung. */
export interface CommandResult {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command and kills it after `limitMs`; a killed one has no code. It may not have ended even
 * then: a request that a FUSE daemon has read and does not answer holds its process uninterruptibly.
 * @param env the whole environment; without it, ours
 * @param stuck takes the promise of a killed command's end
 */
export async function runLimited(
  [command = "", ...args]: string[],
  limitMs: number | undefined,
  stuck: Promise<unknown>[],
  env?: Record<string, string>,
): Promise<CommandResult> {
  const child = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(env ? { clearEnv: true, env } : {}),
  }).spawn();
  const output = child.output();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs ?? 20_000);
  });
  const result = await Promise.race([output, late]);
  clearTimeout(timer);
  if (result === undefined) {
    kill(child.pid);
    stuck.push(output);
    return { code: undefined, stdout: "", stderr: "" };
  }
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code: result.code, stdout: decode(result.stdout), stderr: decode(result.stderr) };
}

/** Ends a process that may have ended already. */
export function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
