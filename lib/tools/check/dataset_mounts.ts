import { layOptions, laySecrets, type TextMap } from "./handed_file.ts";
import { listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import type { Origins } from "./origins.ts";

/** A mount of a Dataset, before it takes the form that a runtime's file has for it. */
export interface DatasetMount {
  readonly mountPoint: string;
  readonly options: TextMap;
  /** What the Dataset encrypts: where the secrets will lie. */
  readonly secrets: TextMap;
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
  readonly shared: boolean;
}

/**
 * The mounts of a Dataset, its shared options laid below each mount's own.
 *
 * @param secretsIn the field of a mount that the runtime's file has the secrets in
 */
export function datasetMounts(
  dataset: Manifest,
  origins: Origins,
  secretsIn: "options" | "encryptOptions",
): DatasetMount[] {
  origins.add("mounts", dataset, ["spec", "mounts"]);
  return listAt(dataset.document.value, ["spec", "mounts"]).map((mount, index) => {
    const at = `mounts[${index}]`;
    const place = ["spec", "mounts", index];
    origins.add(at, dataset, place);
    for (const field of ["mountPoint", "name", "path", "readOnly"]) {
      origins.add(`${at}.${field}`, dataset, [...place, field]);
    }
    const options: TextMap = new Map();
    layOptions(options, `${at}.options`, dataset, ["spec", "sharedOptions"], origins);
    layOptions(options, `${at}.options`, dataset, [...place, "options"], origins);
    const secrets = secretsIn === "options" ? options : new Map();
    const secretsAt = `${at}.${secretsIn}`;
    const how = { clean: secretsIn === "options" };
    laySecrets(secrets, secretsAt, dataset, ["spec", "sharedEncryptOptions"], origins, how);
    laySecrets(secrets, secretsAt, dataset, [...place, "encryptOptions"], origins, how);
    return {
      mountPoint: textAt(mount, ["mountPoint"]) ?? "",
      options,
      secrets,
      name: textAt(mount, ["name"]) ?? "",
      path: textAt(mount, ["path"]) ?? "",
      readOnly: valueAt(mount, ["readOnly"]) === true,
      shared: valueAt(mount, ["shared"]) === true,
    };
  });
}

/** Who may do what with the volume; Fluid's default is reading only. */
export function accessModesOf(dataset: Manifest): readonly unknown[] {
  const modes = listAt(dataset.document.value, ["spec", "accessModes"]);
  return modes.length > 0 ? modes : ["ReadOnlyMany"];
}
