/** Where an option of a Dataset's mount goes on `cv mount`'s command line. */
export interface MountOption {
  readonly kind: "flag" | "property";
  readonly name: string;
}

/** The S3 names that Datasets for Curvine have always used. Curvine: UFS options of S3. */
const S3_NAMES: Readonly<Record<string, string>> = {
  endpoint_url: "s3.endpoint_url",
  region_name: "s3.region_name",
  path_style: "s3.force.path.style",
  access: "s3.credentials.access",
  access_key: "s3.credentials.access",
  secret: "s3.credentials.secret",
  secret_key: "s3.credentials.secret",
};

/** Flags of `cv mount` that a Dataset may set. Curvine: `cv mount`. */
const FLAGS = new Set([
  "access-mode",
  "auto-cache",
  "block-size",
  "check-path-consist",
  "provider",
  "read-verify-ufs",
  "replicas",
  "storage-type",
  "ttl-action",
  "ttl-ms",
  "write-type",
]);

/**
 * Finds what an option means to `cv mount`. Dotted names are Curvine's own and pass as they are;
 * the short S3 names and the flags may be written with `_` or `-`.
 *
 * @param scheme of the mount point, for the short names are S3's
 * @returns `undefined` for a name that means nothing to it
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(mountOption("access-key", "s3"), { kind: "property", name: "s3.credentials.access" });
 * assert.deepEqual(mountOption("oss.region", "oss"), { kind: "property", name: "oss.region" });
 * assert.deepEqual(mountOption("write_type", "oss"), { kind: "flag", name: "write-type" });
 * assert.equal(mountOption("key1", "s3"), undefined);
 * ```
 */
export function mountOption(name: string, scheme: string): MountOption | undefined {
  if (name.includes(".")) return { kind: "property", name };
  const s3 = /^s3[an]?$/.test(scheme) ? S3_NAMES[name.replaceAll("-", "_")] : undefined;
  if (s3 !== undefined) return { kind: "property", name: s3 };
  const flag = name.replaceAll("_", "-");
  return FLAGS.has(flag) ? { kind: "flag", name: flag } : undefined;
}
