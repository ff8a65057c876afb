import { MOUNT_OPTIONS } from "../../plan/curvine/mount_option.ts";

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
export const DATASET_OPTIONS: readonly SpecialOption[] = MOUNT_OPTIONS.map(
  ({ name, kind, target, type, example, summary }) => ({
    name,
    becomes: kind === "property" ? target : `cv mount --${target}`,
    type,
    example,
    summary,
  }),
);

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
