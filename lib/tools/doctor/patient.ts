import type { Status } from "../../observe/status.ts";
import type { ConfigError, Problem } from "../../plan/config_error.ts";
import type { Detection } from "../../plan/detect_mode.ts";
import type { Endpoint } from "../../plan/generate/endpoints.ts";
import type { Draft } from "../../plan/generate/generate_plan.ts";
import type { MountAnswer } from "../../ports/mounts.ts";
import type { Connection } from "../../ports/sockets.ts";
import type { FuseServer } from "../../system/child_processes.ts";
import type { Disposed } from "../../system/disposable_child.ts";
import type { FolderFacts } from "../../system/folder_facts.ts";
import type { GroupFacts } from "../../system/group_facts.ts";
import type { Lookup } from "../../system/resolve_host.ts";

/** What is examined: where we are, and what a start here would do. */
export interface Patient {
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** Numeric. */
  readonly user: number;
  /** Whether this is the job of a Fluid DataLoad, which runs no component. */
  readonly isDataLoad: boolean;
  /** Whether Kubernetes runs us. */
  readonly isPod: boolean;
  /**
   * Whether what is planned happens here: in a pod, or where Curvine's program lies. On anybody's
   * machine only the configuration can be judged.
   */
  readonly isHere: boolean;
  readonly detection: Detection;
  /** What a start here would do, with what is wrong with it; absent where there is nothing to make. */
  readonly draft: Draft | undefined;
  /** Why there is no draft. */
  readonly unusable: ConfigError | undefined;
  /** Settings of our own that cannot be read. */
  readonly badSettings: readonly Problem[];
  /** Where Curvine's cli lies, which a DataLoad's job starts. */
  readonly cli: string;
  /** The secret files that the configuration names, and whether each could be read. */
  readonly secretFiles: ReadonlyMap<string, boolean>;
  /** Where Curvine's masters are. The work is done once, for all who ask. */
  masters(): Promise<KnownMasters>;
  /** What a disposable child can tell of a folder; asked once for each. */
  folder(path: string): Promise<FolderFacts | "late" | "unknown">;
  /** What the supervisor of this container says; asked once. `undefined`: none answers. */
  status(): Promise<Status | undefined>;
  readonly world: DoctorWorld;
}

/** Where Curvine's masters are, and how that is known. */
export type KnownMasters =
  | {
    readonly ok: true;
    readonly endpoints: readonly Endpoint[];
    readonly how: string;
    /** Paths of the Dataset's mounts that are Curvine's own, for a job; absent where nothing tells. */
    readonly native?: readonly string[];
  }
  /** Empty where nobody here needs masters. */
  | { readonly ok: false; readonly tried: readonly string[] };

/**
 * All that probes touch. Nothing in it changes anything, and nothing in it blocks: what may, a
 * disposable child does. Limits are milliseconds.
 */
export interface DoctorWorld {
  /** The text of a file of `/proc` or `/sys`; `undefined` where it cannot be read. */
  read(path: string): string | undefined;
  /** The names in a folder of `/proc` or `/sys`; none where it cannot be read. */
  names(folder: string): readonly string[];
  /** What a symbolic link says; `undefined` where it is none. */
  readLink(path: string): string | undefined;
  /** Lets a disposable child ask a mount. */
  ask(path: string, limit: number): Promise<MountAnswer>;
  /** Runs this program as a disposable child. @param words a hidden command and what it is asked */
  child(words: readonly string[], limit: number): Promise<Disposed>;
  lookup(name: string, limit: number): Promise<Lookup>;
  /** @throws when the port does not answer, in the kernel's words */
  connectTcp(address: string, port: number): Promise<Connection>;
  /** Why a device cannot be opened for reading and writing; `undefined` when it can. */
  cannotOpen(device: string): string | undefined;
  /** Why a program cannot be executed; `undefined` when it seems that it can. */
  cannotExecute(path: string): string | undefined;
  /** Why a daemon's connection could not be taken over; `undefined` when it could. */
  takeoverForbidden(mayTrace: boolean): string | undefined;
  /** What our control group allows, and what is used of it. */
  group(): GroupFacts;
  /** Processes that have the FUSE device open, and for which connection, where that is told. */
  fuseServers(): readonly FuseServer[];
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Milliseconds since 1970, as this machine's clock has it. */
  date(): number;
}
