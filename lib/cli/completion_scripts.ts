import type { Flag } from "./command.ts";
import { RUN_ACTIONS, RUN_WORDS } from "./words.ts";

/** The shells that we write completions for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@link SHELLS}. */
export type Shell = typeof SHELLS[number];

/** What the shells must know of a command. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** As the help shows them, such as `[cache|thin] [FILE…]`. */
  readonly operands: string;
  readonly flags: readonly Flag[];
}

/** What may stand at a place. */
type Choice =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" | "folders" | "anything" };

/** A script that completes `curvine-fluid` in a shell, from the same table as the help. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  const all = [...commands, ...componentWords()];
  const names = commands.map(({ name }) => name);
  switch (shell) {
    case "bash":
      return bash(all, names);
    case "zsh":
      return zsh(all, names);
    case "fish":
      return fish(all, names);
  }
}

/** `curvine-fluid worker start` is `curvine-fluid run worker start`. */
function componentWords(): CompletedCommand[] {
  return RUN_WORDS.map((name) => ({
    name,
    summary: `The component ${name}`,
    operands: `[${RUN_ACTIONS.join("|")}]`,
    flags: [],
  }));
}

function bash(commands: readonly CompletedCommand[], names: readonly string[]): string {
  const cases = commands.map((command) => {
    const operands = operandChoices(command, names);
    const values = command.flags.flatMap((flag) => {
      const choice = flagChoice(flag);
      return choice === undefined ? [] : [`      --${flag.name}) ${bashReply(choice)} ;;`];
    });
    const flags = [...command.flags.map(({ name }) => `--${name}`), "--help"].join(" ");
    return [
      `  ${command.name})`,
      `    valued="${
        command.flags.flatMap(({ name, value }) => value === undefined ? [] : [`--${name}`]).join(
          " ",
        )
      }"`,
      `    flags="${flags}"`,
      ...(values.length === 0 ? [] : ["    case $prev in", ...values, "    esac"]),
      "    _curvine_fluid_place",
      "    case $place in",
      ...operands.map(({ choice, from }) =>
        `      ${from}) operand() { ${bashReply(choice)}; } ;;`
      ),
      "    esac",
      "    ;;",
    ].join("\n");
  });
  return `# bash completion of curvine-fluid. Use: source <(curvine-fluid completions bash)
_curvine_fluid_place() {
  # Which operand the cursor is at: flags and their values do not count.
  local i word
  place=1
  for ((i = 2; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ " $valued " == *" $word "* ]]; then
      [[ \${COMP_WORDS[i + 1]} == = ]] && i=$((i + 1))
      i=$((i + 1))
    elif [[ $word != -* ]]; then
      place=$((place + 1))
    fi
  done
}
_curvine_fluid() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} place=0 valued flags
  COMPREPLY=()
  # --flag=value arrives as three words.
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${[...names, ...RUN_WORDS].join(" ")} --help --version" -- "$cur"))
    return
  fi
  operand() { return; }
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  *) return ;;
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  else operand
  fi
}
complete -o default -F _curvine_fluid curvine-fluid
`;
}

/** Files are left to `complete -o default`; a value ends the search for further completions. */
function bashReply(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `COMPREPLY=($(compgen -W "${choice.words.join(" ")}" -- "$cur")); return`;
    case "folders":
      return `COMPREPLY=($(compgen -d -- "$cur")); return`;
    default:
      return "return";
  }
}

function zsh(commands: readonly CompletedCommand[], names: readonly string[]): string {
  const cases = commands.map((command) => {
    const specs = [
      ...command.flags.map((flag) => {
        const choice = flagChoice(flag);
        const repeat = flag.repeatable ? "*" : "";
        const value = choice === undefined ? "" : `:${flag.value}:${zshAction(choice)}`;
        return `${repeat}--${flag.name}${value === "" ? "" : "="}[${
          zshText(flag.summary)
        }]${value}`;
      }),
      "--help[Show this help]",
      ...operandChoices(command, names).map(({ choice, from }) =>
        `${from}:operand:${zshAction(choice)}`
      ),
    ];
    return `        ${command.name}) _arguments ${specs.map(quoted).join(" ")} ;;`;
  });
  return `#compdef curvine-fluid
# zsh completion of curvine-fluid. Use: curvine-fluid completions zsh > "\${fpath[1]}/_curvine-fluid"
_curvine_fluid() {
  local curcontext=$curcontext state line
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${zshText(summary)}`)}`).join("\n")}
  )
  _arguments -C '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _curvine-fluid ]]; then _curvine_fluid "$@"
else compdef _curvine_fluid curvine-fluid
fi
`;
}

function zshAction(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `(${choice.words.join(" ")})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    default:
      return " ";
  }
}

/** A colon and brackets end a text for `_arguments`. */
function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function fish(commands: readonly CompletedCommand[], names: readonly string[]): string {
  const line = (...words: string[]): string => `complete -c curvine-fluid ${words.join(" ")}`;
  const lines = commands.flatMap((command) => {
    const seen = `-n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    return [
      line("-n __fish_use_subcommand", `-f -a ${command.name} -d ${quoted(command.summary)}`),
      ...[...command.flags, { name: "help", summary: "Show this help" }].map((flag) => {
        const choice = flagChoice(flag);
        const value = choice === undefined ? "-f" : fishValue(choice);
        return line(seen, `-l ${flag.name} ${value} -d ${quoted(flag.summary)}`);
      }),
      ...operandChoices(command, names).flatMap(({ choice }) =>
        choice.kind === "words" ? [line(seen, `-f -a ${quoted(choice.words.join(" "))}`)] : []
      ),
    ];
  });
  return `# fish completion of curvine-fluid. Use: curvine-fluid completions fish | source
${lines.join("\n")}
`;
}

function fishValue(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `-x -a ${quoted(choice.words.join(" "))}`;
    case "files":
    case "folders":
      return "-r -F";
    default:
      return "-x";
  }
}

/** What a flag's value may be, `undefined` for a switch. */
function flagChoice({ value, choices }: Flag): Choice | undefined {
  if (value === undefined) return undefined;
  if (choices !== undefined) return { kind: "words", words: choices };
  if (value === "BOOL") return { kind: "words", words: ["true", "false"] };
  return { kind: value === "FILE" ? "files" : value === "DIR" ? "folders" : "anything" };
}

/**
 * What the operands may be, from how the help shows them: `[a|b]` is a choice, `FILE` and `DIR`
 * are paths, `COMMAND` is one of ours. `from` is a place from 1, `*` for any further one.
 */
function operandChoices(
  { operands }: CompletedCommand,
  names: readonly string[],
): { choice: Choice; from: string }[] {
  return operands.split(" ").filter((part) => part !== "").map((part, index) => {
    const word = part.replace(/^\[|\]$/g, "");
    const many = word.endsWith("…");
    const name = word.replace(/…$/, "");
    const choice: Choice = name.includes("|")
      ? { kind: "words", words: name.split("|") }
      : name === "COMMAND"
      ? { kind: "words", words: names }
      : { kind: name === "FILE" ? "files" : name === "DIR" ? "folders" : "anything" };
    return { choice, from: many ? "*" : String(index + 1) };
  });
}

/** For all three shells: in single quotes nothing but the quote itself means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
