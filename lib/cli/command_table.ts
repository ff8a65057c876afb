import type { CommandSpec, Flag } from "./command.ts";

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
    load: async () => {
      const { command, settingFlags } = await import("../commands/run.ts");
      return {
        command,
        // Made when they are asked for: few command lines have a flag, and every start would pay.
        get flags(): readonly Flag[] {
          return settingFlags();
        },
      };
    },
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
    name: "mount-ufs",
    summary: "Make Curvine's mount table the Dataset's, report its paths (Fluid's mountUFS)",
    operands: "",
    flags: [
      {
        name: "timeout",
        value: "TIME",
        summary:
          "Give up after this long (default 18s: Fluid waits 20 s; or CURVINE_FLUID_MOUNT_UFS_TIMEOUT)",
      },
    ],
    examples: [
      ["curvine-fluid mount-ufs", 'mounts, updates, unmounts; prints {"mounted":["/raw"]}'],
      ["curvine-fluid mount-ufs --timeout 2m", "where the class gives mountUFS more time"],
    ],
    load: () => import("../commands/mount_ufs.ts"),
  },
  {
    name: "report-summary",
    summary: "Print the cache's summary as JSON (Fluid's reportSummary)",
    operands: "",
    flags: [
      {
        name: "timeout",
        value: "TIME",
        summary: "Give up after this long (default 17s; or CURVINE_FLUID_REPORT_TIMEOUT)",
      },
    ],
    examples: [
      ["curvine-fluid report-summary", 'such as {"cached":"1.50GiB","cachedPercentage":"0",…}'],
    ],
    load: () => import("../commands/report_summary.ts"),
  },
  {
    name: "data-load",
    summary: "Load paths into the cache (Fluid's DataLoad)",
    operands: "[PATH…]",
    flags: [
      {
        name: "master",
        value: "HOST[:PORT]",
        repeatable: true,
        summary: "A master of Curvine; otherwise they are found",
      },
      { name: "dataset", value: "NAME", summary: "The dataset whose masters are looked up" },
      { name: "namespace", value: "NAME", summary: "Where the dataset is" },
    ],
    examples: [
      ["curvine-fluid data-load", "the paths in FLUID_DATALOAD_DATA_PATH"],
      ["curvine-fluid data-load --dataset lake /raw", "one path of a dataset"],
    ],
    load: () => import("../commands/data_load.ts"),
  },
  {
    name: "health",
    summary: "Say by the exit code whether this container is well",
    operands: "[COMPONENT]",
    flags: [
      { name: "ready", summary: "The mount is up and answers, the server listens (the default)" },
      { name: "live", summary: "The supervisor lives" },
    ],
    examples: [["curvine-fluid health --ready", "exits 0 or 1, as a probe of Kubernetes wants it"]],
    load: () => import("../commands/health.ts"),
  },
  {
    name: "status",
    summary: "Show what the supervisor of this container does",
    operands: "",
    flags: [
      { name: "json", summary: "Print it as JSON" },
      { name: "watch", summary: "Show it every second, until Ctrl-C" },
    ],
    examples: [
      ["curvine-fluid status", "state, mount, restarts and why, the last errors"],
      ["kubectl exec POD -- curvine-fluid status --watch", "how it goes on"],
    ],
    load: () => import("../commands/status.ts"),
  },
  {
    name: "unmount",
    summary: "Stop the supervisor and unmount its target (the preStop hook)",
    operands: "[TARGET]",
    flags: [],
    examples: [["curvine-fluid unmount", "the target of this container, from its configuration"]],
    load: () => import("../commands/unmount.ts"),
  },
  {
    name: "simulate",
    summary: "Show a whole run on this machine, below one folder; no cluster, no root",
    operands: RUN_OPERANDS,
    flags: [
      {
        name: "env-file",
        value: "FILE",
        repeatable: true,
        summary: "What the container's environment would be, as deno --env-file reads it",
      },
      {
        name: "root",
        value: "DIR",
        summary: "Where everything goes (default: a temporary folder)",
      },
      { name: "chaos", summary: "Kill, break, reconfigure and stop the daemon on the way" },
      {
        name: "for",
        value: "TIME",
        summary: "How long it runs (default 3s; with --chaos, until that is over)",
      },
      { name: "json", summary: "Tell it as one JSON object a line" },
    ],
    examples: [
      ["curvine-fluid simulate --env-file manifests/local/cache-client.env", "a FUSE client"],
      ["curvine-fluid simulate --env-file thin.env --chaos", "and what becomes of it in trouble"],
      [
        "CURVINE_HOME=/app/curvine curvine-fluid simulate --env-file a.env",
        "with the real Curvine",
      ],
    ],
    load: () => import("../commands/simulate.ts"),
  },
  {
    name: "options",
    summary: "List every option and setting, with type, default and meaning",
    operands: "[WORD…]",
    flags: [
      {
        name: "format",
        value: "FORMAT",
        choices: ["table", "markdown", "json"],
        summary: "table (default), markdown or json",
      },
    ],
    examples: [
      ["curvine-fluid options", "all of them"],
      ["curvine-fluid options fuse timeout", "those with both words in name or meaning"],
    ],
    load: () => import("../commands/options.ts"),
  },
  {
    name: "schema",
    summary: "Print the JSON Schema of a runtime config, for editors",
    operands: "[cache|thin]",
    flags: [],
    examples: [
      ["curvine-fluid schema cache", "of a CacheRuntime's runtime.json (the default)"],
      ["curvine-fluid schema thin > thin.schema.json", "of a ThinRuntime's config.json"],
    ],
    load: () => import("../commands/schema.ts"),
  },
  {
    name: "completions",
    summary: "Print the completion script of a shell",
    operands: "[bash|zsh|fish]",
    flags: [],
    examples: [
      ["source <(curvine-fluid completions bash)", "in bash, for this session"],
      ["curvine-fluid completions fish | source", "in fish"],
      ['curvine-fluid completions zsh > "${fpath[1]}/_curvine-fluid"', "in zsh, from now on"],
    ],
    load: () => import("../commands/completions.ts"),
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

/** Commands that we run ourselves, as children; the help does not show them. */
const HIDDEN: readonly CommandSpec[] = [
  {
    name: "ask-mount",
    summary: "Ask mounts what they may never answer",
    operands: "size PATH… | glob DIR SUBPATH",
    flags: [],
    examples: [],
    load: () => import("../commands/ask_mount.ts"),
  },
  {
    name: "probe",
    summary: "Ask the file system at a path whether it answers",
    operands: "PATH",
    flags: [],
    examples: [],
    load: () => import("../commands/probe.ts"),
  },
  {
    name: "stand-in",
    summary: "Take the part of a Curvine program in a simulation",
    operands: "curvine-fuse|curvine-server -- ARGUMENTS",
    flags: [],
    examples: [],
    load: () => import("../commands/stand_in.ts"),
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

/** Links in the folder of a simulation; everywhere else these are Curvine's own programs. */
export const STAND_IN_NAMES: Readonly<Record<string, readonly string[]>> = {
  "curvine-fuse": ["stand-in", "curvine-fuse", "--"],
  "curvine-server": ["stand-in", "curvine-server", "--"],
};

/** Finds a command by its name. */
export function findCommand(name: string): CommandSpec | undefined {
  return [...COMMANDS, ...HIDDEN].find((command) => command.name === name);
}
