import type { CommandModule, CommandSpec } from "../cli/command.ts";
import { parseArguments } from "../cli/parse_arguments.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Host } from "../ports/host.ts";
import type { CommandName } from "./load_command.ts";
import type { Course } from "./until_end.ts";

/** What a container's own process runs, also where it is not PID 1, as in a shared namespace. */
const OWN_COMMANDS: readonly CommandName[] = ["run", "data-load"];

/** What is asked of `run` beside a container's own process, by a probe or a hook. */
const HOOK_ACTIONS = ["health-check", "stop", "restart"];

/**
 * Runs a command.
 *
 * @param load its code
 * @param args what stands behind its name
 * @returns the exit code
 */
export async function runCommand(
  name: CommandName,
  load: CommandModule | Promise<CommandModule>,
  args: readonly string[],
  host: Host,
  course: Course,
): Promise<number> {
  const isHook = name === "run" && HOOK_ACTIONS.includes(args[1] ?? "");
  if (OWN_COMMANDS.includes(name)) course.isOwn = !isHook;
  course.isTold = name === "run";
  const module = await load;
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
