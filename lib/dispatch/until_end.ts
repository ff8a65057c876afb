import { ConfigError } from "../plan/config_error.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Host } from "../ports/host.ts";
import { describeError } from "../text/describe_error.ts";
import { leaveLastWords } from "./last_words.ts";

/** As much of what was said as an end may need to be explained. */
const MOST_SAID = 4096;

/** What the command line turned out to mean, for the end. */
export interface Course {
  /** Whether our end is the container's. */
  isOwn: boolean;
  /** Whether whoever ran has told the reason already. */
  isTold: boolean;
}

/**
 * Performs what a command line asks for, then ends the process with its exit code. An end that is no
 * success leaves its reason in the termination log where it is the container's end.
 */
export async function untilEnd(
  outer: Host,
  perform: (host: Host, course: Course) => Promise<number>,
): Promise<never> {
  let said = "";
  const host: Host = {
    ...outer,
    stderr(text: string): void {
      said = (said + text).slice(-MOST_SAID);
      outer.stderr(text);
    },
  };
  const course: Course = { isOwn: host.pid === 1, isTold: false };
  let code: number;
  try {
    code = await perform(host, course);
    if (code !== ExitCode.Done && course.isOwn && !course.isTold) {
      leaveLastWords(said || `exit code ${code}`, host);
    }
  } catch (error) {
    const { text, exitCode } = describe(error);
    host.stderr(`${text}\n`);
    if (course.isOwn) leaveLastWords(text, host);
    code = exitCode;
  }
  return host.exit(code);
}

/** What people are told of an error, and what to exit with. */
function describe(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof ConfigError) return { text: error.message, exitCode: ExitCode.Config };
  if (error instanceof CommandError) return { text: error.message, exitCode: error.exitCode };
  return {
    text: `This is a bug in curvine-fluid, please report it:\n${describeError(error)}`,
    exitCode: ExitCode.Software,
  };
}
