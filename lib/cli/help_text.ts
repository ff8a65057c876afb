import type { CommandSpec, Flag } from "./command.ts";
import { COMMANDS } from "./command_table.ts";
import { HELP_FLAG } from "./parse_arguments.ts";
import { wrapText } from "../text/wrap_text.ts";

/** The help of the whole program. */
export function programHelp(): string {
  return [
    "curvine-fluid: the entrypoint of Curvine's containers in Fluid",
    "",
    "Usage: curvine-fluid [COMMAND] [ARGUMENTS]",
    "",
    "Commands:",
    ...columns(COMMANDS.map(({ name, summary }) => [name, summary])),
    "",
    ...wrapText(
      "curvine-fluid COMMAND --help shows a command's flags and examples. Without a command it " +
        "is run. Outside Fluid, an unknown command is executed as it is.",
      "",
      "",
    ),
    "",
    ...wrapText(
      "Exit codes: 0 done; 1 no; 64 wrong usage; 66 a named file is missing; 69 Curvine cannot " +
        "be reached; 70 a bug of ours; 71 a mount or system call failed; 75 locked, try again; " +
        "78 bad configuration. run ends with the code of what it runs.",
      "",
      "",
    ),
    "",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: CommandSpec): string {
  const flags = [...command.flags, HELP_FLAG];
  return [
    command.summary,
    "",
    ...wrapText(
      [command.name, "[FLAGS]", command.operands].join(" ").trim(),
      "Usage: curvine-fluid ",
      "         ",
    ),
    "",
    "Flags:",
    ...columns(flags.map((flag) => [flagForm(flag), flag.summary])),
    "",
    "Examples:",
    ...command.examples.flatMap(([line, meaning]) => [
      `  ${line}`,
      ...wrapText(meaning, "      ", "      "),
    ]),
    "",
  ].join("\n");
}

function flagForm({ name, value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(24, Math.max(...rows.map(([left]) => left.length))) + 2;
  const rest = " ".repeat(width + 2);
  return rows.flatMap(([left, right]) =>
    left.length + 2 > width
      ? [`  ${left}`, ...wrapText(right, rest, rest)]
      : wrapText(right, `  ${left.padEnd(width)}`, rest)
  );
}
