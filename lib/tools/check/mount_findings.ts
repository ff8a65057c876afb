import type { Problem } from "../../plan/config_error.ts";
import { accessModeOf, refusedWriteCache } from "../../plan/curvine/mount_flags.ts";
import {
  FS_MODE_RISK,
  mountOption,
  mountOptionValue,
  nearestMountOption,
} from "../../plan/curvine/mount_option.ts";
import { isNative, schemeOf } from "../../plan/curvine/ufs_path.ts";
import { isFluidsOwn, mountConflicts } from "../../plan/fluid/mount_conflicts.ts";
import type { Warning } from "../../plan/plan.ts";
import { quoteValue } from "../../plan/secret_text.ts";
import { namesSecretFile } from "../../plan/secrets.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { accessModesOf, datasetMounts } from "./dataset_mounts.ts";
import type { Manifest } from "./manifest.ts";
import { Origins } from "./origins.ts";

/** What `mount-ufs` would say of a Dataset's mounts, by their paths in the runtime config. */
export interface MountFindings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Options of a mount that are for the runtime, or Fluid's own. */
const NOT_OF_THE_MOUNT = /^(?:cluster[-_]id$|fluid\.)/;

/**
 * Dotted names that Curvine reads. It passes on every other too: only what is nearly one of these
 * is most likely misspelt. Source: Curvine, UFS options of S3.
 */
const DOTTED = [
  "s3.endpoint_url",
  "s3.region_name",
  "s3.region",
  "s3.force.path.style",
  "s3.credentials.access",
  "s3.credentials.secret",
  "s3.list_objects_version",
  "s3.retry_times",
  "s3.connect_timeout",
  "s3.read_timeout",
  "hdfs.namenode",
  "hdfs.user",
  "hdfs.root",
  "hdfs.atomic_write_dir",
  "hdfs.kerberos.ccache",
  "hdfs.kerberos.keytab",
  "oss.endpoint",
  "oss.region",
  "oss.data.endpoint",
  "oss.data.lake.storage.enable",
  "oss.second.level.domain.enable",
  "cos.endpoint_url",
  "cos.credentials.access",
  "cos.credentials.secret",
  "gcs.endpoint_url",
  "gcs.service_account",
  "opendal.connect_timeout",
  "opendal.read_timeout",
  "opendal.read_concurrent",
  "opendal.retry_times",
  "opendal.retry_interval_ms",
  "opendal.retry_max_delay_ms",
];

/**
 * What Curvine refuses of a CacheRuntime's mounts, what it does not know of their options, and what
 * `fs_mode` does to the storage.
 *
 * Source: Curvine, cv mount; What a mount does to the UFS.
 */
export function mountFindings(dataset: Manifest): MountFindings {
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  const mounts = datasetMounts(
    dataset,
    new Origins({ manifest: dataset, place: [] }),
    "encryptOptions",
  );
  problems.push(...mountConflicts(mounts.map(({ mountPoint, path, name }) => ({
    mountPoint,
    path: path.startsWith("/") ? path : `/${name.replace(/^\/+/, "")}`,
    name,
  }))));
  mounts.forEach((mount, index) => {
    const scheme = schemeOf(mount.mountPoint);
    if (scheme === undefined || isFluidsOwn(mount.mountPoint) || isNative(mount.mountPoint)) return;
    const flags = new Map<string, string>([
      ["access-mode", accessModeOf(mount, accessModesOf(dataset))],
    ]);
    for (const [name, text] of mount.options) {
      const path = `mounts[${index}].options.${name}`;
      const { problem, warning, taken } = optionFinding(name, text, scheme, path);
      if (problem !== undefined) problems.push(problem);
      if (warning !== undefined) warnings.push(warning);
      if (taken !== undefined) flags.set(taken.target, taken.value);
    }
    for (const name of mount.secrets.keys()) {
      const path = `mounts[${index}].encryptOptions.${name}`;
      const { warning } = optionFinding(name, undefined, scheme, path);
      if (warning !== undefined) warnings.push(warning);
    }
    if (flags.get("write-type") === "fs_mode") {
      const path = optionAt(index, mount.options, "write-type");
      warnings.push({ code: "fs-mode", path, message: `${FS_MODE_RISK}; cache_mode does not` });
    }
    const refused = refusedWriteCache(flags);
    if (refused !== undefined) {
      problems.push({ path: optionAt(index, mount.options, "write-cache"), ...refused });
    }
  });
  return { problems, warnings };
}

/** Where a flag of `cv mount` stands, as the Dataset writes it. */
function optionAt(index: number, options: ReadonlyMap<string, string>, flag: string): string {
  const name = [...options.keys()].find((one) => one.replaceAll("_", "-") === flag) ?? flag;
  return `mounts[${index}].options.${name}`;
}

/** @param text `undefined` for a secret's */
function optionFinding(
  name: string,
  text: string | undefined,
  scheme: string,
  path: string,
): { problem?: Problem; warning?: Warning; taken?: { target: string; value: string } } {
  if (NOT_OF_THE_MOUNT.test(name)) return {};
  const option = mountOption(name, scheme);
  if (option === undefined || name.includes(".")) {
    const near = option === undefined
      ? nearestMountOption(name, scheme)
      : DOTTED.includes(name)
      ? undefined
      : nearestName(name, DOTTED);
    if (option !== undefined && near === undefined) return {};
    const advice = near === undefined
      ? `; a dotted name such as "${scheme}.${name}" is passed on as it is`
      : `; did you mean "${near}"?`;
    const fate = option === undefined
      ? "is no option of Curvine's mounts and is left out"
      : "is passed on to Curvine, which does not read it";
    return { warning: { code: "unknown-option", path, message: `${fate}${advice}` } };
  }
  if (text === undefined || namesSecretFile(text)) return {};
  const parsed = mountOptionValue(option, text);
  if (parsed.ok) return { taken: { target: option.target, value: String(parsed.value) } };
  const message = `is ${quoteValue(name, text)}; ${parsed.wanted} is wanted`;
  return {
    problem: { path, message, ...(parsed.hint === undefined ? {} : { hint: parsed.hint }) },
  };
}
