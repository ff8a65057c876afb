import {
  isNative,
  isWithin,
  nativePath,
  normalizePath,
  normalizeUfs,
  schemeOf,
} from "../curvine/ufs_path.ts";
import { fluidPath } from "./mount_conflicts.ts";
import type { RuntimeConfig } from "./runtime_config.ts";

/** A path that Fluid wants loaded. */
export interface LoadPath {
  /** As Fluid names it: a path inside Curvine, or a UFS path. */
  readonly path: string;
  /** How many copies the cache should hold. */
  readonly replicas: number;
}

/**
 * Splits what Fluid joined with colons, schemes and ports in mind: a new path begins at a slash or
 * at a scheme; anything else behind a colon belongs to the path before it.
 *
 * Source: Fluid, DataLoad.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(splitPaths("s3://b/a:/c:hdfs://nn:8020/d"), ["s3://b/a", "/c", "hdfs://nn:8020/d"]);
 * assert.deepEqual(splitPaths("/log/10:30:00:/x"), ["/log/10:30:00", "/x"]);
 * ```
 */
export function splitPaths(joined: string): string[] {
  const paths: string[] = [];
  let scheme: string | undefined;
  const parts = joined.split(":");
  for (const [index, part] of parts.entries()) {
    if (scheme !== undefined) {
      paths.push(`${scheme}:${part}`);
      scheme = undefined;
    } else if (/^[a-z][a-z0-9+.-]*$/i.test(part) && parts[index + 1]?.startsWith("//")) {
      scheme = part;
    } else if (part.startsWith("/") || paths.length === 0) {
      if (part !== "") paths.push(part);
    } else if (part !== "" || index < parts.length - 1) {
      paths[paths.length - 1] += `:${part}`;
    }
  }
  return paths;
}

/**
 * The paths with their replicas, which Fluid gives in a list of their own.
 *
 * @returns also a warning for each replica count that cannot be read
 */
export function loadPaths(
  joined: string,
  replicas: string,
): { readonly paths: readonly LoadPath[]; readonly warnings: readonly string[] } {
  const names = splitPaths(joined.trim());
  const counts = replicas.trim() === "" ? [] : replicas.split(":");
  const warnings: string[] = [];
  const paths = (names.length === 0 ? ["/"] : names).map((path, index): LoadPath => {
    const text = counts[index]?.trim() ?? (counts.length === 1 ? counts[0]?.trim() : undefined);
    if (text === undefined || /^[1-9]\d{0,3}$/.test(text)) {
      return { path, replicas: Number(text ?? 1) };
    }
    warnings.push(
      `FLUID_DATALOAD_PATH_REPLICAS has "${text}" for "${path}"; a number from 1 is wanted, 1 is taken`,
    );
    return { path, replicas: 1 };
  });
  return { paths, warnings };
}

/** A mount of Curvine's, as far as loading asks. */
export interface LoadMount {
  /** Where it appears inside Curvine, normalized. */
  readonly path: string;
  /** What is mounted, normalized. */
  readonly ufs: string;
}

/** Paths of a Dataset's mounts that lie in Curvine itself: there is nothing to load them from. */
export function nativePaths(config: Pick<RuntimeConfig, "mounts"> | undefined): string[] {
  return (config?.mounts ?? []).filter(({ mountPoint }) => isNative(mountPoint))
    .map((mount) => fluidPath(mount) ?? "/");
}

/** What `cv load` is told for a path. */
export interface LoadSource {
  /** The UFS path. */
  readonly source: string;
  /** The mount it belongs to. */
  readonly mount: string;
}

/** What a path comes to. */
export type Resolution =
  | { readonly kind: "load"; readonly sources: readonly LoadSource[] }
  /** It lies in Curvine alone: there is nothing to load it from. */
  | { readonly kind: "native" }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Resolves a path to what is loaded: by the longest mount at or above it; a path above mounts
 * means all of them.
 *
 * @param native paths of the dataset's `curvine://` mounts, where they are known
 */
export function resolveLoadPath(
  path: string,
  rows: readonly LoadMount[],
  native: readonly string[],
): Resolution {
  if (isNative(path)) return resolveLoadPath(nativePath(path), rows, native);
  if (schemeOf(path) !== undefined) return resolveUfs(path, rows);
  const wanted = normalizePath(path);
  const mount = longest(rows.filter((row) => isWithin(wanted, row.path)), (row) => row.path);
  if (mount !== undefined) {
    const rest = wanted.slice(mount.path === "/" ? 0 : mount.path.length);
    return { kind: "load", sources: [{ source: join(mount.ufs, rest), mount: mount.path }] };
  }
  const below = rows.filter((row) => isWithin(row.path, wanted))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (below.length > 0) {
    return {
      kind: "load",
      sources: below.map((row) => ({ source: row.ufs, mount: row.path })),
    };
  }
  if (native.some((one) => isWithin(wanted, one) || isWithin(one, wanted))) {
    return { kind: "native" };
  }
  const mounts = rows.length === 0
    ? "nothing is mounted"
    : `mounted are ${rows.map((row) => row.path).join(", ")}`;
  return { kind: "unknown", reason: `no UFS is mounted at, above or below it; ${mounts}` };
}

function resolveUfs(path: string, rows: readonly LoadMount[]): Resolution {
  const wanted = normalizeUfs(path);
  const mount = longest(rows.filter((row) => isWithin(wanted, row.ufs)), (row) => row.ufs);
  if (mount === undefined) return { kind: "unknown", reason: "no mount of Curvine covers it" };
  return { kind: "load", sources: [{ source: path, mount: mount.path }] };
}

function longest(
  rows: readonly LoadMount[],
  lengthOf: (row: LoadMount) => string,
): LoadMount | undefined {
  return rows.toSorted((a, b) => lengthOf(b).length - lengthOf(a).length)[0];
}

function join(ufs: string, rest: string): string {
  return rest === "" || rest === "/" ? ufs : `${ufs.replace(/\/$/, "")}${rest}`;
}
