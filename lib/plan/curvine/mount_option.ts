import type { KeyType } from "./key_table.ts";
import { type KeyValue, parseKeyValue } from "./key_value.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { meant, propertiesOf, propertyValue } from "./ufs_properties.ts";

/** An option that a Dataset's mount may have. */
export interface MountOption {
  readonly name: string;
  /** Where it goes on `cv mount`'s command line: `--name=value`, `--name`, or `-c name=value`. */
  readonly kind: "flag" | "switch" | "property";
  /** What the flag or the property is called there. */
  readonly target: string;
  readonly type: KeyType;
  /** The only values that are taken, where there are few. */
  readonly choices?: readonly string[];
  readonly example: string;
  readonly summary: string;
}

/**
 * What a mount's mode does to the bucket, for everybody who has to say it. Seen with the real
 * programs: Curvine, What a mount does to the UFS.
 */
export const FS_MODE_RISK =
  "fs_mode writes into the UFS: an object for every directory, and every " +
  "file again when it is read or loaded; a resync, also that of a mount that is made anew, deletes " +
  "objects that changed since";

/**
 * Every option that is known, in the order of the documents.
 *
 * Source: Curvine, cv mount; UFS options of S3.
 */
export const MOUNT_OPTIONS: readonly MountOption[] = [
  s3("endpoint_url", "s3.endpoint_url", "http://minio:9000", "Where the object store is"),
  s3("region_name", "s3.region_name", "us-east-1", "The bucket's region"),
  s3("path_style", "s3.force.path.style", "true", "The bucket is in the path, not the host name"),
  s3("access", "s3.credentials.access", "(encryptOptions)", "The access key; also access-key"),
  s3("secret", "s3.credentials.secret", "(encryptOptions)", "The secret key; also secret-key"),
  {
    ...flag(
      "write-type",
      "string",
      "cache_mode",
      "cache_mode, or fs_mode, which writes into the UFS and may delete there",
    ),
    choices: ["cache_mode", "fs_mode"],
  },
  {
    ...flag(
      "access-mode",
      "string",
      "read_write",
      "read_only, or read_write; by default as the Dataset is",
    ),
    choices: ["read_only", "read_write"],
  },
  {
    ...flag("provider", "string", "auto", "What reads the UFS: auto, oss-hdfs or opendal"),
    choices: ["auto", "oss-hdfs", "opendal"],
  },
  flag("auto-cache", "boolean", "true", "Cache files of this mount when they are read"),
  flag("write-cache", "boolean", "false", "Cache what is written too (cache_mode, read_write)"),
  {
    ...flag("read-verify-ufs", "boolean", "true", "Compare with the UFS before a file is read"),
    kind: "switch",
  },
  flag("check-path-consist", "boolean", "false", "The path in Curvine has to be that of the UFS"),
  flag("ttl-ms", "duration", "7d", "How long a cached file lives"),
  flag("replicas", "count", "1", "Copies of every cached block"),
  flag("block-size", "size", "128MB", "The block size of cached files"),
  {
    ...flag("storage-type", "string", "ssd", "Where cached blocks go"),
    choices: ["mem", "ssd", "hdd", "ufs", "disk", "spdk", "spdk_disk"],
  },
];

/** Other names that Datasets for Curvine have always used. */
const ALIASES: Readonly<Record<string, string>> = {
  access_key: "access",
  secret_key: "secret",
};

/** Where an option goes on `cv mount`'s command line. */
export type MountTarget = Pick<MountOption, "kind" | "target">;

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
 * assert.equal(mountOption("access-key", "s3")?.target, "s3.credentials.access");
 * assert.deepEqual(mountOption("oss.region", "oss"), { kind: "property", target: "oss.region" });
 * assert.equal(mountOption("write_type", "oss")?.target, "write-type");
 * assert.equal(mountOption("key1", "s3"), undefined);
 * ```
 */
export function mountOption(name: string, scheme: string): MountOption | MountTarget | undefined {
  if (name.includes(".")) return { kind: "property", target: name };
  const plain = name.replaceAll("-", "_");
  const wanted = ALIASES[plain] ?? plain;
  const found = MOUNT_OPTIONS.find((option) => option.name.replaceAll("-", "_") === wanted);
  return found?.kind === "property" && !isS3(scheme) ? undefined : found;
}

/**
 * The value as `cv mount` takes it.
 *
 * @returns also what was wanted where it is none
 */
export function mountOptionValue(option: MountOption | MountTarget, text: string): KeyValue {
  if (!("type" in option)) return propertyValue(option.target, text);
  const { choices } = option;
  if (choices === undefined) {
    return option.kind === "property" && option.type === "string"
      ? propertyValue(option.target, text)
      : parseKeyValue(option.type, text);
  }
  const value = text.trim().toLowerCase();
  if (choices.includes(value)) return { ok: true, value };
  const plain = value.replaceAll("-", "_");
  const near = choices.find((one) => plain !== "" && one.startsWith(plain)) ??
    nearestName(plain, choices);
  return {
    ok: false,
    wanted: choices.join(" or "),
    ...(near === undefined ? {} : { hint: `write "${near}"` }),
  };
}

/**
 * How an option that means nothing to `cv mount` is said rightly, for this kind of mount point: the
 * known name that it most likely means, or what a dotted name looks like.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(mountOptionAdvice("writeType", "s3"), 'did you mean "write-type"?');
 * assert.equal(mountOptionAdvice("endpoint", "oss"), 'did you mean "oss.endpoint"?');
 * ```
 */
export function mountOptionAdvice(name: string, scheme: string): string {
  const near = nearestMountOption(name, scheme);
  if (near !== undefined) return `did you mean "${near}"?`;
  const [example] = propertiesOf(scheme);
  return `a dotted name, such as "${example}", is passed on as it is`;
}

/** The known name that a misspelt one most likely means, for this kind of mount point. */
function nearestMountOption(name: string, scheme: string): string | undefined {
  const known = MOUNT_OPTIONS.filter(({ kind }) => kind !== "property" || isS3(scheme));
  const property = meant(name, scheme);
  if (property !== undefined) {
    return known.find(({ target }) => target === property)?.name ?? property;
  }
  const plain = name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  const names = known.map((option) => option.name);
  const same = names.find((one) => letters(one) === letters(plain));
  return same ?? names.find((one) => one.startsWith(`${plain}-`)) ??
    nearestName(plain.replaceAll("_", "-"), names) ??
    nearestName(plain.replaceAll("-", "_"), names);
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

function isS3(scheme: string): boolean {
  return /^s3[an]?$/.test(scheme);
}

function s3(name: string, target: string, example: string, summary: string): MountOption {
  const type = name === "path_style" ? "boolean" : "string";
  return { name, kind: "property", target, type, example, summary };
}

function flag(name: string, type: KeyType, example: string, summary: string): MountOption {
  return { name, kind: "flag", target: name, type, example, summary };
}
