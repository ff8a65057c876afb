import { runApplet } from "../applets/applet.ts";
import { nearestName } from "../text/nearest_name.ts";
import { ConfigError } from "../plan/config_error.ts";
import type { Host } from "../ports/host.ts";
import { SIGNAL_NUMBERS } from "../ports/signals.ts";
import type { CommandSpec } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { type CommandName, isCommand, loadCommand } from "./load_command.ts";
import { parseArguments } from "../cli/parse_arguments.ts";
import { OLD_NAMES, RUN_WORDS, STAND_IN_NAMES } from "../cli/words.ts";

/** Runs the command that the command line names, then ends the process with its exit code. */
export async function dispatch(host: Host): Promise<never> {
  let code: number;
  try {
    code = await perform(host);
  } catch (error) {
    code = report(error, host);
  }
  return host.exit(code);
}

async function perform(host: Host): Promise<number> {
  const link = host.calledAs.slice(host.calledAs.lastIndexOf("/") + 1);
  const applet = runApplet(link, host.args, host);
  if (applet !== undefined) return await applet;
  const args = [...wordsOf(link), ...host.args];
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") return await runCommand("version", [], host);
  if (first === "--help" || first === "-h") return await runCommand("help", [], host);
  if (first === undefined || first.startsWith("-") || RUN_WORDS.includes(first)) {
    return await runCommand("run", args, host);
  }
  if (isCommand(first)) return await runCommand(first, rest, host);
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
): Promise<number> {
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
  if (name !== "run") host.signals.takeOver((signal) => host.exit(128 + SIGNAL_NUMBERS[signal]));
  return await module.command(invocation, host);
}

async function specOf(name: CommandName): Promise<CommandSpec> {
  const { findCommand } = await import("../cli/command_table.ts");
  const spec = findCommand(name);
  if (spec === undefined) throw new Error(`the table has no command "${name}"`);
  return spec;
}

function report(error: unknown, host: Host): number {
  if (error instanceof ConfigError) {
    host.stderr(`${error.message}\n`);
    return ExitCode.Config;
  }
  if (error instanceof CommandError) {
    host.stderr(`${error.message}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  host.stderr(`This is a bug in curvine-fluid, please report it:\n${text}\n`);
  return ExitCode.Software;
}
