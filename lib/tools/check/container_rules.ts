import { nearestName } from "../../text/nearest_name.ts";
import { parseQuantity } from "../../plan/fluid/quantity.ts";
import { DNS_1123_LABEL, ENV_NAME, LABEL_KEY, LABEL_VALUE, nameFault } from "./kubernetes_names.ts";
import type { NameRule } from "./kubernetes_names.ts";
import { hasAt, listAt, textAt, valueAt } from "./manifest.ts";
import { isObject, type ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/**
 * What Kubernetes refuses of lists that pods are made of, beyond their shape: names, what stands
 * twice, what excludes each other.
 *
 * Fluid: What kubectl and Kubernetes make of a manifest.
 */

/** Variables: their names, and a value beside a source. */
export function envRules(value: unknown, place: Place): ShapeFinding[] {
  return listAt(value, place).flatMap((entry, index): ShapeFinding[] => {
    const at = [...place, index];
    const name = textAt(entry, ["name"]);
    const findings = name === undefined ? [] : named(name, ENV_NAME, [...at, "name"]);
    const text = textAt(entry, ["value"]);
    if (text !== undefined && text !== "" && hasAt(entry, ["valueFrom"])) {
      findings.push(wrong(at, "has both value and valueFrom; one of them is wanted"));
    }
    return [...findings, ...fieldRule(entry, at)];
  });
}

/** Fields of a pod that a variable may have. */
const FIELDS = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];

function fieldRule(entry: unknown, at: Place): ShapeFinding[] {
  const place = ["valueFrom", "fieldRef", "fieldPath"];
  const path = textAt(entry, place);
  const isLabel = /^metadata\.(?:labels|annotations)\['[^']+'\]$/;
  if (path === undefined || FIELDS.includes(path) || isLabel.test(path)) return [];
  const near = FIELDS.find((one) => one.toLowerCase() === path.toLowerCase()) ??
    nearestName(path, FIELDS);
  return [wrong(
    [...at, ...place],
    `is ${JSON.stringify(path)}; one of ${FIELDS.join(", ")} is wanted, or a label or annotation`,
    near === undefined ? undefined : `write ${near}`,
  )];
}

/** An image's name: Kubernetes starts nothing whose repository has a capital letter. */
export function imageRule(image: string | undefined, place: Place): ShapeFinding[] {
  if (image === undefined || image === "") return [];
  const [name = ""] = image.split("@", 1);
  const repository = name.replace(/:[^:/]*$/, "");
  // What is before the first slash may be a host.
  const own = /^[^/]*[.:][^/]*\//.test(repository) || repository.startsWith("localhost/")
    ? repository.slice(repository.indexOf("/") + 1)
    : repository;
  if (/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(own)) return [];
  const lower = image.replace(own, own.toLowerCase());
  const hint = own !== own.toLowerCase() && imageRule(lower, place).length === 0
    ? `write "${lower}"`
    : undefined;
  return [wrong(place, `is ${JSON.stringify(image)}, which is no name of an image`, hint)];
}

/** Where volumes appear: no path twice, no colon in it. */
export function volumeMountRules(value: unknown, place: Place): ShapeFinding[] {
  const seen = new Map<string, number>();
  return listAt(value, place).flatMap((entry, index): ShapeFinding[] => {
    const path = textAt(entry, ["mountPath"]);
    if (path === undefined) return [];
    const at = [...place, index, "mountPath"];
    const earlier = seen.get(path);
    seen.set(path, index);
    const quoted = JSON.stringify(path);
    return [
      ...(path.includes(":") ? [wrong(at, `is ${quoted}; a path without ":" is wanted`)] : []),
      ...(earlier === undefined
        ? []
        : [wrong(at, `is ${quoted}, and so is that of entry ${earlier}; another path is wanted`)]),
    ];
  });
}

/** Volumes: names, none twice, no way back up in a host's path. */
export function volumeRules(value: unknown, place: Place): ShapeFinding[] {
  const seen = new Set<string>();
  return listAt(value, place).flatMap((entry, index): ShapeFinding[] => {
    const at = [...place, index];
    const name = textAt(entry, ["name"]);
    const findings = name === undefined ? [] : named(name, DNS_1123_LABEL, [...at, "name"]);
    if (name !== undefined && seen.has(name)) {
      findings.push(wrong([...at, "name"], `is "${name}", which another volume has already`));
    }
    if (name !== undefined) seen.add(name);
    findings.push(
      ...hostPathRule(textAt(entry, ["hostPath", "path"]), [...at, "hostPath", "path"]),
    );
    return findings;
  });
}

/** A path of the node. */
export function hostPathRule(path: string | undefined, place: Place): ShapeFinding[] {
  if (path === undefined) return [];
  const quoted = JSON.stringify(path);
  if (path.split("/").includes("..")) {
    return [wrong(place, `is ${quoted}; a path without ".." is wanted`)];
  }
  if (path.startsWith("/")) return [];
  return [wrong(place, `is ${quoted}; an absolute path is wanted`, `write "/${path}"`)];
}

/** Requests above limits. */
export function resourceRules(value: unknown, place: Place): ShapeFinding[] {
  const requests = valueAt(value, [...place, "requests"]);
  if (!isObject(requests)) return [];
  return Object.keys(requests).flatMap((name): ShapeFinding[] => {
    const request = textAt(requests, [name]);
    const limit = textAt(value, [...place, "limits", name]);
    const [least, most] = [bytes(request), bytes(limit)];
    if (least === undefined || most === undefined || least <= most) return [];
    return [wrong(
      [...place, "requests", name],
      `is "${request}", more than the limit "${limit}"; at most that is wanted`,
      `write "${limit}"`,
    )];
  });
}

/** A quantity in thousandths, so that a `250m` of a CPU is no whole one. */
function bytes(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^([\d.]+)(.*)$/.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  try {
    return unit === "m" ? parseQuantity(number) : parseQuantity(`${number}${unit}`) * 1000n;
  } catch {
    return undefined;
  }
}

/** Containers of a template: names, images, and all that is in each. */
export function containerRules(value: unknown, place: Place): ShapeFinding[] {
  const seen = new Set<string>();
  return listAt(value, place).flatMap((container, index): ShapeFinding[] => {
    const at = [...place, index];
    const name = textAt(container, ["name"]);
    const findings = name === undefined ? [] : named(name, DNS_1123_LABEL, [...at, "name"]);
    if (name !== undefined && seen.has(name)) {
      findings.push(wrong([...at, "name"], `is "${name}", which another container has already`));
    }
    if (name !== undefined) seen.add(name);
    return [
      ...findings,
      ...envRules(value, [...at, "env"]),
      ...volumeMountRules(value, [...at, "volumeMounts"]),
      ...resourceRules(value, [...at, "resources"]),
      ...imageRule(textAt(container, ["image"]), [...at, "image"]),
    ];
  });
}

/** Labels: keys and values; annotations: keys. */
export function labelRules(value: unknown, place: Place, valuesToo: boolean): ShapeFinding[] {
  const labels = valueAt(value, place);
  if (!isObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, text]): ShapeFinding[] => [
    ...named(key, LABEL_KEY, [...place, key]),
    ...(valuesToo && typeof text === "string" ? named(text, LABEL_VALUE, [...place, key]) : []),
  ]);
}

/** A name that Kubernetes wants to follow a rule. */
export function named(
  name: string,
  rule: NameRule,
  place: Place,
  most: number = rule.most,
): ShapeFinding[] {
  const fault = nameFault(name, rule, most);
  return fault === undefined ? [] : [wrong(place, fault.message, fault.hint)];
}

/** A finding that something is refused. */
export function wrong(place: Place, message: string, hint?: string): ShapeFinding {
  return { kind: "wrong", place, message, ...(hint === undefined ? {} : { hint }) };
}

/** A finding that something is allowed and most likely not wanted. */
export function doubtful(
  code: string,
  place: Place,
  message: string,
  hint?: string,
): ShapeFinding {
  return { kind: "doubtful", code, place, message, ...(hint === undefined ? {} : { hint }) };
}
