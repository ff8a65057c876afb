import { isTomlTable, type TomlTable } from "../curvine/toml_value.ts";
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

/** The path inside Curvine that a mount point names: `curvine:///a`, `curvine://a` or `/a`. */
export function curvinePath(mountPoint: string): string | undefined {
  const path = mountPoint.replace(/^curvine:\/\//, "");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return undefined;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : `/${parts.join("/")}`;
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

/** Most mounts that one daemon is given: beyond it the number is a mistake. */
const MAX_MOUNTS = 256;

/** Reports what curvine-fuse would refuse at every start. */
export function checkFuse(generation: Generation): void {
  const fuse = generation.toml["fuse"];
  if (!isTomlTable(fuse)) return;
  if (fuse["direct_io"] === true && fuse["write_back_cache"] === true) {
    generation.problem(
      "fuse.direct_io",
      "is true together with fuse.write_back_cache; curvine-fuse refuses both at once",
      "set one of them to false",
    );
  }
  if (Number(fuse["mnt_number"] ?? 1) > MAX_MOUNTS) {
    generation.problem(
      "fuse.mnt_number",
      `is ${fuse["mnt_number"]}; at most ${MAX_MOUNTS} is wanted`,
    );
  }
}
