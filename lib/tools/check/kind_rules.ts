import { nearestName } from "../../text/nearest_name.ts";
import { listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import { isObject } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/**
 * What Fluid refuses, or drops without a word, beyond what a kind's shape says.
 *
 * Source: Fluid, CRD rules for manifests; Facts that bite; executionEntries.
 */
export function checkRules(manifest: Manifest): ShapeFinding[] {
  const findings = [...checkName(manifest)];
  switch (manifest.kind) {
    case "Dataset":
      return [...findings, ...dataset(manifest)];
    case "CacheRuntime":
      return [...findings, ...cacheRuntime(manifest)];
    case "CacheRuntimeClass":
      return [...findings, ...cacheRuntimeClass(manifest)];
    case "ThinRuntimeProfile":
    case "ThinRuntime":
      return [...findings, ...thin(manifest)];
    default:
      return findings;
  }
}

function checkName({ kind, name }: Manifest): ShapeFinding[] {
  const place = ["metadata", "name"];
  if (name === "") return [wrong(place, "is missing")];
  // Services and workloads are named after a runtime, and a dataset has its runtime's name.
  const dns1035 = ["Dataset", "CacheRuntime", "ThinRuntime"].includes(kind);
  if (!dns1035 || /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return [];
  return [wrong(
    place,
    `is "${name}"; lower-case letters, digits and dashes are wanted, a letter first, at most 63`,
  )];
}

function dataset({ document: { value } }: Manifest): ShapeFinding[] {
  const findings: ShapeFinding[] = [];
  const seen = new Map<string, number>();
  listAt(value, ["spec", "mounts"]).forEach((mount, index) => {
    const place = ["spec", "mounts", index];
    const mountPoint = textAt(mount, ["mountPoint"]);
    if (mountPoint !== undefined && mountPoint.length < 5) {
      const message = `is "${mountPoint}"; at least 5 characters are wanted`;
      findings.push(wrong([...place, "mountPoint"], message));
    }
    const name = textAt(mount, ["name"]);
    const given = textAt(mount, ["path"]);
    const path = given?.startsWith("/") ? given : name === undefined ? undefined : `/${name}`;
    if (path === undefined) return;
    const earlier = seen.get(path);
    if (earlier !== undefined) {
      findings.push(wrong(place, `appears at "${path}", and so does mounts[${earlier}]`));
    } else seen.set(path, index);
  });
  return findings;
}

function cacheRuntime({ document: { value } }: Manifest): ShapeFinding[] {
  const findings: ShapeFinding[] = [];
  for (const component of ["master", "worker", "client"]) {
    const place = ["spec", component];
    const version = valueAt(value, [...place, "runtimeVersion"]);
    if (isObject(version) && (!version["image"] || !version["imageTag"])) {
      const message = "needs both image and imageTag: Fluid takes no default for either";
      findings.push(wrong([...place, "runtimeVersion"], message));
    }
    listAt(value, [...place, "tieredStore", "levels"]).forEach((level, index) => {
      const at = [...place, "tieredStore", "levels", index];
      const kinds = ["processMemory", "emptyDir", "hostPath"];
      const given = kinds.filter((kind) => valueAt(level, [kind]) !== undefined);
      if (given.length !== 1) {
        const has = given.length === 0 ? "says nowhere" : `says ${given.join(" and ")}`;
        findings.push(
          wrong(at, `${has} where the cache lies; exactly one of ${kinds.join(", ")} is wanted`),
        );
      }
      const paths = listAt(level, ["hostPath", "paths"]).length;
      const quotas = listAt(level, ["hostPath", "quotas"]).length;
      if (paths !== quotas) {
        findings.push(
          wrong([...at, "hostPath"], `has ${paths} paths and ${quotas} quotas; as many are wanted`),
        );
      }
    });
  }
  return findings;
}

function cacheRuntimeClass({ document: { value } }: Manifest): ShapeFinding[] {
  const findings: ShapeFinding[] = [];
  findings.push(...fileSystemType(value, ["fileSystemType"]));
  for (const component of ["master", "worker", "client"]) {
    const place = ["topology", component];
    const template = [...place, "template"];
    for (const field of ["labels", "annotations"]) {
      const at = [...template, "metadata", field];
      if (valueAt(value, at) !== undefined) {
        findings.push({
          kind: "unknown",
          place: at,
          message: "is dropped by the CRD",
          hint: "podMetadata of the CacheRuntime is the place for it",
        });
      }
    }
    if (
      valueAt(value, template) !== undefined &&
      listAt(value, [...template, "spec", "containers"]).length === 0
    ) findings.push(wrong([...template, "spec", "containers"], "is missing"));
    for (const entry of ["mountUFS", "reportSummary"]) {
      const at = [...place, "executionEntries", entry, "command"];
      findings.push(...checkCommand(listAt(value, at), at));
    }
  }
  const privileged = valueAt(value, [
    "topology",
    "client",
    "template",
    "spec",
    "containers",
    0,
    "securityContext",
    "privileged",
  ]);
  if (valueAt(value, ["topology", "client", "template"]) !== undefined && privileged !== true) {
    findings.push(wrong(
      ["topology", "client", "template", "spec", "containers", 0],
      "is not privileged, so it can mount nothing",
      "set securityContext.privileged to true: Fluid does not add it",
    ));
  }
  return findings;
}

/** Fluid runs the words as they are, and refuses what a shell would need. */
function checkCommand(words: readonly unknown[], place: Place): ShapeFinding[] {
  return words.flatMap((word, index) =>
    typeof word === "string" && /[&|;$'`()>]/.test(word)
      ? [wrong(
        [...place, index],
        `is ${JSON.stringify(word)}; none of & | ; $ ' \` ( ) > is allowed`,
        "name an executable and its words: no shell is needed",
      )]
      : []
  );
}

function thin({ kind, document: { value } }: Manifest): ShapeFinding[] {
  const findings = kind === "ThinRuntimeProfile"
    ? fileSystemType(value, ["spec", "fileSystemType"])
    : [];
  const postStart = ["spec", "fuse", "lifecycle", "postStart"];
  if (valueAt(value, postStart) !== undefined) {
    findings.push(wrong(postStart, "is refused by Fluid; only preStop can be set"));
  }
  return findings;
}

/** Curvine mounts as `fuse.curvinefs`, and Fluid looks for a part of that. */
function fileSystemType(value: unknown, place: Place): ShapeFinding[] {
  const type = textAt(value, place);
  if (type === undefined || type === "" || "fuse.curvinefs".includes(type)) return [];
  const near = nearestName(type, ["curvinefs", "fuse.curvinefs", "fuse"]);
  return [wrong(
    place,
    `is "${type}"; a part of "fuse.curvinefs" is wanted, for so the mount is called`,
    `write "${near ?? "curvinefs"}"`,
  )];
}

function wrong(place: Place, message: string, hint?: string): ShapeFinding {
  return { kind: "wrong", place, message, ...(hint === undefined ? {} : { hint }) };
}
