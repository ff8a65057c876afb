import type { CommandSpec, Flag } from "./command.ts";
import { HEALTH_FLAGS } from "./health_flags.ts";
import { settingFlags } from "./setting_flags.ts";
import { RUN_ACTIONS, RUN_WORDS } from "./words.ts";

export { OLD_NAMES, RUN_ACTIONS, RUN_WORDS, STAND_IN_NAMES } from "./words.ts";

const RUN_OPERANDS = `[${RUN_WORDS.join("|")}] [${RUN_ACTIONS.join("|")}]`;

/** All our commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "run",
    summary: "Generate the configuration and start the component (the default)",
    operands: RUN_OPERANDS,
    // Made when they are asked for: few command lines have a flag.
    get flags(): readonly Flag[] {
      return settingFlags();
    },
    examples: [
      ["curvine-fluid", "the component that the environment names, as Fluid starts it"],
      ["curvine-fluid worker start", "a worker"],
      ["curvine-fluid fluid-thin-runtime", "the FUSE client of a ThinRuntime"],
    ],
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
  },
  {
    name: "check",
    summary: "Show every problem of runtime configs and of Kubernetes manifests",
    operands: "[FILE…]",
    flags: [
      {
        name: "as",
        value: "RUNTIME",
        choices: ["cache", "thin"],
        summary: "Which runtime the file is for (default: from what it holds)",
      },
      { name: "json", summary: "Print the result as JSON" },
      {
        name: "show",
        summary:
          "Print the runtime configs that Fluid would write for manifests, as one JSON object",
      },
    ],
    examples: [
      ["curvine-fluid check", "the file of this container"],
      ["curvine-fluid check runtime.json", "a file of yours, before Fluid gets it"],
      ["curvine-fluid check class.yaml lake.yaml", "manifests, before the cluster gets them"],
      ["curvine-fluid check --show lake.yaml", "what Fluid would write for them"],
    ],
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
      {
        name: "resync",
        summary: "With loadMetadata, resync mounts in fs_mode: may delete objects of the UFS",
      },
    ],
    examples: [
      ["curvine-fluid data-load", "the paths in FLUID_DATALOAD_DATA_PATH"],
      ["curvine-fluid data-load --dataset lake /raw", "one path of a dataset"],
    ],
  },
  {
    name: "health",
    summary: "Say by the exit code whether this container is well",
    operands: "[COMPONENT]",
    flags: HEALTH_FLAGS,
    examples: [["curvine-fluid health --ready", "exits 0 or 1, as a probe of Kubernetes wants it"]],
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
  },
  {
    name: "doctor",
    summary: "Look at all that can be wrong here and say what mends it; nothing is changed",
    operands: `[${RUN_WORDS.join("|")}]`,
    flags: [{ name: "json", summary: "Print it as JSON" }],
    examples: [
      ["kubectl exec POD -- curvine-fluid doctor", "of a pod: ok, warn or fail for each finding"],
      [
        "FLUID_RUNTIME_CONFIG_PATH=runtime.json curvine-fluid doctor client",
        "of a runtime config, on this machine",
      ],
    ],
  },
  {
    name: "unmount",
    summary: "Stop the supervisor and unmount its target (the preStop hook)",
    operands: "[TARGET]",
    flags: [],
    examples: [["curvine-fluid unmount", "the target of this container, from its configuration"]],
  },
  {
    name: "janitor",
    summary: "Take away a killed client's dead mount (its pod's second container)",
    operands: "[TARGET]",
    flags: [],
    examples: [["curvine-fluid janitor", "beside a CacheRuntime's client, sharing its run folder"]],
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
  },
  {
    name: "version",
    summary: "Print the version",
    operands: "",
    flags: [],
    examples: [["curvine-fluid version", "such as curvine-fluid 0.1.0"]],
  },
  {
    name: "help",
    summary: "Show the help of all or of one command",
    operands: "[COMMAND]",
    flags: [],
    examples: [["curvine-fluid help render", "the help of render"]],
  },
];

/** Commands that we run ourselves, as children; the help does not show them. */
const HIDDEN: readonly CommandSpec[] = [
  {
    name: "ask-mount",
    summary: "Ask mounts what they may never answer",
    operands: "size PATH… | glob DIR SUBPATH | walk PATH | folder PATH",
    flags: [],
    examples: [],
  },
  {
    name: "probe",
    summary: "Ask the file system at a path whether it answers",
    operands: "PATH",
    flags: [],
    examples: [],
  },
  {
    name: "stand-in",
    summary: "Take the part of a Curvine program in a simulation",
    operands: "curvine-fuse|curvine-server -- ARGUMENTS",
    flags: [],
    examples: [],
  },
];

/** Finds a command by its name. */
export function findCommand(name: string): CommandSpec | undefined {
  return [...COMMANDS, ...HIDDEN].find((command) => command.name === name);
}
