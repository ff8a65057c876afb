import type { Problem } from "../../plan/config_error.ts";
import { accessModeOf } from "../../plan/curvine/mount_flags.ts";
import {
  mountOption,
  mountOptionAdvice,
  mountOptionValue,
} from "../../plan/curvine/mount_option.ts";
import { isNative, schemeOf } from "../../plan/curvine/ufs_path.ts";
import { type GivenOption, mountAsAWhole, setTwice } from "../../plan/curvine/mount_as_a_whole.ts";
import { isOfOtherStorage, nearestProperty } from "../../plan/curvine/ufs_properties.ts";
import { isFluidsOwn, mountConflicts } from "../../plan/fluid/mount_conflicts.ts";
import type { Warning } from "../../plan/plan.ts";
import { quoteValue } from "../../plan/secret_text.ts";
import { namesSecretFile } from "../../plan/secrets.ts";
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
    if (isFluidsOwn(mount.mountPoint)) {
      warnings.push({
        code: "no-effect",
        path: `mounts[${index}].mountPoint`,
        message: `is of ${scheme}://: in a CacheRuntime neither Fluid nor Curvine mounts it`,
      });
    }
    if (scheme === undefined || isFluidsOwn(mount.mountPoint) || isNative(mount.mountPoint)) return;
    const given = new Map<string, GivenOption>();
    for (const [name, text] of mount.options) {
      const path = `mounts[${index}].options.${name}`;
      const { problem, warning, target } = optionFinding(name, text, scheme, path);
      if (problem !== undefined) problems.push(problem);
      if (warning !== undefined) warnings.push(warning);
      if (target === undefined) continue;
      const twice = setTwice(given.get(target), { name, text }, path);
      if (twice !== undefined) problems.push(twice);
      given.set(target, { name, text });
    }
    for (const name of mount.secrets.keys()) {
      const path = `mounts[${index}].encryptOptions.${name}`;
      const { warning, target } = optionFinding(name, undefined, scheme, path);
      if (warning !== undefined) warnings.push(warning);
      if (target !== undefined) given.set(target, { name, text: undefined });
    }
    const access = accessModeOf(mount, accessModesOf(dataset));
    const whole = mountAsAWhole(`mounts[${index}]`, scheme, given, access);
    problems.push(...whole.problems);
    warnings.push(...whole.warnings);
  });
  return { problems, warnings };
}

/** @param text `undefined` for a secret's */
function optionFinding(
  name: string,
  text: string | undefined,
  scheme: string,
  path: string,
): { problem?: Problem; warning?: Warning; target?: string } {
  if (NOT_OF_THE_MOUNT.test(name)) return {};
  const option = mountOption(name, scheme);
  if (option === undefined) {
    const message = "is no option of Curvine's mounts and is left out; " +
      mountOptionAdvice(name, scheme);
    return { warning: { code: "unknown-option", path, message } };
  }
  const near = name.includes(".") ? nearestProperty(name, scheme) : undefined;
  if (near !== undefined) {
    const message = `is passed on to Curvine, which does not read it; did you mean "${near}"?`;
    return { warning: { code: "unknown-option", path, message } };
  }
  if (isOfOtherStorage(option.target, scheme)) {
    const message = `is passed on to Curvine, which does not read it for ${scheme}://`;
    return { warning: { code: "unknown-option", path, message } };
  }
  if (text === undefined || namesSecretFile(text)) return { target: option.target };
  const parsed = mountOptionValue(option, text);
  if (parsed.ok) return { target: option.target };
  const message = `is ${quoteValue(name, text)}; ${parsed.wanted} is wanted`;
  return {
    problem: { path, message, ...(parsed.hint === undefined ? {} : { hint: parsed.hint }) },
  };
}
