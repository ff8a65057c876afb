/** The flags of kubectl that documents use, by verb: whether each wants a value. */
export const KUBECTL: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  annotate: { "--overwrite": false },
  apply: { "-k": true, "-f": true },
  debug: {},
  delete: { "-k": true, "-l": true, "--field-selector": true, "--ignore-not-found": false },
  describe: { "-l": true },
  exec: { "-c": true },
  get: { "-l": true },
  label: {},
  logs: { "-c": true },
  patch: { "--type": true, "-p": true },
  "rollout status": {},
  "set image": {},
  wait: { "--for": true, "--timeout": true },
};

/** Flags of every verb. */
export const KUBECTL_COMMON: Readonly<Record<string, boolean>> = { "-n": true };

/** What kubectl calls a kind that documents name, and the kind itself with its group. */
export const RESOURCES: Readonly<Record<string, readonly [kind: string, group: string]>> = {
  cacheruntime: ["CacheRuntime", "data.fluid.io"],
  cacheruntimeclass: ["CacheRuntimeClass", "data.fluid.io"],
  daemonset: ["DaemonSet", "apps"],
  dataload: ["DataLoad", "data.fluid.io"],
  dataset: ["Dataset", "data.fluid.io"],
  deployment: ["Deployment", "apps"],
  node: ["Node", ""],
  pod: ["Pod", ""],
  pods: ["Pod", ""],
  secret: ["Secret", ""],
  thinruntime: ["ThinRuntime", "data.fluid.io"],
  thinruntimeprofile: ["ThinRuntimeProfile", "data.fluid.io"],
};

/** Fluid's own workloads, by its chart's templates. */
export const OF_FLUID = ["deployment/cacheruntime-controller", "daemonset/csi-nodeplugin-fluid"];

/** The values of Fluid's chart that documents set. */
export const FLUID_VALUES = ["runtime.cache.enabled", "csi.featureGates"];

/** A word that a reader replaces: `POD`, `FILE…`, `<runtime>-master-0`, or `…` itself. */
export function isPlaceholder(word: string): boolean {
  return /^\[?[A-Z][A-Z_]*…?\]?$|<\w+>|^…$/.test(word);
}

/** A command line of kubectl, taken apart. */
export interface KubectlCall {
  readonly verb: string;
  /** Every value of a flag, or `true` of one that wants none. */
  readonly flags: ReadonlyMap<string, string | true>;
  readonly operands: readonly string[];
  /** What stands behind `--`. */
  readonly inside: readonly string[];
}

/** @throws {Error} for a verb or a flag that is not in the tables */
export function kubectlCall(words: readonly string[]): KubectlCall {
  const dashes = words.indexOf("--");
  const args = dashes < 0 ? words : words.slice(0, dashes);
  const flags = new Map<string, string | true>();
  const rest: string[] = [];
  let verb = "";
  const verbs = Object.keys(KUBECTL);
  for (let at = 0; at < args.length; at++) {
    const [name = "", value] = splitAt(args[at] ?? "");
    if (!name.startsWith("-")) {
      const longer = `${verb} ${name}`.trim();
      if (
        verbs.some((one) => one === longer || one.startsWith(`${longer} `)) && rest.length === 0
      ) {
        verb = longer;
      } else rest.push(args[at] ?? "");
      continue;
    }
    const wants = { ...KUBECTL_COMMON, ...KUBECTL[verb] }[name];
    if (wants === undefined) throw new Error(`kubectl ${verb} with ${name} is in no document yet`);
    flags.set(name, wants ? value ?? args[++at] ?? "" : true);
  }
  if (KUBECTL[verb] === undefined) throw new Error(`kubectl ${verb} is in no document yet`);
  return { verb, flags, operands: rest, inside: dashes < 0 ? [] : words.slice(dashes + 1) };
}

/**
 * `kind/name` of all that a call names; kinds and names that readers fill in are left out.
 *
 * @throws {Error} for a kind that is not in the table
 */
export function referencesOf({ verb, operands }: KubectlCall): string[] {
  const bare = verb === "logs" ? "pod" : undefined;
  const [first = "", ...rest] = operands;
  const values = (word: string): boolean => word.includes("=") || isPlaceholder(word);
  const pairs = first.includes("/")
    ? operands.filter((word) => !values(word)).map((word) => word.split("/"))
    : (bare === undefined ? rest : operands).filter((word) => !values(word))
      .map((name) => [bare ?? first, name]);
  const kinds = [
    ...pairs.map(([kind = ""]) => kind),
    ...first === "" || bare ? [] : [first.split("/")[0] ?? ""],
  ];
  for (const kind of kinds) {
    if (!isPlaceholder(kind) && RESOURCES[kind] === undefined) {
      throw new Error(`wanted is a kind that is known, not "${kind}"`);
    }
  }
  return pairs.map(([kind = "", name = ""]) =>
    `${(RESOURCES[kind]?.[0] ?? kind).toLowerCase()}/${name}`
  );
}

/** `--flag=value` at its first sign of equality, `TYPE/NAME` left whole. */
function splitAt(word: string): [name: string, value: string | undefined] {
  const equals = word.startsWith("-") ? word.indexOf("=") : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}
