import { COMPONENTS } from "./cache_runtime_file.ts";
import { containerRules, doubtful, named, volumeRules, wrong } from "./container_rules.ts";
import { firstContainerRule, hookRules, ranRules, startRules } from "./command_rules.ts";
import { commandRules } from "./exec_command_rules.ts";
import { classFileSystemTypeRule } from "./file_system_type_rule.ts";
import { DNS_1123_SUBDOMAIN } from "./kubernetes_names.ts";
import { hasAt, listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** What Fluid and Kubernetes refuse of a CacheRuntimeClass by itself, or drop. */
export function cacheClassRules({ document: { value } }: Manifest): ShapeFinding[] {
  const declared = listAt(value, ["extraResources", "configMaps"])
    .map((one) => textAt(one, ["name"]) ?? "");
  return [
    ...classFileSystemTypeRule(value, ["fileSystemType"]),
    ...declared.flatMap((name, index) =>
      named(name, DNS_1123_SUBDOMAIN, ["extraResources", "configMaps", index, "name"])
    ),
    ...COMPONENTS.flatMap((component): ShapeFinding[] =>
      !hasAt(value, ["topology", component])
        ? []
        : componentRules(value, component, ["topology", component], declared)
    ),
    ...privilegedRule(value),
    ...janitorRule(value),
    ...dataLoadRules(value),
  ];
}

function componentRules(
  value: unknown,
  component: string,
  place: Place,
  declared: readonly string[],
): ShapeFinding[] {
  const template = [...place, "template"];
  const spec = [...template, "spec"];
  const dropped = ["labels", "annotations"].filter((field) =>
    hasAt(value, [...template, "metadata", field])
  );
  const uses = [...place, "dependencies", "extraResources", "configMaps"];
  return [
    ...dropped.map((field): ShapeFinding => ({
      kind: "unknown",
      place: [...template, "metadata", field],
      message: "is dropped by the CRD",
      hint: "podMetadata of the CacheRuntime is the place for it",
    })),
    // A template without containers is wrong by its shape; no template at all has none either.
    ...(!hasAt(value, spec)
      ? [wrong([...spec, "containers"], "is missing: Fluid starts nothing without a container")]
      : []),
    ...containerRules(value, [...spec, "containers"]),
    ...containerRules(value, [...spec, "initContainers"]),
    ...startOf(value, component, [...spec, "containers"]),
    ...volumeRules(value, [...spec, "volumes"]),
    ...listAt(value, uses).flatMap((one, index): ShapeFinding[] => {
      const name = textAt(one, ["name"]) ?? "";
      const at = [...uses, index];
      const findings = declared.includes(name) ? [] : [wrong(
        [...at, "name"],
        `is ${JSON.stringify(name)}, which extraResources.configMaps does not declare: Fluid ` +
          "starts nothing",
        "declare it there, with its data",
      )];
      return textAt(one, ["mountPath"])
        ? findings
        : [...findings, wrong([...at, "mountPath"], "is missing")];
    }),
    ...["mountUFS", "reportSummary"].flatMap((entry) => {
      const at = [...place, "executionEntries", entry, "command"];
      const words = listAt(value, at);
      const wanted = entry === "mountUFS" ? "mount-ufs" : "report-summary";
      return !hasAt(value, at) ? [] : [...commandRules(words, at), ...ranRules(words, at, wanted)];
    }),
  ];
}

function startOf(value: unknown, component: string, place: Place): ShapeFinding[] {
  const containers = listAt(value, place);
  const misplaced = firstContainerRule(component, containers, place);
  if (misplaced.length > 0) return misplaced;
  const at = [...place, 0];
  const [first] = containers;
  const args = listAt(first, ["args"]);
  return [
    ...startRules(component, listAt(first, ["command"]), args, [
      ...at,
      args.length > 0 ? "args" : "command",
    ]),
    ...containers.flatMap((one, index) => hookRules(one, [...place, index])),
  ];
}

/** The client mounts; Fluid adds no privilege. */
function privilegedRule(value: unknown): ShapeFinding[] {
  const container = ["topology", "client", "template", "spec", "containers", 0];
  if (!hasAt(value, container)) return [];
  const privileged = valueAt(value, [...container, "securityContext", "privileged"]);
  return privileged === true ? [] : [wrong(
    container,
    "is not privileged, so it can mount nothing",
    "set securityContext.privileged to true: Fluid does not add it",
  )];
}

/** In a CacheRuntime's client the volume is the mount itself. Fluid: Facts that bite. */
function janitorRule(value: unknown): ShapeFinding[] {
  const spec = ["topology", "client", "template", "spec"];
  const containers = ["containers", "initContainers"].flatMap((list) =>
    listAt(value, [...spec, list])
  );
  const runs = (container: unknown): boolean =>
    ["command", "args"].some((words) => listAt(container, [words]).includes("janitor"));
  if (containers.length === 0 || containers.some(runs)) return [];
  return [doubtful(
    "no-janitor",
    [...spec, "containers"],
    "has no janitor: when the client's PID 1 is killed, its dead mount keeps the kubelet from " +
      "creating the container again",
    "add the container of manifests/cache-runtime/base/class.yaml that runs curvine-fluid janitor",
  )];
}

/** A DataLoad needs something to run. */
function dataLoadRules(value: unknown): ShapeFinding[] {
  return listAt(value, ["dataOperationSpecs"]).flatMap((one, index): ShapeFinding[] => {
    const place = ["dataOperationSpecs", index];
    if (textAt(one, ["name"]) !== "DataLoad") {
      const message = "is no DataLoad, and Curvine has nothing for it to run";
      return [doubtful("no-data-load", [...place, "name"], message)];
    }
    const empty = ["command", "args"].every((words) => listAt(one, [words]).length === 0);
    return empty
      ? [wrong(place, "has neither command nor args: Fluid refuses every DataLoad")]
      : [];
  });
}
