import type { CommandSpec } from "./command.ts";

/** The words that start a component; `run` before them may be left out. */
export const RUN_WORDS: readonly string[] = [
  "master",
  "worker",
  "client",
  "transfer",
  "fluid-thin-runtime",
];

/** What may follow a component's word. */
export const RUN_ACTIONS: readonly string[] = ["start", "health-check", "stop", "restart"];

const RUN_OPERANDS = `[${RUN_WORDS.join("|")}] [${RUN_ACTIONS.join("|")}]`;

/** All our commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "run",
    summary: "Generate the configuration and start the component (the default)",
    operands: RUN_OPERANDS,
    flags: [],
    examples: [
      ["curvine-fluid", "the component that the environment names, as Fluid starts it"],
      ["curvine-fluid worker start", "a worker"],
      ["curvine-fluid fluid-thin-runtime", "the FUSE client of a ThinRuntime"],
    ],
    load: () => import("../commands/run.ts"),
  },
  {
    name: "render",
    summary: "Show what run would do; nothing is started",
    operands: RUN_OPERANDS,
    flags: [
      {
        name: "format",
        value: "FORMAT",
        choices: ["json", "toml", "argv", "script"],
        summary: "json: the whole plan (default); toml: the file; argv; script: mount-curvine.sh",
      },
      { name: "out", value: "DIR", summary: "Write the files into this folder, secrets included" },
      { name: "write", summary: "Write the configuration where run would, secrets included" },
    ],
    examples: [
      ["curvine-fluid render worker", "the plan of a worker as JSON, secrets as ******"],
      ["curvine-fluid render --format toml client", "the client's curvine-cluster.toml"],
    ],
    load: () => import("../commands/render.ts"),
  },
  {
    name: "check",
    summary: "Show every problem of runtime configs",
    operands: "[FILE…]",
    flags: [
      {
        name: "as",
        value: "RUNTIME",
        choices: ["cache", "thin"],
        summary: "Which runtime the file is for (default: from what it holds)",
      },
      { name: "json", summary: "Print the result as JSON" },
    ],
    examples: [
      ["curvine-fluid check", "the file of this container"],
      ["curvine-fluid check runtime.json", "a file of yours, before Fluid gets it"],
    ],
    load: () => import("../commands/check.ts"),
  },
  {
    name: "version",
    summary: "Print the version",
    operands: "",
    flags: [],
    examples: [["curvine-fluid version", "such as curvine-fluid 0.1.0"]],
    load: () => import("../commands/version.ts"),
  },
  {
    name: "help",
    summary: "Show the help of all or of one command",
    operands: "[COMMAND]",
    flags: [],
    examples: [["curvine-fluid help render", "the help of render"]],
    load: () => import("../commands/help.ts"),
  },
];

/** Links by whose name a command is run: the scripts that images have had. */
export const OLD_NAMES: Readonly<Record<string, readonly string[]>> = {
  "entrypoint.sh": ["run"],
  "fluid-entrypoint.sh": ["run"],
  "mountUfs.sh": ["mount-ufs"],
  "reportSummary.sh": ["report-summary"],
  "generate_config.py": ["render", "--write"],
  "config-parse.py": ["render", "--write", "fluid-thin-runtime"],
};

/** Finds a command by its name. */
export function findCommand(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name);
}
