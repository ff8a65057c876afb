import { parseQuantity, toCurvineSize } from "../fluid/quantity.ts";
import type { CacheDirectory } from "../fluid/runtime_config.ts";
import type { Findings } from "./findings.ts";

/** Curvine's storage types; it takes any other word for `DISK` without a message. */
const STORAGE_TYPES = ["MEM", "SSD", "HDD", "UFS", "DISK", "SPDK", "SPDK_DISK"];

/**
 * Writes the cache's directories as `worker.data_dir` wants them: `[TYPE:SIZE]/path`.
 *
 * Source: Curvine, `worker.data_dir`.
 */
export function dataDirs(directories: readonly CacheDirectory[], findings: Findings): string[] {
  return directories.flatMap(({ at, path, medium, quota }) => {
    const type = medium.toUpperCase();
    if (!STORAGE_TYPES.includes(type)) {
      findings.problem(
        at,
        `has the medium ${JSON.stringify(medium)}; one of ${STORAGE_TYPES} is wanted`,
      );
      return [];
    }
    if (!path.startsWith("/") || /[\n\r\0]/.test(path) || !path.isWellFormed()) {
      findings.problem(at, `has the path ${JSON.stringify(path)}; an absolute path is wanted`);
      return [];
    }
    if (quota === undefined) return [`[${type}]${path}`];
    const size = sizeOf(quota, at, findings);
    return size === undefined ? [] : [`[${type}:${size}]${path}`];
  });
}

function sizeOf(quota: string, at: string, findings: Findings): string | undefined {
  try {
    const size = toCurvineSize(parseQuantity(quota));
    if (size === undefined) {
      findings.problem(at, `is ${JSON.stringify(quota)}; at least 1Ki is wanted`);
    }
    return size;
  } catch (error) {
    findings.problem(at, (error as Error).message);
    return undefined;
  }
}

/**
 * Reports entries of `worker.data_dir` that Curvine would misread: what does not match its
 * pattern becomes a literal path with brackets in it.
 */
export function checkDataDirs(entries: readonly unknown[], at: string, findings: Findings): void {
  for (const entry of entries) {
    const quoted = JSON.stringify(entry);
    const match = /^\[([^\]]*)\](.*)$/.exec(String(entry));
    const [, prefix = "", path = ""] = match ?? ["", "", String(entry)];
    const form = '"[TYPE:SIZE]/path", "[TYPE]/path", "[SIZE]/path" or "/path"';
    if (!path.startsWith("/")) {
      findings.problem(at, `holds ${quoted}; ${form} is wanted`);
      continue;
    }
    if (match === null) continue;
    const [first = "", second, ...more] = prefix.split(":");
    const size = second ?? (/^\d/.test(first) ? first : undefined);
    const sizeIsGood = size === undefined || /^\d+([KMGTP]?B?)?$/i.test(size);
    if (more.length > 0 || !sizeIsGood || prefix === "") {
      findings.problem(
        at,
        `holds ${quoted}; ${form} is wanted`,
        "a size is a whole number: 1536MB",
      );
    } else if (/^\d/.test(first) ? false : !STORAGE_TYPES.includes(first.toUpperCase())) {
      findings.warn(
        "unknown-storage-type",
        `${at} holds ${quoted}: Curvine takes "${first}" for DISK; it knows ${STORAGE_TYPES}`,
        at,
      );
    }
  }
}
