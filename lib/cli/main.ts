import { runApplet } from "../applets/applet.ts";
import { nearestName } from "../curvine/nearest_name.ts";
import { ConfigError } from "../fluid/config_error.ts";
import type { Host } from "../system/host.ts";
import { SIGNAL_NUMBERS } from "../system/signals.ts";
import type { Flag } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { COMMANDS, findCommand, OLD_NAMES, RUN_WORDS, STAND_IN_NAMES } from "./command_table.ts";
import { ExitCode } from "./exit_code.ts";
import { parseArguments } from "./parse_arguments.ts";

/** Runs the command that the command line names, then ends the process with its exit code. */
export async function main(host: Host): Promise<never> {
  let code: number;
  try {
    code = await dispatch(host);
  } catch (error) {
    code = report(error, host);
  }
  return host.exit(code);
}

async function dispatch(host: Host): Promise<number> {
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
  if (findCommand(first) !== undefined) return await runCommand(first, rest, host);
  const { passThrough } = await import("../commands/pass_through.ts");
  return await passThrough(
    args,
    nearestName(first, [...COMMANDS.map(({ name }) => name), ...RUN_WORDS]),
    host,
  );
}

/** What a link's name stands for. */
function wordsOf(link: string): readonly string[] {
  for (const names of [OLD_NAMES, STAND_IN_NAMES]) {
    const words = Object.hasOwn(names, link) ? names[link] : undefined;
    if (words !== undefined) return words;
  }
  return [];
}

async function runCommand(name: string, args: readonly string[], host: Host): Promise<number> {
  const spec = findCommand(name);
  if (spec === undefined) throw new Error(`there is no command "${name}"`);
  const module = await spec.load();
  const flags = (): readonly Flag[] => [...spec.flags, ...module.flags ?? []];
  const hasFlags = args.some((arg) => arg.startsWith("-"));
  const invocation = parseArguments(name, args, hasFlags ? flags() : []);
  if (invocation.flags.has("help")) {
    const { commandHelp } = await import("./help_text.ts");
    host.stdout(commandHelp(spec, module.flags));
    return ExitCode.Done;
  }
  // Whoever runs longer takes the signals over; for everybody else they mean what they always do.
  if (name !== "run") host.signals.takeOver((signal) => host.exit(128 + SIGNAL_NUMBERS[signal]));
  return await module.command(invocation, host);
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
