/**
 * The access mode of a mount: read-only as the mount says, or as all of the Dataset's access modes
 * do; Fluid's default, ReadOnlyMany, does too.
 */
export function accessModeOf(
  mount: { readonly readOnly?: boolean | undefined },
  accessModes: readonly unknown[],
): "read_only" | "read_write" {
  const writes = accessModes.some((mode) => /^ReadWrite/.test(String(mode)));
  return writes && mount.readOnly !== true ? "read_write" : "read_only";
}

/**
 * What Curvine refuses of a mount's flags although it takes each of them: what is written can be
 * cached only where Curvine leads, and may write. Source: Curvine, cv mount.
 *
 * @param flags of `cv mount`, by their names there
 * @returns what is wrong with `write-cache`
 */
export function refusedWriteCache(
  flags: ReadonlyMap<string, string>,
): { readonly message: string; readonly hint: string } | undefined {
  if (flags.get("write-cache") !== "true") return undefined;
  if (flags.get("write-type") !== "fs_mode" && flags.get("access-mode") === "read_write") {
    return undefined;
  }
  return {
    message: "is true, which Curvine takes with cache_mode and read_write only",
    hint: 'write "false", or accessModes: ["ReadWriteMany"] of the Dataset',
  };
}
