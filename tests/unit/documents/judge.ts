import { findCommand, RUN_ACTIONS, RUN_WORDS } from "../../../lib/cli/command_table.ts";
import { parseArguments } from "../../../lib/cli/parse_arguments.ts";
import { exists } from "../../support/exists.ts";
import type { KnownObjects } from "./known_objects.ts";
import {
  FLUID_VALUES,
  isPlaceholder,
  type KubectlCall,
  kubectlCall,
  OF_FLUID,
  referencesOf,
} from "./kubectl_rules.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** The Deno that everything of ours is run by. */
export const DENO = "deno@2.9.6";

/** The one program of Curvine's in the image that documents have people run. */
const CURVINE_CLI = "/app/curvine/lib/curvine-cli";

/** Made or given on the way, so that no checkout has them. */
const MADE = ["dist/curvine-fluid", "curvine-fluid-*-linux-amd64"];

/**
 * Holds a documented command line to what is there: commands and flags of ours, tasks, files, names of
 * objects, and for other people's programs to the part of them that documents use.
 *
 * @throws {Error} that says what does not hold; a program that is not known here does not either
 */
export function judge(words: readonly string[], known: KnownObjects): void {
  const [program = "", ...args] = words;
  const judgement = JUDGES[program];
  if (judgement === undefined) throw new Error(`no test knows the program "${program}"`);
  judgement(args, known);
}

const JUDGES: Readonly<Record<string, (args: readonly string[], known: KnownObjects) => void>> = {
  "curvine-fluid": judgeOurs,
  npx: ([yes, deno, word, ...task]) => {
    wanted(yes === "-y" && deno === DENO, `npx -y ${DENO}`);
    if (word !== "…") judgeDeno([word ?? "", ...task]);
  },
  deno: judgeDeno,
  docker: judgeDocker,
  helm: judgeHelm,
  kubectl: (args, known) => judgeKubectl(kubectlCall(args), known),
  install: (args) => judgeFiles(args.filter((word) => !/^(-.*|\d+)$/.test(word)).slice(0, -1)),
  mkdir: ([flag, ...folders]) => {
    wanted(flag === "-p" && folders.every((one) => one.startsWith("~/")), "mkdir -p ~/FOLDER");
  },
  sed: ([flag, script = "", ...files]) => {
    wanted(flag === "-i" && /^s(.).+\1.*\1g?$/.test(script) && files.length > 0, "sed -i s… FILE");
    judgeFiles(files);
  },
  // A shell's own, for completions.
  source: (args) => wanted(args.every((word) => word.startsWith("/dev/fd/")), "source <(…)"),
};

function judgeOurs(args: readonly string[]): void {
  const [first = "run", ...rest] = args;
  if (RUN_WORDS.includes(first)) return judgeOurs(["run", ...args]);
  if (first.startsWith("--")) return judgeOurs(["run", ...args]);
  const spec = findCommand(first);
  wanted(spec !== undefined, `a command of ours in the place of "${first}"`);
  const { operands, flags } = parseArguments(first, rest, spec?.flags ?? []);
  if (first === "run" || first === "render" || first === "simulate") {
    const [word, action, ...more] = operands;
    wanted(word === undefined || RUN_WORDS.includes(word), `a component, not "${word}"`);
    wanted(action === undefined || RUN_ACTIONS.includes(action), `an action, not "${action}"`);
    wanted(more.length === 0, `nothing after "${action}"`);
  }
  judgeFiles([...first === "check" ? operands : [], ...flags.get("env-file") ?? []]);
}

/** Files of the repository, all of which a pattern has to find some; a bare name is a reader's own. */
function judgeFiles(paths: readonly string[]): void {
  for (const path of paths) {
    if (isPlaceholder(path) || !path.includes("/") || MADE.includes(path)) continue;
    wanted(filesOf(path).length > 0, `a file of the repository, not "${path}"`);
  }
}

/** The files of a path whose last part may be `*` with an end. */
export function filesOf(path: string, root: string = ROOT): string[] {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, slash + 1);
  const [begin = "", end] = path.slice(slash + 1).split("*");
  if (end === undefined) return exists(`${root}/${path}`) ? [path] : [];
  return [...Deno.readDirSync(`${root}/${folder}`)].map(({ name }) => name)
    .filter((name) => name.startsWith(begin) && name.endsWith(end))
    .map((name) => `${folder}${name}`).toSorted();
}

function judgeDeno([word, name = "", ...rest]: readonly string[]): void {
  wanted(word === "task", "deno task NAME");
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  wanted(Object.hasOwn(tasks, name), `a task of deno.json, not "${name}"`);
  const source = `${JSON.stringify(tasks[name])}${scriptOf(tasks[name].command)}`;
  for (const flag of rest.filter((word) => word.startsWith("--"))) {
    wanted(source.includes(flag.split("=")[0] ?? ""), `a flag that "${name}" reads, not ${flag}`);
  }
}

/** The text of the last script that a task runs. */
function scriptOf(command: string): string {
  const path = [...command.matchAll(/[\w./]+\.ts\b/g)].at(-1)?.[0];
  return path === undefined ? "" : Deno.readTextFileSync(`${ROOT}${path}`);
}

function judgeDocker(args: readonly string[]): void {
  const [first, second, ...rest] = args;
  wanted(first === "buildx" && second === "build", "docker buildx build");
  const flags = rest.filter((word) => word.startsWith("-"));
  wanted(flags.every((flag) => ["-t", "--push"].includes(flag)), `-t and --push, not ${flags}`);
  wanted(rest.at(-1) === "." && exists(`${ROOT}Dockerfile`), "the folder of the Dockerfile");
}

function judgeHelm(args: readonly string[]): void {
  const [verb, ...rest] = args;
  if (verb === "repo") {
    return wanted(rest[0] === "add" && rest.length === 3, "helm repo add NAME URL");
  }
  wanted(verb === "upgrade", "helm upgrade");
  const plain = ["--install", "--reuse-values", "--devel", "--create-namespace"];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (!word.startsWith("-") || plain.includes(word)) continue;
    const value = rest[++at] ?? "";
    wanted(word === "--set" || word === "--namespace", `a flag that is known here, not ${word}`);
    wanted(
      word !== "--set" || FLUID_VALUES.includes(value.split("=")[0] ?? ""),
      `a value of Fluid's chart, not ${value}`,
    );
  }
}

function judgeKubectl(call: KubectlCall, known: KnownObjects): void {
  const { verb, flags, operands, inside } = call;
  const folder = flags.get("-k");
  if (typeof folder === "string" && folder !== "") {
    wanted(exists(`${ROOT}${folder}/kustomization.yaml`), `a kustomization, not "${folder}"`);
  }
  const patch = flags.get("-p");
  if (typeof patch === "string") JSON.parse(patch);
  if (verb === "exec") {
    const [pod = ""] = operands;
    if (pod !== "" && !isPlaceholder(pod)) {
      const containers = known.containers(pod);
      wanted(containers !== undefined, `a pod of the manifests, not "${pod}"`);
      const container = flags.get("-c") ?? containers?.[0];
      wanted(containers?.includes(String(container)) === true, `one of ${containers}: -c`);
    }
    if (inside.length > 0) {
      if (inside[0] === CURVINE_CLI) return;
      wanted(inside[0] === "curvine-fluid", "a program of the image behind --");
      judgeOurs(inside.slice(1));
    }
    return;
  }
  for (const reference of referencesOf(call)) {
    if (OF_FLUID.includes(reference)) {
      wanted(flags.get("-n") === "fluid-system", `-n fluid-system for ${reference}`);
    } else wanted(known.names().has(reference), `an object of the manifests, not "${reference}"`);
  }
  if (verb === "set image") judgeImages(operands, known);
}

function judgeImages([workload = "", ...images]: readonly string[], known: KnownObjects): void {
  const names = images.map((image) => image.split("=")[0] ?? "");
  const containers = known.containers(workload) ?? [];
  wanted(
    names.every((name) => containers.includes(name)),
    `containers of ${workload}: ${containers}`,
  );
}

function wanted(holds: boolean, what: string): void {
  if (!holds) throw new Error(`wanted is ${what}`);
}
