import { runApplet } from "../applets/applet.ts";
import { nearestName } from "../text/nearest_name.ts";
import { ConfigError } from "../plan/config_error.ts";
import type { Host } from "../ports/host.ts";
import { describeError } from "../text/describe_error.ts";
import type { CommandSpec } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { type CommandName, isCommand, loadCommand } from "./load_command.ts";
import { leaveLastWords } from "./last_words.ts";
import { parseArguments } from "../cli/parse_arguments.ts";
import { OLD_NAMES, RUN_WORDS, STAND_IN_NAMES } from "../cli/words.ts";

/** As much of what was said as an end may need to be explained. */
const MOST_SAID = 4096;

/** What a container's own process runs, also where it is not PID 1, as in a shared namespace. */
const OWN_COMMANDS: readonly CommandName[] = ["run", "data-load"];

/** What is asked of `run` beside a container's own process, by a probe or a hook. */
const HOOK_ACTIONS = ["health-check", "stop", "restart"];

/** What the command line turned out to mean, for the end. */
interface Course {
  /** Whether our end is the container's. */
  isOwn: boolean;
  /** Whether whoever ran has told the reason already. */
  isTold: boolean;
}

/**
 * Runs the command that the command line names, then ends the process with its exit code. An end
 * that is no success leaves its reason in the termination log where it is the container's end.
 */
export async function dispatch(outer: Host): Promise<never> {
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

async function perform(host: Host, course: Course): Promise<number> {
  const link = host.calledAs.slice(host.calledAs.lastIndexOf("/") + 1);
  const applet = runApplet(link, host.args, host);
  if (applet !== undefined) return await applet;
  const args = [...wordsOf(link), ...host.args];
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") return await runCommand("version", [], host, course);
  if (first === "--help" || first === "-h") return await runCommand("help", [], host, course);
  if (first === undefined || first.startsWith("-") || RUN_WORDS.includes(first)) {
    return await runCommand("run", args, host, course);
  }
  if (isCommand(first)) return await runCommand(first, rest, host, course);
  course.isOwn = true;
  const { passThrough } = await import("../commands/pass_through.ts");
  const { COMMANDS } = await import("../cli/command_table.ts");
  const near = nearestName(first, [...COMMANDS.map(({ name }) => name), ...RUN_WORDS]);
  return await passThrough(args, near, host);
}

/** What a link's name stands for. */
function wordsOf(link: string): readonly string[] {
  for (const names of [OLD_NAMES, STAND_IN_NAMES]) {
    const words = Object.hasOwn(names, link) ? names[link] : undefined;
    if (words !== undefined) return words;
  }
  return [];
}

async function runCommand(
  name: CommandName,
  args: readonly string[],
  host: Host,
  course: Course,
): Promise<number> {
  const isHook = name === "run" && HOOK_ACTIONS.includes(args[1] ?? "");
  if (OWN_COMMANDS.includes(name)) course.isOwn = !isHook;
  course.isTold = name === "run";
  const module = await loadCommand(name);
  // As a rule there is no flag, and nobody needs to know which there could be.
  const known = args.some((arg) => arg.startsWith("-"))
    ? module.flags ?? (await specOf(name)).flags
    : [];
  const invocation = parseArguments(name, args, known);
  if (invocation.flags.has("help")) {
    const { commandHelp } = await import("../cli/help_text.ts");
    host.stdout(commandHelp(await specOf(name)));
    return ExitCode.Done;
  }
  // Whoever runs longer takes the signals over; for everybody else they mean what they always do.
  if (name !== "run") host.signals.endBy((code) => host.exit(code));
  return await module.command(invocation, host);
}

async function specOf(name: CommandName): Promise<CommandSpec> {
  const { findCommand } = await import("../cli/command_table.ts");
  const spec = findCommand(name);
  if (spec === undefined) throw new Error(`the table has no command "${name}"`);
  return spec;
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
