import type { Problem } from "../config_error.ts";
import {
  authorityOf,
  isNative,
  isWithin,
  nativePath,
  normalizePath,
  normalizeUfs,
  schemeOf,
  WHERE_MASTERS,
} from "../curvine/ufs_path.ts";
import { bucketFault, repairedScheme, schemeFault } from "../curvine/ufs_scheme.ts";
import type { Mount } from "./runtime_config.ts";

/** As much of a Dataset's mount as decides where it goes. */
export type MountPlace = Pick<Mount, "mountPoint" | "path" | "name">;

/** Mount points that are Fluid's own business: it excepts them, in this case of letters alone. */
const FLUIDS_OWN = /^(?:local|pvc):\/\//;

/** Whether a mount is Fluid's own business: Curvine never sees it, and nobody asks us for it. */
export function isFluidsOwn(mountPoint: string): boolean {
  return FLUIDS_OWN.test(mountPoint);
}

/**
 * The path that Fluid knows a mount by, letter for letter: a report that has `/a` for `/a/` fails
 * its Sync. An absent one is the name's. Fluid: executionEntries.
 *
 * @returns `undefined` for a mount with neither
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(fluidPath({ mountPoint: "s3://b", path: "/a//b/", name: "x" }), "/a//b/");
 * assert.equal(fluidPath({ mountPoint: "s3://b", path: undefined, name: "/x" }), "/x");
 * ```
 */
export function fluidPath({ path, name }: MountPlace): string | undefined {
  return path ?? (name === undefined ? undefined : `/${name.replace(/^\/+/, "")}`);
}

/**
 * What Curvine will refuse of a Dataset's mounts in a CacheRuntime, all of it at once: no path, no
 * scheme, no bucket, `/`, a path or a UFS that is another's or lies inside another's.
 *
 * Curvine compares whole components of paths, and schemes and buckets as if they were such; it
 * refuses the second of two mounts, whatever the order. Source: Curvine, What Curvine refuses
 * of a mount; Fluid, executionEntries.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const mount = (path: string, mountPoint: string) => ({ path, mountPoint, name: undefined });
 * assert.deepEqual(mountConflicts([mount("/a", "s3://x"), mount("/a2", "s3://x2")]), []);
 * const [nested, overlap] = mountConflicts([mount("/a", "s3://x"), mount("/a/b", "s3://x/y")]);
 * assert.equal(nested?.path, "mounts[1].path");
 * assert.equal(overlap?.path, "mounts[1].mountPoint");
 * ```
 */
export function mountConflicts(mounts: readonly MountPlace[]): Problem[] {
  const problems: Problem[] = [];
  const places: Place[] = [];
  mounts.forEach((mount, index) => {
    if (isFluidsOwn(mount.mountPoint)) return;
    const faults = faultsOf(mount, index);
    problems.push(...faults);
    if (faults.length > 0) return;
    const place = placeOf(mount, index);
    for (const other of places) problems.push(...conflictsOf(other, place));
    places.push(place);
  });
  return problems;
}

interface Place {
  readonly index: number;
  /** Where Fluid shows it, clean. */
  readonly path: string;
  /** What it takes inside Curvine. */
  readonly inside: string;
  /** `undefined` for a native one. */
  readonly ufs: string | undefined;
}

function placeOf(mount: MountPlace, index: number): Place {
  const path = normalizePath(fluidPath(mount) ?? "");
  return isNative(mount.mountPoint)
    ? { index, path, inside: nativePath(mount.mountPoint), ufs: undefined }
    : { index, path, inside: path, ufs: normalizeUfs(mount.mountPoint) };
}

function faultsOf(mount: MountPlace, index: number): Problem[] {
  const at = `mounts[${index}]`;
  const { mountPoint } = mount;
  const problems: Problem[] = [];
  problems.push(...schemeProblems(mountPoint, `${at}.mountPoint`));
  const authority = authorityOf(mountPoint);
  if (authority !== undefined) {
    problems.push({
      path: `${at}.mountPoint`,
      message: `is ${JSON.stringify(mountPoint)}, which names the host ` +
        `${JSON.stringify(authority)}; ${schemeOf(mountPoint)}:///path is wanted`,
      hint: WHERE_MASTERS,
    });
  }
  if (lacksAuthority(mountPoint)) {
    problems.push({
      path: `${at}.mountPoint`,
      message: `is ${JSON.stringify(mountPoint)}, which names no bucket or host; ` +
        `${schemeOf(mountPoint)}://bucket/dir is wanted`,
    });
  }
  const path = fluidPath(mount);
  if (path === undefined) {
    problems.push({ path: at, message: "has neither a path nor a name; one is wanted" });
    return problems;
  }
  const quoted = JSON.stringify(path);
  const hint = `path: /${mount.name?.replace(/\/+/g, "") || "data"}`;
  if (path.split("/").some((part) => part === "." || part === "..")) {
    problems.push({
      path: `${at}.path`,
      message: `is ${quoted}, of which Curvine makes a folder that nobody can reach; a path ` +
        'without "." and ".." is wanted',
    });
  } else if (normalizePath(path) === "/" && !isNative(mountPoint)) {
    problems.push({
      path: `${at}.path`,
      message: `is ${quoted}, which Curvine refuses to mount on; a path below it is wanted`,
      hint,
    });
  }
  return problems;
}

/** Every UFS but local files lies in a bucket or on a host. Curvine: What Curvine refuses of a mount. */
function lacksAuthority(mountPoint: string): boolean {
  const scheme = schemeOf(mountPoint);
  if (scheme === undefined || scheme === "file" || isNative(mountPoint)) return false;
  return /^(?:\/|$)/.test(mountPoint.slice(`${scheme}://`.length));
}

function schemeProblems(mountPoint: string, path: string): Problem[] {
  const scheme = schemeOf(mountPoint);
  const message = `is ${JSON.stringify(mountPoint)}`;
  if (scheme === undefined) {
    const repaired = repairedScheme(mountPoint);
    return [{
      path,
      message: `${message}; a scheme is wanted, such as s3://bucket/dir`,
      ...(repaired === undefined ? {} : { hint: `write ${JSON.stringify(repaired)}` }),
    }];
  }
  if (isNative(mountPoint)) return [];
  const fault = schemeFault(scheme);
  if (fault !== undefined && !fault.maybe) {
    const hint = fault.hint === undefined ? {} : { hint: fault.hint };
    return [{
      path,
      message: `${message}; a scheme that Curvine takes is wanted: ${fault.wanted}`,
      ...hint,
    }];
  }
  const bucket = scheme === "s3" ? bucketFault(mountPoint.slice("s3://".length)) : undefined;
  return bucket === undefined ? [] : [{
    path,
    message: `${message}; ${bucket.wanted} is wanted`,
    ...(bucket.hint === undefined ? {} : { hint: bucket.hint }),
  }];
}

function conflictsOf(one: Place, other: Place): Problem[] {
  const problems: Problem[] = [];
  const at = `mounts[${other.index}]`;
  const first = `mounts[${one.index}]`;
  if (one.path === other.path) {
    problems.push({
      path: `${at}.path`,
      message: `is "${other.path}", which ${first} has already; another path is wanted`,
    });
  } else if (one.ufs === undefined || other.ufs === undefined) {
    problems.push(...hiddenNative(one, other));
  } else if (isWithin(other.inside, one.inside) || isWithin(one.inside, other.inside)) {
    problems.push({
      path: `${at}.path`,
      message: `is "${other.inside}", and ${first} has "${one.inside}": Curvine refuses a mount ` +
        "inside another; paths side by side are wanted",
      hint: isWithin(other.inside, one.inside)
        ? `path: ${one.inside}-${last(other.inside)}`
        : `path of ${first}: ${other.inside}-${last(one.inside)}`,
    });
  }
  if (one.ufs === undefined || other.ufs === undefined) return problems;
  if (one.ufs === other.ufs) {
    problems.push({
      path: `${at}.mountPoint`,
      message: `is ${JSON.stringify(other.ufs)}, which ${first} mounts already: Curvine mounts a ` +
        "UFS path once; another one is wanted",
    });
  } else if (isWithin(other.ufs, one.ufs) || isWithin(one.ufs, other.ufs)) {
    problems.push({
      path: `${at}.mountPoint`,
      message: `is ${JSON.stringify(other.ufs)}, and ${first} mounts ${JSON.stringify(one.ufs)}: ` +
        "Curvine refuses a UFS path inside another that is mounted; the outer one alone, or paths " +
        "side by side, are wanted",
    });
  }
  return problems;
}

/** A directory of Curvine's that a mount covers: what is made there would land in the UFS. */
function hiddenNative(one: Place, other: Place): Problem[] {
  const [native, mount] = one.ufs === undefined ? [one, other] : [other, one];
  if (native.ufs !== undefined || mount.ufs === undefined) return [];
  if (!isWithin(native.inside, mount.inside)) return [];
  return [{
    path: `mounts[${native.index}].mountPoint`,
    message: `names "${native.inside}" in Curvine, where mounts[${mount.index}] mounts ` +
      `${JSON.stringify(mount.ufs)}; a directory outside of "${mount.inside}" is wanted`,
  }];
}

function last(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
