import { isObject } from "./shape.ts";
import type { Place, YamlDocument } from "./yaml_documents.ts";

/** A Kubernetes object in a YAML file. */
export interface Manifest {
  readonly document: YamlDocument;
  readonly kind: string;
  readonly name: string;
  /** `default` where the manifest does not say. */
  readonly namespace: string;
}

/** Whether a document is a Kubernetes object at all. */
export function isManifest(value: unknown): boolean {
  return isObject(value) && typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string";
}

/** A document as a Kubernetes object; `undefined` for what is none. */
export function toManifest(document: YamlDocument): Manifest | undefined {
  const { value } = document;
  if (!isManifest(value)) return undefined;
  return {
    document,
    kind: textAt(value, ["kind"]) ?? "",
    name: textAt(value, ["metadata", "name"]) ?? "",
    namespace: textAt(value, ["metadata", "namespace"]) ?? "default",
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

/** Text at a place; a number or switch is what Kubernetes would have refused, and counts as text. */
export function textAt(value: unknown, place: Place): string | undefined {
  const found = valueAt(value, place);
  return typeof found === "string"
    ? found
    : typeof found === "number" || typeof found === "boolean"
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
