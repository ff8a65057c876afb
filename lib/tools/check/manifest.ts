import { isObject } from "./shape.ts";
import type { Place, YamlDocument } from "./yaml_documents.ts";

/** A Kubernetes object in a YAML file. */
export interface Manifest {
  readonly document: YamlDocument;
  readonly kind: string;
  readonly name: string;
  /** `default` where the manifest does not say; `""` for a kind that belongs to none. */
  readonly namespace: string;
}

/** Whether a document is a Kubernetes object at all. */
export function isManifest(value: unknown): boolean {
  return isObject(value) && typeof value["kind"] === "string" &&
    (typeof value["apiVersion"] === "string" || isObject(value["metadata"]));
}

/** Kinds that belong to no namespace. */
const CLUSTER_SCOPED = new Set(["CacheRuntimeClass", "ThinRuntimeProfile", "PersistentVolume"]);

/** The Kubernetes objects of a document: one, none, or those of a `List`. */
export function manifestsOf(document: YamlDocument): Manifest[] {
  const { value } = document;
  if (!isManifest(value)) return [];
  if (isList(value)) {
    return listAt(value, ["items"]).flatMap((item, index) =>
      manifestsOf(part(document, item, ["items", index]))
    );
  }
  const kind = textAt(value, ["kind"]) ?? "";
  const namespace = textAt(value, ["metadata", "namespace"]) || "default";
  return [{
    document,
    kind,
    name: textAt(value, ["metadata", "name"]) ?? "",
    namespace: CLUSTER_SCOPED.has(kind) ? "" : namespace,
  }];
}

/** `kind: List`, and `DatasetList` as `kubectl get` once wrote it. */
function isList(value: unknown): boolean {
  return (textAt(value, ["kind"]) ?? "").endsWith("List") &&
    Array.isArray(valueAt(value, ["items"]));
}

function part(document: YamlDocument, value: unknown, inside: Place): YamlDocument {
  return {
    file: document.file,
    value,
    doubles: [],
    lineOf: (place) => document.lineOf([...inside, ...place]),
    plainTextOf: (place) => document.plainTextOf([...inside, ...place]),
  };
}

/** What stands at a place. */
export function valueAt(value: unknown, place: Place): unknown {
  let found: unknown = value;
  for (const step of place) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) {
      return undefined;
    }
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

/** Whether something stands at a place; Kubernetes takes null for absent. */
export function hasAt(value: unknown, place: Place): boolean {
  const found = valueAt(value, place);
  return found !== undefined && found !== null;
}

/** Text at a place; a number or switch is what Kubernetes would have refused, and counts as text. */
export function textAt(value: unknown, place: Place): string | undefined {
  const found = valueAt(value, place);
  return typeof found === "string"
    ? found
    : typeof found === "number" || typeof found === "bigint" || typeof found === "boolean"
    ? String(found)
    : undefined;
}

/** The entries of a list at a place; none where there is no list. */
export function listAt(value: unknown, place: Place): readonly unknown[] {
  const found = valueAt(value, place);
  return Array.isArray(found) ? found : [];
}

/** A place as people write it: `spec.mounts[0].options.path_style`. */
export function placeText(place: Place): string {
  return place.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`,
    "",
  );
}
