/** One of the Dataset's mounts. Fluid: The runtime config file. */
export interface Mount {
  /** Such as `s3://bucket/dir`, `curvine:///dir`, `pvc://claim`. */
  readonly mountPoint: string;
  /** Values are text, as Fluid has them. */
  readonly options: Readonly<Record<string, string>>;
  /** Option names with the file that holds the value. */
  readonly encryptOptions: Readonly<Record<string, string>>;
  readonly name: string | undefined;
  /** Where the mount appears; Fluid fills it for a CacheRuntime, not for a ThinRuntime. */
  readonly path: string | undefined;
  readonly readOnly: boolean;
}

/** One directory of the worker's cache. */
export interface CacheDirectory {
  /** Where in the file it stands, for messages. */
  readonly at: string;
  readonly path: string;
  /** Curvine's storage type, such as `MEM` or `HDD`. */
  readonly medium: string;
  /** A Kubernetes quantity; absent: the whole disk. */
  readonly quota: string | undefined;
}

/** What the file says of master, worker or client. */
export interface ComponentConfig {
  /** Where in the file its options stand, for messages: `master.options`. */
  readonly optionsAt: string;
  /** The workload's name, `<runtime>-master`; its pods are `<name>-0`, `<name>-1`, … */
  readonly name: string | undefined;
  /** The headless service's name, `""` where there is none. */
  readonly service: string;
  readonly replicas: number | undefined;
  /** The pods' names where the file lists them (the older shape). */
  readonly pods: readonly string[] | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly cacheDirectories: readonly CacheDirectory[];
}

/** Fluid's runtime config file, the current and the older shape brought to one. */
export interface RuntimeConfig {
  readonly mounts: readonly Mount[];
  readonly accessModes: readonly string[];
  readonly targetPath: string | undefined;
  /** The dataset's namespace, where the file names it. */
  readonly namespace: string | undefined;
  readonly master: ComponentConfig | undefined;
  readonly worker: ComponentConfig | undefined;
  readonly client: ComponentConfig | undefined;
  /** The ThinRuntime's own options (`fuse.options`). */
  readonly runtimeOptions: Readonly<Record<string, string>>;
}
