import type { TomlTable } from "./curvine/toml_value.ts";

/** How we were started: which of Fluid's runtimes, or none. */
export type Mode = "cache-runtime" | "thin-runtime" | "standalone";

/** Which part of Curvine this container is. `fuse` is the thin runtime's name for the client. */
export type Component = "master" | "worker" | "client" | "fuse" | "transfer";

/** Something that does not keep us from starting but that a person should know. */
export interface Warning {
  /** A stable word for programs, such as `unknown-option`. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** Where in the runtime config, such as `master.options.rpc_prot`. */
  readonly path?: string;
}

/** The daemon to start. */
export interface ProcessPlan {
  /** The whole argument list, the absolute path of the executable first. */
  readonly argv: readonly string[];
  /** Only what is set on top of our own environment; `null` takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** The working directory: Curvine's servers look for `webui` there. */
  readonly cwd: string;
  /** `exec`: we become the daemon. `supervise`: it is our child and we keep it alive. */
  readonly policy: "exec" | "supervise";
}

/** Where curvine-fuse mounts. */
export interface MountPlan {
  /** The absolute path of the mount point. */
  readonly target: string;
  /** With `fuse.mnt_number` above 1, the mount points `mnt-0`, `mnt-1`, … inside the target. */
  readonly layers?: readonly string[];
}

/** All that a start will do, as plain data: what `render` prints is what `run` acts on. */
export interface Plan {
  readonly mode: Mode;
  readonly component: Component;
  /** Why this mode and this component, in words. */
  readonly reasons: readonly string[];
  /** The configuration file: where, and the value that is written as TOML. */
  readonly config: { readonly path: string; readonly toml: TomlTable };
  readonly process: ProcessPlan;
  readonly mount: MountPlan | null;
  readonly warnings: readonly Warning[];
  /**
   * Only where this start will format Curvine's storage: the file that is made before it does, so
   * that no later start does it again.
   */
  readonly formatMarker?: string;
}
