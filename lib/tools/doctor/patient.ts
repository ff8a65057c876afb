import type { Status } from "../../observe/status.ts";
import type { ConfigError } from "../../plan/config_error.ts";
import type { Detection } from "../../plan/detect_mode.ts";
import type { Endpoint } from "../../plan/generate/endpoints.ts";
import type { Draft } from "../../plan/generate/generate_plan.ts";
import type { MountAnswer } from "../../ports/mounts.ts";
import type { Connection } from "../../ports/sockets.ts";
import type { Disposed } from "../../system/disposable_child.ts";
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
  readonly detection: Detection;
  /** What a start here would do, with what is wrong with it; absent where there is nothing to make. */
  readonly draft: Draft | undefined;
  /** Why there is no draft. */
  readonly unusable: ConfigError | undefined;
  /** Where Curvine's masters are. The work is done once, for all who ask. */
  masters(): Promise<KnownMasters>;
  readonly world: DoctorWorld;
}

/** Where Curvine's masters are, and how that is known. */
export type KnownMasters =
  | { readonly ok: true; readonly endpoints: readonly Endpoint[]; readonly how: string }
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
  /** What the supervisor of this container says; `undefined` when none answers. */
  status(limit: number): Promise<Status | undefined>;
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Milliseconds since 1970, as this machine's clock has it. */
  date(): number;
}
