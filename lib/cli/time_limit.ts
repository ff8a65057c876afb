import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Invocation } from "./command.ts";
import { parseDuration } from "../text/duration.ts";

/**
 * The time that a command may take altogether.
 *
 * @param presetMs when neither the flag `--timeout` nor the variable says otherwise
 * @throws {CommandError} for a text that is no duration
 */
export function timeLimit(
  { flags }: Pick<Invocation, "flags">,
  env: Readonly<Record<string, string>>,
  variable: string,
  presetMs: number,
): number {
  const flag = flags.get("timeout")?.at(-1);
  const text = flag ?? env[variable];
  if (text === undefined || text === "") return presetMs;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds === 0) {
    throw new CommandError(
      `Cannot take "${text}" for ${flag === undefined ? variable : "--timeout"}: ` +
        "a duration such as 18s or 2m is wanted",
      ExitCode.Usage,
    );
  }
  return milliseconds;
}

/** Counts down from now. @returns the milliseconds that are left, at least 1 */
export function countdown(limitMs: number): () => number {
  const end = performance.now() + limitMs;
  return () => Math.max(1, end - performance.now());
}
