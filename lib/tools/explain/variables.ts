/** Environment variables that mean the same. */
export interface Variable {
  readonly names: readonly string[];
  readonly meaning: string;
}

/**
 * Every variable that is read beside `CURVINE_FLUID_*`. A test compares it with the code.
 *
 * Source of Fluid's: Environment, volumes, names; ThinRuntime.
 */
export const VARIABLES: readonly Variable[] = [
  {
    names: ["FLUID_RUNTIME_TYPE"],
    meaning: "`thin`: a ThinRuntime; anything else: a CacheRuntime",
  },
  { names: ["FLUID_RUNTIME_COMPONENT_TYPE"], meaning: "`master`, `worker` or `client`" },
  { names: ["FLUID_RUNTIME_CONFIG_PATH"], meaning: "the runtime config" },
  {
    names: ["FLUID_RUNTIME_MOUNT_PATH"],
    meaning: "where to mount, if the runtime config does not say it",
  },
  {
    names: ["FLUID_RUNTIME_COMPONENT_SVC_NAME"],
    meaning: "this component's headless service, if the runtime config does not say it",
  },
  {
    names: ["FLUID_DATASET_NAME", "CURVINE_DATASET_NAME"],
    meaning: "the dataset: Curvine's cluster id",
  },
  {
    names: ["FLUID_DATASET_NAMESPACE", "CURVINE_DATASET_NAMESPACE", "POD_NAMESPACE"],
    meaning: "its namespace, for the masters' and workers' DNS names",
  },
  {
    names: ["POD_CLUSTER_DOMAIN"],
    meaning: "the end of those names; `cluster.local`",
  },
  {
    names: ["POD_NAME", "HOSTNAME"],
    meaning: "the pod's name; with hostNetwork, `HOSTNAME` is the node's, so set `POD_NAME`",
  },
  { names: ["POD_IP"], meaning: "a worker's address where it has no headless service" },
  { names: ["CURVINE_HOME"], meaning: "where Curvine is; `/app/curvine`" },
  {
    names: ["CURVINE_CONF_FILE", "CURVINE_CONF_DIR"],
    meaning: "the configuration to write; `$CURVINE_HOME/conf/curvine-cluster.toml`",
  },
  {
    names: ["CURVINE_DATA_DIR"],
    meaning: "metadata and journal; `$CURVINE_HOME/data`",
  },
  {
    names: ["CURVINE_LOG_DIR"],
    meaning: "not used: logs go to stdout unless an option names a folder",
  },
  {
    names: ["CURVINE_CACHE_PATH"],
    meaning: "the worker's cache where no tier says where; `/cache-data`",
  },
  {
    names: ["CURVINE_MASTER_ENDPOINTS"],
    meaning: "`host:port,host:port` of masters that the runtime config does not name",
  },
  {
    names: ["CURVINE_MOUNT_POINT"],
    meaning: "`curvine:///path`: the path inside Curvine that is mounted",
  },
  {
    names: ["CURVINE_TARGET_PATH"],
    meaning: "where to mount, outside Fluid or without a runtime config",
  },
  {
    names: ["CURVINE_IO_THREADS", "CURVINE_…"],
    meaning: "in a ThinRuntime, any key of `[fuse]`; weaker than options",
  },
  {
    names: ["MOUNT_OPTIONS"],
    meaning: "in a ThinRuntime, its profile's `fuse.options`; weaker than the file's options",
  },
  {
    names: ["ORPC_BIND_HOSTNAME"],
    meaning: "the address that servers listen at; `0.0.0.0`",
  },
  {
    names: [
      "CURVINE_MASTER_HOSTNAME",
      "CURVINE_WORKER_HOSTNAME",
      "CURVINE_CLIENT_HOSTNAME",
      "CURVINE_TRANSFER_HOSTNAME",
    ],
    meaning: "Curvine's own; set for the component that runs, taken away where empty",
  },
  {
    names: ["CURVINE_FUSE_STATE_PATH"],
    meaning: "Curvine's own, for a hot reload; taken away at a start",
  },
  {
    names: ["CURVINE_CLI"],
    meaning: "the `cv` that the operations below run; `$CURVINE_HOME/lib/curvine-cli`",
  },
  {
    names: ["CURVINE_FLUID_MOUNT_UFS_TIMEOUT", "CURVINE_FLUID_REPORT_TIMEOUT"],
    meaning: "when `mount-ufs` and `report-summary` give up; 18s and 17s, as Fluid waits 20 s",
  },
  {
    names: ["CURVINE_FLUID_CHECK_MOUNT_TIMEOUT"],
    meaning:
      "how long a sidecar's `/check-mount.sh` waits for the mount, and for its sub-path; 30s",
  },
  {
    names: [
      "FLUID_DATALOAD_DATA_PATH",
      "FLUID_DATALOAD_PATH_REPLICAS",
      "FLUID_DATALOAD_METADATA",
    ],
    meaning: "`data-load`: what to load, as Fluid hands it over",
  },
  {
    names: ["CURVINE_FLUID_DATA_LOAD_PARALLEL"],
    meaning: "how many loads of a `data-load` run at the same time; 4",
  },
  {
    names: ["CURVINE_FLUID_DATA_LOAD_RESYNC"],
    meaning: "`true`: `data-load` with metadata resyncs mounts in `fs_mode`; " +
      "may delete objects of the UFS",
  },
  {
    names: [
      "CURVINE_DATALOAD_MASTER_ADDRS",
      "CURVINE_DATALOAD_MASTER_HOST",
      "CURVINE_DATALOAD_MASTER_PORT",
    ],
    meaning: "`data-load`: the masters, as `host:port,…` or as one host and its port (8995)",
  },
  {
    names: ["CURVINE_DATALOAD_DATASET", "CURVINE_DATALOAD_NAMESPACE"],
    meaning: "`data-load`: the dataset whose masters are looked up, where nothing names them",
  },
  {
    names: [
      "KUBERNETES_SERVICE_HOST",
      "KUBERNETES_SERVICE_PORT_HTTPS",
      "KUBERNETES_SERVICE_PORT",
    ],
    meaning: "`data-load`: where to ask for its own pod's labels",
  },
  { names: ["TMPDIR"], meaning: "temporary files" },
];
