/**
 * Every key that Curvine reads from `curvine-cluster.toml`, with its type and default: the one
 * place that options, typing, warnings and the documents take them from.
 *
 * Source: Curvine 0.2.0, curvine-cluster.toml; curvine-fuse.
 */

/**
 * How a key's text becomes a TOML value.
 *
 * - `integer` a whole number from 0; `count` from 1; `u16` from 1 to 65535; `port` from 1 to 65535
 * - `octal` permission bits as chmod has them: `022`; TOML gets the number
 * - `duration` text such as `300ms`, `2h` (a bare number is ms); TOML gets the text
 * - `size` text such as `64MB`, binary multiples (a bare number is bytes); TOML gets the text
 * - `list` comma-separated text; TOML gets an array of strings
 */
export type KeyType =
  | "string"
  | "integer"
  | "count"
  | "u16"
  | "port"
  | "boolean"
  | "float"
  | "octal"
  | "duration"
  | "size"
  | "list";

/** A key's type and, where Curvine has a fixed one, its default. */
export type Key = readonly [type: KeyType, fallback?: string | number | boolean];

/** A section's keys by name. */
export type Section = Readonly<Record<string, Key>>;

/** The sections by name: the one place where a key, its type and its default stand. */
export const CURVINE_KEYS = {
  "": {
    format_master: ["boolean", true],
    format_worker: ["boolean", true],
    testing: ["boolean", false],
    cluster_id: ["string", "curvine"],
    net_interface: ["string", ""],
  },
  master: {
    hostname: ["string", "localhost"],
    rpc_port: ["port", 8995],
    web_port: ["port", 9001],
    io_threads: ["integer", 32],
    worker_threads: ["integer"],
    actor_threads: ["integer", 4],
    io_timeout: ["duration", "10m"],
    io_close_idle: ["boolean", true],
    meta_request_concurrent: ["boolean", true],
    meta_dir: ["string"],
    min_block_size: ["integer", 1_048_576],
    max_block_size: ["integer"],
    min_replication: ["integer", 1],
    max_replication: ["integer", 100],
    max_path_len: ["integer", 8000],
    max_path_depth: ["integer", 1000],
    retry_cache_enable: ["boolean", true],
    retry_cache_size: ["integer", 100_000],
    retry_cache_ttl: ["duration", "10m"],
    block_report_limit: ["integer", 1000],
    worker_policy: ["string", "local"],
    executor_threads: ["integer", 10],
    executor_channel_size: ["integer", 1000],
    heartbeat_interval: ["duration", "3s"],
    worker_check_interval: ["duration", "10s"],
    worker_blacklist_interval: ["duration", "30s"],
    worker_lost_interval: ["duration", "10m"],
    audit_logging_enabled: ["boolean", true],
    block_replication_enabled: ["boolean", false],
    block_replication_concurrency_limit: ["integer", 1000],
    block_replication_retry_interval: ["duration", "5s"],
    ttl_checker_retry_attempts: ["integer", 3],
    ttl_checker_interval: ["duration", "1h"],
    ttl_bucket_interval: ["duration", "1h"],
    ttl_max_retry_duration: ["duration", "10m"],
    ttl_retry_interval: ["duration", "1s"],
    enable_quota_eviction: ["boolean", false],
    quota_eviction_mode: ["string", "free"],
    quota_eviction_policy: ["string", "lru"],
    quota_eviction_high_rate: ["float", 0.8],
    quota_eviction_low_rate: ["float", 0.6],
    quota_eviction_scan_page: ["integer", 2],
    quota_eviction_dry_run: ["boolean", false],
    quota_eviction_capacity: ["integer", 5_000_000],
    lock_expire_time: ["duration", "5m"],
    buffer_size: ["integer", 131_072],
    conn_limit: ["count", 8],
    global_limit: ["count", 4096],
  },
  journal: {
    enable: ["boolean", true],
    group_name: ["string", "raft-group"],
    hostname: ["string", "localhost"],
    rpc_port: ["port", 8996],
    io_threads: ["integer", 8],
    worker_threads: ["integer", 8],
    message_size: ["integer", 200],
    journal_dir: ["string"],
    writer_channel_size: ["integer", 0],
    writer_flush_batch_size: ["integer", 1000],
    writer_flush_batch_ms: ["integer", 10],
    snapshot_interval: ["duration", "6h"],
    snapshot_entries: ["integer", 1_000_000],
    snapshot_read_chunk_size: ["integer"],
    conn_retry_max_duration_ms: ["integer"],
    conn_retry_min_sleep_ms: ["integer"],
    conn_retry_max_sleep_ms: ["integer"],
    rpc_close_idle: ["boolean", false],
    rpc_retry_max_duration_ms: ["integer"],
    rpc_retry_min_sleep_ms: ["integer"],
    rpc_retry_max_sleep_ms: ["integer"],
    conn_timeout_ms: ["integer", 30_000],
    io_timeout_ms: ["integer", 60_000],
    conn_size: ["integer", 1],
    raft_tick_interval_ms: ["integer", 1000],
    raft_election_tick: ["integer", 10],
    raft_heartbeat_tick: ["integer", 3],
    raft_min_election_ticks: ["integer", 10],
    raft_max_election_ticks: ["integer", 30],
    raft_check_quorum: ["boolean", true],
    raft_max_size_per_msg: ["integer"],
    raft_max_inflight_msgs: ["integer", 256],
    raft_max_committed_size_per_ready: ["integer"],
    raft_batch_size: ["integer", 8],
    raft_retry_cache_size: ["integer", 100_000],
    raft_retry_cache_ttl: ["duration", "10m"],
    retain_checkpoint_num: ["integer", 3],
    ignore_reply_error: ["boolean", false],
    max_retry_num: ["integer", 1000],
    skip_failed_ufs_replay_after_retry: ["boolean", true],
    scan_batch_size: ["integer", 1000],
    retry_interval_secs: ["integer", 10],
    ufs_copy_timeout: ["duration", "20m"],
  },
  worker: {
    hostname: ["string", "localhost"],
    weight: ["integer", 1],
    rpc_port: ["port", 8997],
    web_port: ["port", 9002],
    dir_reserved: ["size", "0"],
    data_dir: ["list"],
    io_slow_threshold: ["duration", "300ms"],
    io_threads: ["integer", 32],
    worker_threads: ["integer"],
    io_timeout: ["duration", "10m"],
    io_close_idle: ["boolean", false],
    scheduler_threads: ["integer", 2],
    executor_threads: ["integer", 10],
    executor_channel_size: ["integer", 1000],
    enable_splice: ["boolean", false],
    enable_send_file: ["boolean", true],
    pipe_buf_size: ["integer", 65_536],
    pipe_pool_init_cap: ["integer", 0],
    pipe_pool_max_cap: ["integer", 2000],
    pipe_pool_idle_time: ["integer", 0],
    block_replication_concurrency_limit: ["integer", 100],
    block_replication_chunk_size: ["integer"],
  },
  client: {
    hostname: ["string", "localhost"],
    io_threads: ["integer", 16],
    worker_threads: ["integer"],
    replicas: ["integer", 1],
    block_size: ["size", "128MB"],
    write_chunk_size: ["size", "128KB"],
    read_chunk_size: ["size", "128KB"],
    read_slice_size: ["size", "0"],
    storage_type: ["string", "disk"],
    ttl_ms: ["duration", "0"],
    ttl_action: ["string", "none"],
    read_ahead_len: ["size", "0"],
    drop_cache_len: ["size", "1MB"],
    small_file_size: ["size", "4MB"],
    large_file_size: ["size", "10GB"],
    auto_cache_ttl: ["duration", "7d"],
    default_cache_ttl: ["duration", "7d"],
    write_chunk_num: ["integer", 8],
    read_chunk_num: ["integer", 8],
    read_parallel: ["integer", 1],
    max_cache_block_handles: ["integer", 10],
    short_circuit: ["boolean", true],
    auto_cache_enabled: ["boolean", false],
    conn_retry_max_duration_ms: ["integer"],
    conn_retry_min_sleep_ms: ["integer"],
    conn_retry_max_sleep_ms: ["integer"],
    rpc_retry_max_duration_ms: ["integer"],
    rpc_retry_min_sleep_ms: ["integer"],
    rpc_retry_max_sleep_ms: ["integer"],
    rpc_close_idle: ["boolean", true],
    conn_timeout_ms: ["integer", 30_000],
    rpc_timeout_ms: ["integer", 120_000],
    data_timeout_ms: ["integer", 120_000],
    pipeline_timeout_ms: ["integer", 120_000],
    master_conn_pool_size: ["integer", 3],
    enable_read_ahead: ["boolean", true],
    failed_worker_ttl_ms: ["integer", 600_000],
    enable_unified_fs: ["boolean", true],
    enable_rust_read_ufs: ["boolean", true],
    audit_logging_enabled: ["boolean", true],
    mount_update_ttl_ms: ["integer", 10_000],
    umask: ["octal", 0o22],
    metric_report_enable: ["boolean", true],
    clean_task_interval_ms: ["integer", 60_000],
    close_timeout_secs: ["integer", 5],
    sync_check_interval_min_ms: ["integer", 100],
    sync_check_interval_max_ms: ["integer", 1000],
    max_sync_wait_timeout_ms: ["integer", 300_000],
    sync_check_log_tick: ["integer", 3],
    enable_block_conn_pool: ["boolean", true],
    block_conn_idle_size: ["integer", 128],
    block_conn_idle_time_ms: ["integer", 60_000],
    enable_smart_prefetch: ["boolean", true],
    max_read_parallel: ["integer", 8],
    sequential_read_threshold: ["integer", 7],
  },
  fuse: {
    io_threads: ["count", 32],
    worker_threads: ["integer"],
    mnt_path: ["string", "/curvine-fuse"],
    fs_path: ["string", "/"],
    mnt_number: ["count", 1],
    tasks_per_mnt: ["integer", 0],
    clone_fd: ["boolean", true],
    fuse_channel_size: ["integer", 0],
    stream_channel_size: ["integer", 0],
    direct_io: ["boolean", false],
    cache_readdir: ["boolean", false],
    write_back_cache: ["boolean", false],
    non_seekable: ["boolean", false],
    remember: ["boolean", false],
    enable_meta_cache: ["boolean", false],
    read_dir_fill_ino: ["boolean", true],
    check_permission: ["boolean", true],
    metrics_enabled: ["boolean", true],
    entry_timeout_ms: ["integer", 1000],
    attr_timeout_ms: ["integer", 1000],
    negative_timeout_ms: ["integer", 0],
    max_background: ["u16", 256],
    congestion_threshold: ["u16", 192],
    node_cache_timeout: ["duration", "1h"],
    meta_cache_timeout: ["duration", "60s"],
    web_port: ["port", 9003],
    list_limit: ["count", 1000],
    debug: ["boolean", false],
    audit_logging_enabled: ["boolean", false],
    fuse_opts: ["list"],
    readonly: ["boolean", false],
    umask: ["octal", 0o22],
    uid: ["integer"],
    gid: ["integer"],
    open_direct_on_stale: ["boolean", false],
    state_dir: ["string"],
    max_readahead_kb: ["count"],
    enable_splice: ["boolean", true],
    path_lock_stripes: ["count", 1024],
  },
  job: {
    job_life_ttl: ["duration", "24h"],
    job_cleanup_ttl: ["duration", "10m"],
    terminal_retention: ["duration", "10m"],
    job_max_files: ["integer", 100_000],
    master_max_concurrent_load_jobs: ["count", 16],
    master_max_background_load_jobs: ["count", 1024],
    master_max_pending_load_job_submits: ["count", 4096],
    master_load_job_runtime_threads: ["count", 4],
    master_load_job_blocking_threads: ["count", 16],
    master_failed_load_job_retry_interval: ["duration", "30s"],
    task_timeout: ["duration", "1h"],
    task_report_interval: ["duration", "10s"],
    worker_max_concurrent_tasks: ["integer", 100],
  },
  transfer: {
    enabled: ["boolean", false],
    store_url: ["string", ""],
    hostname: ["string", "localhost"],
    rpc_port: ["port", 9010],
    web_port: ["port", 9011],
    instance_id: ["string", ""],
    endpoints: ["list"],
    max_running_transfers: ["count", 64],
    client_pending_queue_size: ["count", 1024],
    client_submit_concurrency: ["count", 64],
    lease_timeout: ["duration", "120s"],
    terminal_retention: ["duration", "168h"],
  },
  compatibility: {
    mode: ["string", "diagnose"],
    min_worker_version: ["string", ""],
    min_client_version: ["string", ""],
    blocked_versions: ["list"],
  },
  log: {
    level: ["string", "INFO"],
    log_dir: ["string", "stdout"],
    file_name: ["string", ""],
    max_log_files: ["integer", 10],
    max_file_size_mb: ["integer", 100],
    time_rotation: ["string", ""],
    display_thread: ["boolean", false],
    display_position: ["boolean", true],
    targets: ["list"],
  },
} as const satisfies Readonly<Record<string, Section>>;

/** The name of a section of the file; `""` is the part above all sections. */
export type SectionName = keyof typeof CURVINE_KEYS;

/** The name of a section's key. */
export type KeyName<S extends SectionName> = keyof typeof CURVINE_KEYS[S] & string;

/** Sections that stand inside others alone: `master.log`, `worker.compatibility`. */
export const INNER_SECTIONS: readonly SectionName[] = ["compatibility", "log"];

/**
 * The tables inside the sections, by the one of {@link INNER_SECTIONS} that has their keys; `null`:
 * any key goes; `{}`: a list of tables.
 */
const NESTED: Readonly<
  Record<string, Readonly<Record<string, SectionName | Readonly<Record<string, never>> | null>>>
> = {
  master: { log: "log", audit_log: "log", compatibility: "compatibility", rocksdb: null },
  journal: { rocksdb: null, journal_addrs: {} },
  worker: { log: "log", spdk_disk: null, compatibility: "compatibility" },
  client: { master_addrs: {} },
  fuse: { log: "log" },
  transfer: { log: "log" },
};

/** What is known of a key: its type, that it is a table, that any value goes, or nothing. */
export type KeyKnowledge = Key | "table" | "open" | undefined;

/**
 * Looks a key up.
 *
 * @param section the section's name, `""` for the part above all sections
 * @param path the key, then the keys inside it for a nested table
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(lookUpKey("fuse", ["umask"]), ["octal", 18]);
 * assert.deepEqual(lookUpKey("worker", ["log", "level"]), ["string", "INFO"]);
 * assert.equal(lookUpKey("worker", ["rpc_prot"]), undefined);
 * ```
 */
export function lookUpKey(section: string, path: readonly string[]): KeyKnowledge {
  const [first = "", second, ...rest] = path;
  const tables = Object.hasOwn(NESTED, section) ? NESTED[section] : undefined;
  const nested = tables !== undefined && Object.hasOwn(tables, first) ? tables[first] : undefined;
  if (second !== undefined) {
    if (nested === null) return "open";
    if (nested === undefined || rest.length > 0) return undefined;
    return typeof nested === "string" ? keyOf(nested, second) : undefined;
  }
  if (nested !== undefined) return "table";
  return keyOf(section, first);
}

/** One key of a section that is a plain value; `undefined` for tables, and what nobody knows. */
export function keyOf(section: string, name: string): Key | undefined {
  const keys = sectionKeys(section);
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}

/** A section's keys by name; none where Curvine has no such section. */
export function sectionKeys(section: string): Section {
  return Object.hasOwn(CURVINE_KEYS, section) ? CURVINE_KEYS[section as SectionName] : {};
}

/** The port that a component has where nothing else is said. */
export function defaultPort(
  section: "master" | "journal" | "worker" | "transfer",
): number {
  return CURVINE_KEYS[section].rpc_port[1];
}

/** Keys of `[fuse]` that Curvine once read and ignores today, with what to use instead. */
export const RETIRED_KEYS: Readonly<Record<string, string>> = {
  ac_attr_timeout: "attr_timeout_ms",
  attr_timeout: "attr_timeout_ms",
  entry_timeout: "entry_timeout_ms",
  negative_timeout: "negative_timeout_ms",
  meta_cache_capacity: "enable_meta_cache",
  node_cache_size: "node_cache_timeout",
};
