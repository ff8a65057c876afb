import { nearestName } from "../../text/nearest_name.ts";
import { wrong } from "./container_rules.ts";
import { listAt, textAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** What a container can be; each is a first word of ours. */
const COMPONENT_WORDS = ["master", "worker", "client", "transfer", "fluid-thin-runtime"];

/** What may stand behind a component's name. */
const ACTIONS = ["start", "health-check", "stop", "restart"];

/** Commands of ours that a pod may run. A test holds them to the table of commands. */
export const POD_COMMANDS = [
  "run",
  "render",
  "check",
  "mount-ufs",
  "report-summary",
  "data-load",
  "health",
  "status",
  "doctor",
  "unmount",
  "janitor",
  "simulate",
  "options",
  "schema",
  "completions",
  "version",
  "help",
];

/** The executable, and the names of the scripts that it stands for. */
const ENTRYPOINTS = ["curvine-fluid", "entrypoint.sh", "fluid-entrypoint.sh"];

function isOurs(command: string | undefined): boolean {
  return command !== undefined && ENTRYPOINTS.includes(command.split("/").at(-1) ?? "");
}

/**
 * The words that a component's container starts with: a misspelt one ends with 64 at every start,
 * and another component's name starts that one.
 *
 * @param component `fluid-thin-runtime` for a ThinRuntime's client
 * @param command the container's, from its template; absent where the image has its own
 */
export function startRules(
  component: string,
  command: readonly unknown[],
  args: readonly unknown[],
  place: Place,
): ShapeFinding[] {
  if (command.length > 0 && !isOurs(String(command[0]))) return [];
  const words = [...command.slice(1), ...args].map(String);
  const [first, action] = words.filter((word) => !word.startsWith("-") && word !== "run");
  if (first === undefined || first === component && action === undefined) return [];
  const quoted = JSON.stringify(first);
  if (first !== component && COMPONENT_WORDS.includes(first)) {
    const message = `starts ${quoted}, and Fluid runs it as ${component}`;
    return [wrong(place, message, `write ${component}`)];
  }
  if (first === component) {
    const near = ACTIONS.includes(action ?? "") ? undefined : nearestName(action ?? "", ACTIONS);
    return near === undefined ? [] : [wrong(
      place,
      `says ${JSON.stringify(action)} to it; one of ${ACTIONS.join(", ")} is ` +
        "wanted",
      `write ${near}`,
    )];
  }
  if (POD_COMMANDS.includes(first)) return [];
  // Without a command of ours the image may have any entrypoint.
  const near = nearestName(first, [component, ...POD_COMMANDS, ...ACTIONS]);
  if (near === undefined && command.length === 0) return [];
  const mend = ACTIONS.includes(near ?? "") ? `${component}, ${near}` : near ?? component;
  return [wrong(
    place,
    `has ${quoted}, which is no command of curvine-fluid's: it ends with 64 at every start`,
    `write ${mend}`,
  )];
}

/**
 * A command that Fluid or the kubelet runs in our image, such as a probe's.
 *
 * @param wanted the one command that does what the place is for
 */
export function ranRules(
  words: readonly unknown[],
  place: Place,
  wanted?: string,
): ShapeFinding[] {
  const [command, first] = words.map(String);
  if (command === undefined) return [];
  const [path = "", ...rest] = command.trim().split(/\s+/);
  if (words.length === 1 && rest.length > 0 && isOurs(path)) {
    const list = [path, ...rest].map((word) => JSON.stringify(word)).join(", ");
    return [
      wrong(
        place,
        `is one word, ${JSON.stringify(command)}; a word for each is wanted`,
        `write [${list}]`,
      ),
    ];
  }
  if (!isOurs(command)) return [];
  if (wanted !== undefined && first !== wanted) {
    const said = first === undefined ? "says no command" : `says ${JSON.stringify(first)}`;
    return [wrong(place, `${said}; ${wanted} is wanted there`, `write [${command}, ${wanted}]`)];
  }
  const known = [...POD_COMMANDS, ...COMPONENT_WORDS];
  if (first === undefined || first.startsWith("-") || known.includes(first)) return [];
  const near = nearestName(first, known);
  return [wrong(
    place,
    `says ${JSON.stringify(first)}, which is no command of curvine-fluid's`,
    near === undefined ? undefined : `write ${near}`,
  )];
}

/** Probes and hooks of a container. */
export function hookRules(container: unknown, place: Place): ShapeFinding[] {
  const hooks: Place[] = [
    ["livenessProbe"],
    ["readinessProbe"],
    ["startupProbe"],
    ["lifecycle", "preStop"],
    ["lifecycle", "postStart"],
  ];
  return hooks.flatMap((hook) => {
    const at = [...hook, "exec", "command"];
    return ranRules(listAt(container, at), [...place, ...at]);
  });
}

/**
 * Fluid gives the runtime config, its variables and the secrets to the first container alone.
 *
 * @param component whose template it is
 */
export function firstContainerRule(
  component: string,
  containers: readonly unknown[],
  place: Place,
): ShapeFinding[] {
  const starts = (container: unknown): boolean =>
    [...listAt(container, ["command"]), ...listAt(container, ["args"])].includes(component) ||
    textAt(container, ["name"]) === component;
  const index = containers.findIndex(starts);
  return index <= 0 ? [] : [wrong(
    [...place, index],
    `is the ${component}, and Fluid gives the runtime config to the first container alone`,
    "put it first",
  )];
}
