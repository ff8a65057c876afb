/** A key that an option may set under another name, too. */
export interface Alias {
  readonly section: string;
  readonly key: string;
  /** Whether the bare name counts in every component's options; else where the section does. */
  readonly everywhere?: true;
}

/**
 * Other names for keys, in snake case: names of the scripts before us, flags of curvine-fuse where
 * they differ from the file's keys, and what Curvine itself called them before. A bare name counts
 * where bare names of its section do, and behind its section's name, as `fuse.entry_timeout`.
 *
 * Source: Curvine, Aliases of keys.
 */
const ALIASES: Readonly<Record<string, Alias>> = {
  journal_port: { section: "journal", key: "rpc_port", everywhere: true },
  raft_port: { section: "journal", key: "rpc_port", everywhere: true },
  journal_dir: { section: "journal", key: "journal_dir", everywhere: true },
  master_hostname: { section: "master", key: "hostname", everywhere: true },
  worker_hostname: { section: "worker", key: "hostname", everywhere: true },
  // curvine-fuse's own flags, -o and --options, as people write them.
  _o: { section: "fuse", key: "fuse_opts" },
  o: { section: "fuse", key: "fuse_opts" },
  options: { section: "fuse", key: "fuse_opts" },
  enable_write_back: { section: "fuse", key: "write_back_cache" },
  meta_cache_ttl: { section: "fuse", key: "meta_cache_timeout" },
  mnt_per_task: { section: "fuse", key: "tasks_per_mnt" },
  entry_timeout: { section: "fuse", key: "entry_timeout_ms" },
  attr_timeout: { section: "fuse", key: "attr_timeout_ms" },
  negative_timeout: { section: "fuse", key: "negative_timeout_ms" },
};

/** The one name of a ThinRuntime's that is about the masters. */
const THIN_ALIASES: Readonly<Record<string, Alias>> = {
  master_web_port: { section: "master", key: "web_port", everywhere: true },
};

/**
 * What a name stands for beside the keys themselves.
 *
 * @param name in snake case
 * @param thin whether it is one of a ThinRuntime's options
 */
export function aliasOf(name: string, thin: boolean): Alias | undefined {
  if (thin && Object.hasOwn(THIN_ALIASES, name)) return THIN_ALIASES[name];
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/** All names that {@link aliasOf} knows. */
export function aliasNames(thin: boolean): string[] {
  return [...Object.keys(ALIASES), ...(thin ? Object.keys(THIN_ALIASES) : [])];
}

/** Options that are no keys of the file: read on their own, and never laid over it. */
export const OWN_OPTIONS = ["master_endpoints", "cluster_id"] as const;

/** Whether an option is one of {@link OWN_OPTIONS}, with `_` or `-`. */
export function isOwnOption(name: string): boolean {
  return (OWN_OPTIONS as readonly string[]).includes(name.replaceAll("-", "_"));
}

/** The name under which {@link OWN_OPTIONS} are given, and the value; an empty one is none. */
export function ownOption(
  options: Readonly<Record<string, string>>,
  wanted: typeof OWN_OPTIONS[number],
): { readonly name: string; readonly text: string } | undefined {
  for (const [name, text] of Object.entries(options)) {
    if (text !== "" && name.replaceAll("-", "_") === wanted) return { name, text };
  }
  return undefined;
}
