import { doubtful, wrong } from "./container_rules.ts";
import { listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import { claimOf, volumeOf } from "./persistent_volumes.ts";
import type { RuntimeFinding } from "./cache_rules.ts";
import { isObject, type ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** What a ThinRuntime and its Dataset show together. */
export function thinRuntimeRules(
  runtime: Manifest,
  dataset: Manifest,
  profile: Manifest | undefined,
  all: readonly Manifest[],
): RuntimeFinding[] {
  const findings = noImage(runtime, profile);
  const { value } = runtime.document;
  if (!textAt(value, ["spec", "profileName"])) {
    findings.push({
      manifest: runtime,
      finding: wrong(
        ["spec", "profileName"],
        "is missing: Fluid takes the ThinRuntime for a reference to another Dataset and starts " +
          "no client",
        "name a ThinRuntimeProfile",
      ),
    });
  }
  for (const manifest of profile === undefined ? [runtime] : [runtime, profile]) {
    findings.push(...thinVolumes(manifest).map((finding) => ({ manifest, finding })));
  }
  return [
    ...findings,
    ...duplicates(dataset).map((finding) => ({ manifest: dataset, finding })),
    ...emptyKeys(dataset).map((finding) => ({ manifest: dataset, finding })),
    ...notOfCsi(dataset, all).map((finding) => ({ manifest: dataset, finding })),
    ...hostVolumes(dataset).map((finding) => ({ manifest: dataset, finding })),
  ];
}

/** Fluid starts nothing without an image. */
function noImage(runtime: Manifest, profile: Manifest | undefined): RuntimeFinding[] {
  const place = ["spec", "fuse", "image"];
  const has = (manifest: Manifest | undefined): boolean =>
    Boolean(valueAt(manifest?.document.value, place));
  // A profile that is not at hand may have one.
  if (has(runtime) || has(profile) || profile === undefined) return [];
  return [{
    manifest: profile,
    finding: wrong(
      place,
      "is missing, and the ThinRuntime has none either: Fluid starts nothing",
      "set fuse.image and fuse.imageTag in the ThinRuntimeProfile",
    ),
  }];
}

/** Fluid starts nothing for a claim whose volume is of another kind than CSI. */
function notOfCsi(dataset: Manifest, all: readonly Manifest[]): ShapeFinding[] {
  return listAt(dataset.document.value, ["spec", "mounts"]).flatMap((mount, index) => {
    const claim = claimOf(textAt(mount, ["mountPoint"]) ?? "", dataset, all);
    const volume = claim === undefined ? undefined : volumeOf(claim, all);
    if (volume === undefined || isObject(valueAt(volume.document.value, ["spec", "csi"]))) {
      return [];
    }
    return [wrong(
      ["spec", "mounts", index, "mountPoint"],
      `leads to the volume "${volume.name}", which is not of CSI: Fluid takes no other`,
      "use a volume of a CSI driver, or mount the storage in Curvine",
    )];
  });
}

const HOST_VOLUME = "fluid.fuse.hostvolume";

/** Fluid only logs that it cannot take a host's folder into the client. */
function hostVolumes(dataset: Manifest): ShapeFinding[] {
  return listAt(dataset.document.value, ["spec", "mounts"]).flatMap((mount, index) => {
    const text = textAt(mount, ["options", HOST_VOLUME]);
    if (text === undefined) return [];
    const paths = text.split(":");
    if (paths.length <= 2 && paths.every((path) => path.startsWith("/"))) return [];
    return [doubtful(
      "host-volume",
      ["spec", "mounts", index, "options", HOST_VOLUME],
      `is ${JSON.stringify(text)}, which Fluid leaves out; "/host/path" or ` +
        '"/host/path:/path/in/the/client" is wanted',
    )];
  });
}

/** Fluid leaves out every mount from the first one on whose volume is nowhere, and only logs it. */
function thinVolumes({ document: { value } }: Manifest): ShapeFinding[] {
  const place = ["spec", "fuse", "volumeMounts"];
  const names = listAt(value, ["spec", "volumes"]).map((one) => textAt(one, ["name"]));
  return listAt(value, place).flatMap((mount, index): ShapeFinding[] => {
    const name = textAt(mount, ["name"]);
    return name === undefined || names.includes(name) ? [] : [wrong(
      [...place, index, "name"],
      `is "${name}", which is no volume of this manifest: Fluid leaves out this mount and all ` +
        "after it",
      `add "${name}" to spec.volumes`,
    )];
  });
}

/** Fluid refuses two mounts of one name or path; no name is a name like any other. */
function duplicates(dataset: Manifest): ShapeFinding[] {
  const names = new Map<string, number>();
  const paths = new Map<string, number>();
  return listAt(dataset.document.value, ["spec", "mounts"]).flatMap((mount, index) => {
    const name = textAt(mount, ["name"]) ?? "";
    const path = textAt(mount, ["path"]) || `/${name}`;
    const place: Place = ["spec", "mounts", index];
    const sameName = names.get(name);
    const samePath = paths.get(path);
    if (sameName !== undefined) {
      const what = name === "" ? "has no name" : `has the name "${name}"`;
      return [wrong(place, `${what}, and so has mounts[${sameName}]; Fluid wants different names`)];
    }
    if (samePath !== undefined) {
      return [wrong(
        place,
        `has the path "${path}", and so has mounts[${samePath}]; Fluid wants different paths`,
      )];
    }
    names.set(name, index);
    paths.set(path, index);
    return [];
  });
}

/** For a ThinRuntime an encrypted option without a key becomes the path of a folder. */
function emptyKeys(dataset: Manifest): ShapeFinding[] {
  const { value } = dataset.document;
  const lists: Place[] = [
    ["spec", "sharedEncryptOptions"],
    ...listAt(value, ["spec", "mounts"]).map((_, one) => ["spec", "mounts", one, "encryptOptions"]),
  ];
  return lists.flatMap((list) =>
    listAt(value, list).flatMap((entry, index): ShapeFinding[] => {
      const absent = ["name", "key"].filter((part) =>
        !textAt(entry, ["valueFrom", "secretKeyRef", part])
      );
      return absent.length === 0 ? [] : [wrong(
        [...list, index],
        `names no ${absent.join(" and no ")} for ${
          JSON.stringify(textAt(entry, ["name"]) ?? "")
        }: ` +
          "the option becomes the path of a folder",
        "set valueFrom.secretKeyRef.name and valueFrom.secretKeyRef.key",
      )];
    })
  );
}
