import { isTomlTable, type TomlTable } from "../curvine/toml_value.ts";
import { authorityOf, isNative, nativePath, schemeOf, WHERE_MASTERS } from "../curvine/ufs_path.ts";
import { repairedScheme } from "../curvine/ufs_scheme.ts";
import { numberedMount } from "../numbered_mounts.ts";
import type { MountPlan } from "../plan.ts";
import { DEFAULTS } from "./defaults.ts";
import type { Findings } from "./findings.ts";
import type { Generation } from "./generation.ts";

/**
 * Checks and tidies the path of a mount point: absolute, not the root, without `.`, `//` or a
 * slash at its end. Any other character is kept, for people mount at paths with spaces.
 */
export function mountTarget(path: string, at: string, findings: Findings): string | undefined {
  const quoted = JSON.stringify(path);
  if (!path.startsWith("/")) {
    findings.problem(at, `is ${quoted}; an absolute path is wanted`, `write "/${path}"`);
    return undefined;
  }
  if (path.includes("\0") || !path.isWellFormed()) {
    findings.problem(at, `is ${quoted}, which no file system can hold`);
    return undefined;
  }
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || parts.length === 0) {
    findings.problem(at, `is ${quoted}; a path below the root without ".." is wanted`);
    return undefined;
  }
  return `/${parts.join("/")}`;
}

/**
 * Writes where the mount appears, the only place that does, and which path of Curvine it shows.
 *
 * @param given where to mount; the default where nothing says it
 * @param at where `given` stands, for what is wrong with it
 * @param fsPath `undefined` where the file has it, or what is wrong with it was said
 * @returns the target, `""` where what was given is none
 */
export function writeMountPoint(
  generation: Generation,
  given: string | undefined,
  at: string,
  fsPath?: string,
): string {
  const target = mountTarget(given || DEFAULTS.fuseTarget, at, generation) ?? "";
  const { component } = generation;
  if (given || component === "client" || component === "fuse") {
    generation.section("fuse")["mnt_path"] = target;
  }
  if (fsPath !== undefined) generation.section("fuse")["fs_path"] = fsPath;
  return target;
}

/** Whether what a person wrote names a path inside Curvine, and which. */
export type CurvinePath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/**
 * The path inside Curvine that a mount point names: `curvine:///a`, `curvine://a` or `/a`; other
 * schemes that mean Curvine itself, too.
 */
export function curvinePath(mountPoint: string): CurvinePath {
  const quoted = JSON.stringify(mountPoint);
  const scheme = schemeOf(mountPoint);
  if (scheme !== undefined && !isNative(mountPoint)) {
    return { ok: false, message: `is ${quoted}; curvine:///path is wanted` };
  }
  // `curvine:/d` would become the directory `/curvine:/d`.
  const repaired = scheme === undefined && /^\s*\w+:/.test(mountPoint)
    ? repairedScheme(mountPoint)
    : undefined;
  if (repaired !== undefined) {
    const hint = isNative(repaired) ? { hint: `write ${JSON.stringify(repaired)}` } : {};
    return { ok: false, message: `is ${quoted}; curvine:///path is wanted`, ...hint };
  }
  const authority = authorityOf(mountPoint);
  if (authority !== undefined) {
    return {
      ok: false,
      message: `is ${quoted}, which names the host ${JSON.stringify(authority)}; ` +
        `${scheme}:///path is wanted`,
      hint: WHERE_MASTERS,
    };
  }
  const path = nativePath(mountPoint);
  if (path.split("/").includes("..")) {
    return { ok: false, message: `is ${quoted}; a path without ".." is wanted` };
  }
  return { ok: true, path };
}

/**
 * What the supervisor must know of the mount.
 *
 * Source: Curvine, curvine-fuse: with `mnt_number` above 1 the base itself is no mount.
 */
export function mountPlan(target: string, toml: TomlTable): MountPlan {
  const fuse = toml["fuse"];
  const count = isTomlTable(fuse) ? Number(fuse["mnt_number"] ?? 1) : 1;
  if (!(count > 1)) return { target };
  return {
    target,
    layers: Array.from({ length: count }, (_, index) => `${target}/${numberedMount(index)}`),
  };
}
