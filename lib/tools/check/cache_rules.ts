import { parseQuantity } from "../../plan/fluid/quantity.ts";
import { COMPONENTS, isDisabled } from "./cache_runtime_file.ts";
import { doubtful, wrong } from "./container_rules.ts";
import { startRules } from "./command_rules.ts";
import { hasAt, listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";

/** A finding with the manifest that it is about. */
export interface RuntimeFinding {
  readonly manifest: Manifest;
  readonly finding: ShapeFinding;
}

/** What a CacheRuntime, its Dataset and its class show together. */
export function cacheRules(
  runtime: Manifest,
  dataset: Manifest,
  runtimeClass: Manifest | undefined,
): RuntimeFinding[] {
  const ofClass = runtimeClass?.document.value;
  const about = (manifest: Manifest, findings: readonly ShapeFinding[]): RuntimeFinding[] =>
    findings.map((finding) => ({ manifest, finding }));
  return [
    ...COMPONENTS.filter((component) => !isDisabled(component, runtime)).flatMap((component) => [
      ...about(runtime, volumeFindings(runtime, ofClass, component)),
      ...about(runtime, argsFindings(runtime.document.value, ofClass, component)),
      ...about(runtime, memoryFindings(runtime.document.value, component)),
      ...about(runtime, resourceFindings(runtime, ofClass, component)),
      ...(runtimeClass === undefined ? [] : about(runtimeClass, [
        ...imageFindings(runtime.document.value, ofClass, component),
      ])),
    ]),
    ...(runtimeClass === undefined || isDisabled("master", runtime)
      ? []
      : about(runtimeClass, masterFindings(dataset, ofClass))),
  ];
}

/** Fluid starts nothing where a mount names a volume that is nowhere. */
function volumeFindings(runtime: Manifest, ofClass: unknown, component: string): ShapeFinding[] {
  const { value } = runtime.document;
  const names = (list: readonly unknown[]): string[] =>
    list.flatMap((one) => textAt(one, ["name"]) ?? []);
  const ofRuntime = names(listAt(value, ["spec", "volumes"]));
  const ofTemplate = names(
    listAt(ofClass, ["topology", component, "template", "spec", "volumes"]),
  );
  // A class that is not at hand may have the volume.
  if (ofClass === undefined) return [];
  const place = ["spec", component, "volumeMounts"];
  return listAt(value, place).flatMap((mount, index): ShapeFinding[] => {
    const name = textAt(mount, ["name"]);
    const at = [...place, index, "name"];
    if (name === undefined) return [];
    if (!ofRuntime.includes(name) && !ofTemplate.includes(name)) {
      const message = `is "${name}", which is no volume: Fluid starts nothing`;
      return [wrong(at, message, `add "${name}" to spec.volumes`)];
    }
    return ofRuntime.includes(name) && ofTemplate.includes(name)
      ? [doubtful(
        "volume-ignored",
        at,
        `is "${name}", which the class's template has too: that of spec.volumes is ignored`,
        "give it another name",
      )]
      : [];
  });
}

/** The CacheRuntime's args take the place of the class's. */
function argsFindings(value: unknown, ofClass: unknown, component: string): ShapeFinding[] {
  const args = ["spec", component, "args"];
  if (!hasAt(value, args)) return [];
  const command = ["topology", component, "template", "spec", "containers", 0, "command"];
  return startRules(component, listAt(ofClass, command), listAt(value, args), args);
}

/** The first Sync takes back the memory that Fluid adds for tiers when it sets the runtime up. */
function memoryFindings(value: unknown, component: string): ShapeFinding[] {
  const levels = listAt(value, ["spec", component, "tieredStore", "levels"]);
  const sum = levels.reduce<bigint>((bytes, level) => bytes + inMemory(level), 0n);
  const place = ["spec", component, "resources", "limits", "memory"];
  const limit = textAt(value, place);
  const most = limit === undefined ? undefined : bytesOf(limit);
  return sum > 0n && most !== undefined && most < sum
    ? [doubtful(
      "tier-memory",
      place,
      `is "${limit}", less than the tiers in memory have: Fluid adds those when it sets the ` +
        "runtime up, and takes them away again with its first Sync",
      "the limit has to hold the tiers by itself",
    )]
    : [];
}

function inMemory(level: unknown): bigint {
  if (hasAt(level, ["processMemory"])) {
    return bytesOf(textAt(level, ["processMemory", "quota"])) ?? 0n;
  }
  return textAt(level, ["emptyDir", "medium"]) === "Memory"
    ? bytesOf(textAt(level, ["emptyDir", "quota"])) ?? 0n
    : 0n;
}

function bytesOf(text: string | undefined): bigint | undefined {
  try {
    return text === undefined ? undefined : parseQuantity(text);
  } catch {
    return undefined;
  }
}

/** Fluid's Sync sets a component's resources to those of the CacheRuntime, even to none. */
function resourceFindings(runtime: Manifest, ofClass: unknown, component: string): ShapeFinding[] {
  const template = ["topology", component, "template", "spec", "containers", 0, "resources"];
  const ofTemplate = valueAt(ofClass, template);
  const place = ["spec", component, "resources"];
  const own = valueAt(runtime.document.value, place);
  const has = (resources: unknown): boolean =>
    ["limits", "requests"].some((part) => hasAt(resources, [part]));
  return has(ofTemplate) && !has(own)
    ? [doubtful(
      "class-resources",
      place,
      "is missing, and the class has resources: Fluid's first Sync takes those away",
      "set resources in the CacheRuntime",
    )]
    : [];
}

/** A container without an image is refused by Kubernetes. */
function imageFindings(value: unknown, ofClass: unknown, component: string): ShapeFinding[] {
  const place = ["topology", component, "template", "spec", "containers", 0];
  if (!hasAt(ofClass, place) || textAt(ofClass, [...place, "image"])) return [];
  const version = ["spec", component, "runtimeVersion"];
  const replaced = ["image", "imageTag"].every((part) => textAt(value, [...version, part]));
  return replaced ? [] : [wrong(
    [...place, "image"],
    `is missing, and the CacheRuntime's ${component}.runtimeVersion has none either`,
    "set image here, or runtimeVersion.image and runtimeVersion.imageTag there",
  )];
}

/** What the master needs for mounting the Dataset's storage. */
function masterFindings(dataset: Manifest, ofClass: unknown): ShapeFinding[] {
  const master = ["topology", "master"];
  if (!hasAt(ofClass, master)) return [];
  const findings: ShapeFinding[] = [];
  const secretMount = [...master, "dependencies", "secretMount"];
  if (
    hasAt(ofClass, secretMount) &&
    valueAt(ofClass, [...secretMount, "enabled"]) !== true && hasSecrets(dataset)
  ) {
    findings.push(wrong(
      secretMount,
      `is not enabled, so the master does not get the secrets of the Dataset "${dataset.name}"`,
      "set enabled to true, or leave secretMount out",
    ));
  }
  const entry = [...master, "executionEntries", "mountUFS"];
  if (!hasAt(ofClass, entry) && mountsOf(dataset).length > 0) {
    findings.push(doubtful(
      "no-mount-ufs",
      [...master, "executionEntries"],
      `has no mountUFS, so nobody mounts what the Dataset "${dataset.name}" names`,
      "set mountUFS.command to [/usr/local/bin/curvine-fluid, mount-ufs]",
    ));
  }
  return findings;
}

function hasSecrets(dataset: Manifest): boolean {
  const { value } = dataset.document;
  return listAt(value, ["spec", "sharedEncryptOptions"]).length > 0 ||
    listAt(value, ["spec", "mounts"]).some((one) => listAt(one, ["encryptOptions"]).length > 0);
}

/** Mounts that are Curvine's to make. */
function mountsOf(dataset: Manifest): string[] {
  return listAt(dataset.document.value, ["spec", "mounts"])
    .flatMap((one) => textAt(one, ["mountPoint"]) ?? [])
    .filter((mountPoint) => !/^(?:local|pvc|curvine|curvinefs):\/\//.test(mountPoint));
}
