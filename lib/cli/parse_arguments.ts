import { nearestName } from "../text/nearest_name.ts";
import type { Flag, Invocation } from "./command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";

/** Every command has it. */
export const HELP_FLAG: Flag = { name: "help", summary: "Show this help" };

/**
 * Sorts a command's arguments into operands and flags. `--name VALUE` and `--name=VALUE` are the
 * same, `-h` is `--help`, and after `--` nothing is a flag.
 *
 * @throws {CommandError} with every fault at once (64)
 */
export function parseArguments(
  command: string,
  args: readonly string[],
  known: readonly Flag[],
): Invocation {
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  const faults: string[] = [];
  const byName = new Map([...known, HELP_FLAG].map((flag) => [flag.name, flag]));

  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      operands.push(arg);
      continue;
    }
    const [name, attached] = splitFlag(arg);
    const flag = byName.get(name);
    if (flag === undefined) {
      const near = nearestName(name, byName.keys());
      const advice = near === undefined ? "" : `; did you mean "--${near}"?`;
      faults.push(`there is no flag "${arg.split("=")[0]}"${advice}`);
      continue;
    }
    let value = attached;
    if (flag.value === undefined) {
      if (value !== undefined) faults.push(`"--${name}" takes no value`);
      value = "";
    } else value ??= args[++index];
    if (value === undefined) {
      faults.push(`"--${name}" wants a value: --${name} ${flag.value}`);
      continue;
    }
    if (flag.choices !== undefined && !flag.choices.includes(value)) {
      faults.push(`"--${name}" is "${value}"; one of ${flag.choices.join(", ")} is wanted`);
    }
    const earlier = flags.get(name);
    if (earlier === undefined) flags.set(name, [value]);
    else if (flag.repeatable) earlier.push(value);
    else faults.push(`"--${name}" is given more than once`);
  }
  if (faults.length > 0 && !flags.has("help")) throw usageError(command, faults);
  return { operands, flags };
}

/** A wrong command line, with where its help is. */
export function usageError(command: string, faults: readonly string[]): CommandError {
  const list = faults.length === 1 ? faults[0] : `\n  ${faults.join("\n  ")}`;
  return new CommandError(
    `Cannot run "${command}": ${list}\nSee: curvine-fluid ${command} --help`,
    ExitCode.Usage,
  );
}

function splitFlag(arg: string): [name: string, value: string | undefined] {
  if (arg === "-h") return ["help", undefined];
  const equals = arg.indexOf("=");
  const name = (equals < 0 ? arg : arg.slice(0, equals)).replace(/^--?/, "");
  return [name, equals < 0 ? undefined : arg.slice(equals + 1)];
}
