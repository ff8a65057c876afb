import { nearestChoice, type ShapeFinding } from "./shape.ts";
import { cacheClassRules } from "./cache_class_rules.ts";
import { cacheRuntimeRules } from "./cache_runtime_rules.ts";
import { labelRules, named, wrong } from "./container_rules.ts";
import { datasetRules } from "./dataset_rules.ts";
import { KIND_SHAPES, OTHER_KINDS } from "./kind_shapes.ts";
import { DNS_1035_LABEL, DNS_1123_LABEL, DNS_1123_SUBDOMAIN } from "./kubernetes_names.ts";
import { type Manifest, textAt } from "./manifest.ts";
import { thinRules } from "./thin_rules.ts";

/**
 * What Kubernetes or Fluid refuses, or drops without a word, of one manifest, beyond what its
 * kind's shape says.
 *
 * Source: Fluid, What Fluid refuses, or dies of; CRD rules for manifests; Facts that bite.
 */
export function checkRules(manifest: Manifest): ShapeFinding[] {
  const { value } = manifest.document;
  return [
    ...nameRules(manifest),
    ...labelRules(value, ["metadata", "labels"], true),
    ...labelRules(value, ["metadata", "annotations"], false),
    ...rulesOfKind(manifest),
  ];
}

/** A kind of Fluid's group that Fluid does not have; nothing for one that it has. */
export function unknownKind({ kind, document: { value } }: Manifest): ShapeFinding[] {
  const api = textAt(value, ["apiVersion"]) ?? "";
  const known = [...Object.keys(KIND_SHAPES), ...OTHER_KINDS];
  if (!api.startsWith("data.fluid.io/") || known.includes(kind)) return [];
  const near = nearestChoice(kind, known);
  return [wrong(
    ["kind"],
    `is ${JSON.stringify(kind)}, which Fluid does not have`,
    near === undefined ? undefined : `write "${near}"`,
  )];
}

function rulesOfKind(manifest: Manifest): ShapeFinding[] {
  switch (manifest.kind) {
    case "Dataset":
      return datasetRules(manifest);
    case "CacheRuntime":
      return cacheRuntimeRules(manifest);
    case "CacheRuntimeClass":
      return cacheClassRules(manifest);
    case "ThinRuntimeProfile":
    case "ThinRuntime":
      return thinRules(manifest);
    default:
      return [];
  }
}

/** `svc-<name>-master` and `<name>-loader-job` may have 63 characters. */
const LONGEST_NAME = 52;

function nameRules({ kind, name, namespace }: Manifest): ShapeFinding[] {
  const place = ["metadata", "name"];
  if (name === "") return [wrong(place, "is missing")];
  // Services and workloads are named after a runtime, and a dataset has its runtime's name.
  const findings = ["Dataset", "CacheRuntime", "ThinRuntime"].includes(kind)
    ? named(name, DNS_1035_LABEL, place, LONGEST_NAME)
    : kind === "DataLoad"
    ? named(name, DNS_1123_SUBDOMAIN, place, LONGEST_NAME)
    : named(name, DNS_1123_SUBDOMAIN, place);
  return namespace === ""
    ? findings
    : [...findings, ...named(namespace, DNS_1123_LABEL, ["metadata", "namespace"])];
}
