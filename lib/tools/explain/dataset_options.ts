/** An option of a Dataset's mount, or of a ThinRuntime, that is no key of Curvine's file. */
export interface SpecialOption {
  readonly name: string;
  /** What it becomes: a property of the UFS, a flag of `cv mount`, or what we read ourselves. */
  readonly becomes: string;
  readonly type: string;
  readonly example: string;
  readonly summary: string;
}

/**
 * Options of `Dataset.spec.mounts[]` (or its `sharedOptions`) in a CacheRuntime: `mount-ufs` hands
 * them to `cv mount`. Dotted names such as `s3.endpoint_url` or `oss.region` pass as they are, and
 * `_` and `-` mean the same.
 *
 * Source: Curvine, cv; UFS options of S3.
 */
export const DATASET_OPTIONS: readonly SpecialOption[] = [
  s3("endpoint_url", "s3.endpoint_url", "http://minio:9000", "Where the object store is"),
  s3("region_name", "s3.region_name", "us-east-1", "The bucket's region"),
  s3("path_style", "s3.force.path.style", "true", "The bucket is in the path, not the host name"),
  s3("access", "s3.credentials.access", "(encryptOptions)", "The access key; also access-key"),
  s3("secret", "s3.credentials.secret", "(encryptOptions)", "The secret key; also secret-key"),
  flag("write-type", "fs_mode", "fs_mode or cache_mode: whether Curvine or the UFS leads"),
  flag("provider", "auto", "auto, oss-hdfs or opendal: what reads the UFS"),
  flag("access-mode", "read_only", "read_only or read_write"),
  flag("auto-cache", "true", "Cache files of this mount when they are read"),
  flag("read-verify-ufs", "true", "Compare with the UFS before a cached file is read"),
  flag("check-path-consist", "true", "The path in Curvine has to be that of the UFS"),
  flag("ttl-ms", "7d", "How long a cached file lives"),
  flag("ttl-action", "free", "What happens at the end: none, delete, free"),
  flag("replicas", "1", "Copies of every cached block"),
  flag("block-size", "128MB", "The block size of cached files"),
  flag("storage-type", "ssd", "Where cached blocks go"),
];

/** Options that only a ThinRuntime has: in `fuse.options` or in the mount's `options`. */
export const THIN_OPTIONS: readonly SpecialOption[] = [
  {
    name: "master-endpoints",
    becomes: "client.master_addrs",
    type: "list",
    example: "master-0:8995,master-1:8995",
    summary: "Where Curvine's masters are; or $CURVINE_MASTER_ENDPOINTS",
  },
  {
    name: "cluster_id",
    becomes: "cluster_id",
    type: "string",
    example: "curvine",
    summary: "The cluster's name, where $FLUID_DATASET_NAME does not say it",
  },
  {
    name: "master-web-port",
    becomes: "master.web_port",
    type: "port",
    example: "9000",
    summary: "The port of the masters' web pages",
  },
];

function s3(name: string, becomes: string, example: string, summary: string): SpecialOption {
  return { name, becomes, type: name === "path_style" ? "boolean" : "string", example, summary };
}

function flag(name: string, example: string, summary: string): SpecialOption {
  return { name, becomes: `cv mount --${name}`, type: flagType(name), example, summary };
}

function flagType(name: string): string {
  switch (name) {
    case "auto-cache":
    case "read-verify-ufs":
    case "check-path-consist":
      return "boolean";
    case "ttl-ms":
      return "duration";
    case "replicas":
      return "count";
    case "block-size":
      return "size";
    default:
      return "string";
  }
}
