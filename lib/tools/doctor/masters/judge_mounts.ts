import { isNative, normalizePath, normalizeUfs } from "../../../plan/curvine/ufs_path.ts";
import { loadPaths, resolveLoadPath } from "../../../plan/fluid/load_paths.ts";
import { fluidPath, isFluidsOwn } from "../../../plan/fluid/mount_conflicts.ts";
import type { RuntimeConfig } from "../../../plan/fluid/runtime_config.ts";
import { quoteValue } from "../../../plan/secret_text.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import type { MountSeen } from "./answers.ts";

/** Judges Curvine's mount table against the mounts of the Dataset. Native ones need none. */
export function judgeMounts(
  table: readonly MountSeen[],
  { mounts }: Pick<RuntimeConfig, "mounts">,
): Finding[] {
  const wanted = mounts.flatMap((mount) => {
    const path = fluidPath(mount);
    if (isFluidsOwn(mount.mountPoint) || isNative(mount.mountPoint)) return [];
    return path === undefined ? [] : [{ path: normalizePath(path), ufs: mount.mountPoint }];
  });
  const findings = wanted.flatMap(({ path, ufs }) => {
    const found = table.find((one) => normalizePath(one.path) === path);
    const quoted = quoteValue("mountPoint", ufs);
    if (found === undefined) {
      return [fail(
        "mounts",
        `Curvine has nothing mounted at "${path}"; the Dataset wants ${quoted} there`,
        "Fluid calls mount-ufs in the master's pod when the Dataset is bound or changes: " +
          "kubectl exec MASTER -- curvine-fluid mount-ufs does it, or says why it cannot",
        "mounts",
      )];
    }
    if (normalizeUfs(found.ufs) === normalizeUfs(ufs)) return [];
    return [warn(
      "mounts",
      `Curvine has ${
        quoteValue("mountPoint", found.ufs)
      } mounted at "${path}"; the Dataset wants ` +
        quoted,
      "mount-ufs leaves alone what it did not mount: unmount it with cv, or take another path",
      "mounts",
    )];
  });
  if (findings.length > 0 || wanted.length === 0) return findings;
  const paths = wanted.map(({ path }) => `"${path}"`).join(", ");
  return [ok("mounts", `Curvine has what the Dataset wants at ${paths}`)];
}

/**
 * Judges whether what a DataLoad is to load is mounted in Curvine at all.
 *
 * @param native paths of the Dataset's mounts that are Curvine's own, where they are known
 */
export function judgeLoad(
  table: readonly MountSeen[],
  env: Readonly<Record<string, string>>,
  native: readonly string[] = [],
): Finding[] {
  const { paths } = loadPaths(
    env["FLUID_DATALOAD_DATA_PATH"] ?? "",
    env["FLUID_DATALOAD_PATH_REPLICAS"] ?? "",
  );
  const rows = table.map(({ path, ufs }) => ({
    path: normalizePath(path),
    ufs: normalizeUfs(ufs),
  }));
  return paths.map(({ path }) => {
    const resolution = resolveLoadPath(path, rows, native);
    if (resolution.kind === "unknown") {
      return fail(
        "load",
        `"${path}": ${resolution.reason}`,
        "the path is one of Curvine's, at or below a mount's path; has mount-ufs mounted the " +
          "Dataset? (kubectl exec MASTER -- curvine-fluid doctor)",
        "dataLoad",
      );
    }
    const sources = resolution.kind === "load" ? resolution.sources : [];
    return ok(
      "load",
      `"${path}" comes from ${sources.map((one) => one.source).join(", ") || "Curvine"}`,
    );
  });
}
