import { field, type Refusal } from "./handed_file.ts";
import { DNS_1123_SUBDOMAIN, nameFault } from "./kubernetes_names.ts";
import { hasAt, listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import { isObject } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** What a ThinRuntime's file says of the volumes behind `pvc://` mounts, by the claim's name. */
export interface PersistentVolumes {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly mountOptions: Readonly<Record<string, unknown>>;
  readonly refusals: readonly Refusal[];
}

const SCHEME = "pvc://";
const MOUNT_OPTIONS_ANNOTATION = "volume.beta.kubernetes.io/mount-options";
const SECRET_REFS = [
  "controllerPublishSecretRef",
  "nodeStageSecretRef",
  "nodePublishSecretRef",
  "controllerExpandSecretRef",
  "nodeExpandSecretRef",
];

/** The volume of a claim among the manifests. */
export function volumeOf(claim: Manifest, all: readonly Manifest[]): Manifest | undefined {
  const name = textAt(claim.document.value, ["spec", "volumeName"]);
  return all.find((one) => one.kind === "PersistentVolume" && one.name === name);
}

/** The claim that a `pvc://` mount point names, among the manifests. */
export function claimOf(
  mountPoint: string,
  dataset: Manifest,
  all: readonly Manifest[],
): Manifest | undefined {
  if (!mountPoint.startsWith(SCHEME)) return undefined;
  return all.find((one) =>
    one.kind === "PersistentVolumeClaim" && one.name === mountPoint.slice(SCHEME.length) &&
    one.namespace === dataset.namespace
  );
}

/**
 * Follows `pvc://` mounts to claims and volumes among the manifests. What is not among them may be
 * in the cluster, and is left out.
 *
 * Source: Fluid, ThinRuntime.
 */
export function persistentVolumes(
  dataset: Manifest,
  all: readonly Manifest[],
): PersistentVolumes {
  const attributes: Record<string, unknown> = {};
  const mountOptions: Record<string, unknown> = {};
  const refusals: Refusal[] = [];
  listAt(dataset.document.value, ["spec", "mounts"]).forEach((mount, index) => {
    const mountPoint = textAt(mount, ["mountPoint"]) ?? "";
    if (!mountPoint.startsWith(SCHEME)) return;
    const name = mountPoint.slice(SCHEME.length);
    const place = ["spec", "mounts", index, "mountPoint"];
    const refuse = (message: string, hint: string): void => {
      refusals.push({ manifest: dataset, place, message, hint });
    };
    if (name.includes("/")) {
      const quoted = JSON.stringify(mountPoint);
      const hint = `write pvc://${name.split("/").find((part) => part !== "") ?? "claim"}`;
      refuse(`is ${quoted}; for a ThinRuntime Fluid takes all of it for a claim's name`, hint);
      return;
    }
    const fault = nameFault(name, DNS_1123_SUBDOMAIN);
    if (fault !== undefined) {
      const hint = "name the claim: pvc://claim";
      refuse(`is ${JSON.stringify(mountPoint)}, which names no claim: Fluid finds none`, hint);
      return;
    }
    const claim = claimOf(mountPoint, dataset, all);
    if (claim === undefined) return;
    const volumeName = textAt(claim.document.value, ["spec", "volumeName"]);
    const phase = textAt(claim.document.value, ["status", "phase"]);
    if (hasAt(claim.document.value, ["status"]) && (phase !== "Bound" || !volumeName)) {
      const state = phase === undefined ? "no phase" : `the phase "${phase}"`;
      const message = `names the claim "${name}", which has ${
        volumeName ? state : "no volume"
      }: Fluid waits until it is bound`;
      refuse(message, "bind the claim first");
      return;
    }
    const volume = volumeOf(claim, all);
    if (volume === undefined) return;
    const csi = valueAt(volume.document.value, ["spec", "csi"]);
    attributes[name] = csiSource(csi);
    mountOptions[name] = mountOptionsOf(volume);
  });
  return { attributes: sorted(attributes), mountOptions: sorted(mountOptions), refusals };
}

/** A CSI source in the order and with the omissions of Kubernetes' Go type. */
function csiSource(csi: unknown): Record<string, unknown> | null {
  if (!isObject(csi)) return null;
  const secrets = SECRET_REFS.flatMap((name): [string, unknown][] => {
    const reference = valueAt(csi, [name]);
    if (!isObject(reference)) return [];
    return [[name, { ...text(reference, ["name"]), ...text(reference, ["namespace"]) }]];
  });
  return {
    driver: textAt(csi, ["driver"]) ?? "",
    volumeHandle: textAt(csi, ["volumeHandle"]) ?? "",
    ...field("readOnly", valueAt(csi, ["readOnly"])),
    ...text(csi, ["fsType"]),
    ...attributesOf(valueAt(csi, ["volumeAttributes"])),
    ...Object.fromEntries(secrets),
  };
}

function attributesOf(attributes: unknown): Record<string, unknown> {
  return isObject(attributes) && Object.keys(attributes).length > 0
    ? { volumeAttributes: sorted(attributes) }
    : {};
}

function text(value: unknown, place: Place): Record<string, unknown> {
  return field(String(place.at(-1)), textAt(value, place));
}

function mountOptionsOf({ document: { value } }: Manifest): unknown {
  const options = listAt(value, ["spec", "mountOptions"]);
  if (options.length > 0) return options;
  const older = textAt(value, ["metadata", "annotations", MOUNT_OPTIONS_ANNOTATION]);
  return older === undefined ? null : older.split(",");
}

function sorted(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(map).sort().map((name) => [name, map[name]]));
}
