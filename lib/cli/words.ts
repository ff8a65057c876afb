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
