import { type Key, type KeyName, keyOf, type KeyType, type SectionName } from "./key_table.ts";

/**
 * What a key does, for people. Its type and default are {@link CURVINE_KEYS}'s; this table is only
 * loaded by what shows it.
 *
 * Source: Curvine 0.2.0, curvine-cluster.toml. Its structs' comments have more.
 */
export interface KeyDoc {
  /** One line without a full stop. */
  readonly summary: string;
  /** A value as one would write it in an option. */
  readonly example: string;
  /** The Curvine version whose source has the key, and the name that older builds read. */
  readonly since: string;
}

/** The version that the table was read from; nothing is known of older ones. */
const READ_FROM = "0.2.0";

/** An entry: the summary, then an example where the default is none, then an older name. */
type Entry = readonly [summary: string, example?: string | undefined, formerly?: string];

/** Of every key of a section. */
type Entries<S extends SectionName> = Readonly<Record<KeyName<S>, Entry>>;

const TOP: Entries<""> = {
  format_master: ["Delete metadata and journal at every start; curvine-fluid writes false"],
  format_worker: ["Delete the cached blocks at every start; curvine-fluid writes false"],
  testing: ["Curvine's own tests"],
  cluster_id: ["The cluster's name and its folder in every cache directory", "lake"],
  net_interface: ["Take the host's address from this network interface", "eth0"],
};

const MASTER: Entries<"master"> = {
  hostname: ["The master's own name; it has to be one of the raft peers", "lake-master-0"],
  rpc_port: ["The port that clients and workers connect to"],
  web_port: ["Web pages and /metrics; curvine-fluid's own default is 9000"],
  io_threads: ["Threads that read and write the network"],
  worker_threads: ["Threads that work on requests; Curvine takes twice the processors", "64"],
  actor_threads: ["Threads that change metadata"],
  io_timeout: ["A connection without data for this long is idle"],
  io_close_idle: ["Close idle connections"],
  meta_request_concurrent: ["Work on metadata requests side by side"],
  meta_dir: ["Where the metadata lies; a folder of $CURVINE_DATA_DIR by default", "/data/meta"],
  min_block_size: ["The smallest block size that a file may ask for, in bytes"],
  max_block_size: ["The largest block size that a file may ask for, in bytes", "107374182400"],
  min_replication: ["The fewest copies that a file may ask for"],
  max_replication: ["The most copies that a file may ask for"],
  max_path_len: ["The longest path, in bytes"],
  max_path_depth: ["The most levels that a path may have"],
  retry_cache_enable: ["Remember answers, so that a repeated request is not done twice"],
  retry_cache_size: ["How many answers are remembered"],
  retry_cache_ttl: ["How long an answer is remembered"],
  block_report_limit: ["Blocks in one message of a worker's report"],
  worker_policy: [
    "How workers are chosen: local, robin, random, load_based, weighted",
    "robin",
  ],
  executor_threads: ["Threads for work in the background"],
  executor_channel_size: ["Background tasks that may wait"],
  heartbeat_interval: ["How often a worker reports"],
  worker_check_interval: ["How often the master looks for workers that are silent"],
  worker_blacklist_interval: ["A worker silent for this long gets no new blocks"],
  worker_lost_interval: ["A worker silent for this long is lost"],
  audit_logging_enabled: ["Write a line for every metadata operation"],
  block_replication_enabled: ["Copy blocks again when a worker is lost"],
  block_replication_concurrency_limit: ["Blocks that are copied at once"],
  block_replication_retry_interval: ["The wait before a copy is tried again"],
  ttl_checker_retry_attempts: ["How often the end of a file's life is tried again"],
  ttl_checker_interval: ["How often the master looks for files whose time is over"],
  ttl_bucket_interval: ["Files that end within this time are treated together"],
  ttl_max_retry_duration: ["The longest time of trying again"],
  ttl_retry_interval: ["The wait before the end of a file's life is tried again"],
  enable_quota_eviction: ["Evict files when the cache fills up"],
  quota_eviction_mode: ["What eviction does with a file: free its blocks or delete it", "delete"],
  quota_eviction_policy: ["Which file goes first: lru or lfu", "lfu"],
  quota_eviction_high_rate: ["Eviction starts at this share of the capacity", "0.9"],
  quota_eviction_low_rate: ["Eviction ends at this share of the capacity", "0.7"],
  quota_eviction_scan_page: ["How much is looked at in one round of eviction"],
  quota_eviction_dry_run: ["Only log what would be evicted"],
  quota_eviction_capacity: ["Files that eviction keeps count of"],
  lock_expire_time: ["A file lock held for this long may be taken away"],
  buffer_size: ["The network buffer, in bytes"],
  conn_limit: ["Requests of one connection that are worked on at once"],
  global_limit: ["Requests of all connections that are worked on at once"],
};

const JOURNAL: Entries<"journal"> = {
  enable: ["Keep the journal by raft; without it a master stands alone"],
  group_name: ["The raft group's name"],
  hostname: ["Managed: the same as master.hostname"],
  rpc_port: ["The port that masters speak raft at; also journal_port, raft_port"],
  io_threads: ["Threads that read and write the network"],
  worker_threads: ["Threads that work on raft messages"],
  message_size: ["Messages that may wait on a raft connection"],
  journal_dir: [
    "Where the journal lies; a folder of $CURVINE_DATA_DIR by default",
    "/data/journal",
  ],
  writer_channel_size: ["Entries that may wait to be written; 0 has no limit"],
  writer_flush_batch_size: ["Entries that are written at once"],
  writer_flush_batch_ms: ["The longest wait before entries are written"],
  snapshot_interval: ["The longest time between two snapshots"],
  snapshot_entries: ["Entries after which a snapshot is made"],
  snapshot_read_chunk_size: ["The piece in which a snapshot is sent, in bytes", "1048576"],
  conn_retry_max_duration_ms: ["How long to try to connect; 0 tries once", "60000"],
  conn_retry_min_sleep_ms: ["The shortest wait between two tries to connect", "10000"],
  conn_retry_max_sleep_ms: ["The longest wait between two tries to connect", "10000"],
  rpc_close_idle: ["Close idle connections"],
  rpc_retry_max_duration_ms: ["How long a message is tried again", "60000"],
  rpc_retry_min_sleep_ms: ["The shortest wait between two tries of a message", "20000"],
  rpc_retry_max_sleep_ms: ["The longest wait between two tries of a message", "20000"],
  conn_timeout_ms: ["How long connecting may take"],
  io_timeout_ms: ["How long a message may take"],
  conn_size: ["Connections to each master"],
  raft_tick_interval_ms: ["The length of a raft tick"],
  raft_election_tick: ["Ticks without a leader until an election"],
  raft_heartbeat_tick: ["Ticks between two signs of life of the leader"],
  raft_min_election_ticks: ["The shortest wait for an election, in ticks"],
  raft_max_election_ticks: ["The longest wait for an election, in ticks"],
  raft_check_quorum: ["A leader that does not hear from a majority steps down"],
  raft_max_size_per_msg: ["The largest raft message, in bytes", "1048576"],
  raft_max_inflight_msgs: ["Raft messages on their way to one master"],
  raft_max_committed_size_per_ready: ["Bytes that are applied in one round", "16777216"],
  raft_batch_size: ["Raft messages that are worked on at once"],
  raft_retry_cache_size: ["Answers remembered, so that a proposal is not applied twice"],
  raft_retry_cache_ttl: ["How long such an answer is remembered"],
  retain_checkpoint_num: ["Checkpoints that are kept"],
  ignore_reply_error: ["Go on when an entry cannot be replayed", undefined, "ignore_replay_error"],
  max_retry_num: ["How often the replay of an entry is tried again"],
  skip_failed_ufs_replay_after_retry: ["Leave an entry out when its UFS keeps failing"],
  scan_batch_size: ["Entries that are read at once for replaying"],
  retry_interval_secs: ["The wait before a replay is tried again, in seconds"],
  ufs_copy_timeout: ["How long copying to the UFS may take"],
};

const WORKER: Entries<"worker"> = {
  hostname: ["The worker's own name, which clients connect to", "lake-worker-0"],
  weight: ["How often this worker is chosen, compared with others"],
  rpc_port: ["The port that clients connect to"],
  web_port: ["Web pages and /metrics; curvine-fluid's own default is 9001"],
  dir_reserved: ["Room that every cache directory leaves free", "10GB"],
  data_dir: [
    "Cache directories, [TYPE:SIZE]/path each; they follow from the tiers",
    "[MEM:8GB]/dev/shm,[SSD]/data",
  ],
  io_slow_threshold: ["Reads and writes above this are logged as slow"],
  io_threads: ["Threads that read and write the network"],
  worker_threads: ["Threads that work on requests; Curvine takes twice the processors", "64"],
  io_timeout: ["A connection without data for this long is idle"],
  io_close_idle: ["Close idle connections"],
  scheduler_threads: ["Threads that start timed work"],
  executor_threads: ["Threads for work in the background"],
  executor_channel_size: ["Background tasks that may wait"],
  enable_splice: ["Receive by splice(2), without copying"],
  enable_send_file: ["Send by sendfile(2), without copying"],
  pipe_buf_size: ["A pipe's buffer for splice, in bytes"],
  pipe_pool_init_cap: ["Pipes that are made at the start"],
  pipe_pool_max_cap: ["Pipes at most"],
  pipe_pool_idle_time: ["How long an unused pipe is kept"],
  block_replication_concurrency_limit: ["Blocks that are copied at once"],
  block_replication_chunk_size: ["The piece in which a block is copied, in bytes", "1048576"],
};

const CLIENT: Entries<"client"> = {
  hostname: ["This machine's name: a worker of the same name counts as near", "node-7"],
  io_threads: ["Threads that read and write the network"],
  worker_threads: ["Threads that work on requests; Curvine takes twice the processors", "32"],
  replicas: ["Copies of every block of a new file"],
  block_size: ["The block size of a new file"],
  write_chunk_size: ["The piece in which data is written"],
  read_chunk_size: ["The piece in which data is read"],
  read_slice_size: ["The part of a file that one parallel reader takes; 0 = chunk size × number"],
  storage_type: ["Where new blocks go: mem, ssd, hdd, disk, ufs", "ssd"],
  ttl_ms: ["How long a new file lives; 0 = for ever", "7d"],
  ttl_action: ["What happens at the end: none, delete, free", "free"],
  read_ahead_len: ["How far is read ahead; 0 = chunk size × number"],
  drop_cache_len: ["Read data is dropped from the page cache in pieces of this size"],
  small_file_size: ["A file up to this size counts as small"],
  large_file_size: ["A file from this size on counts as large"],
  auto_cache_ttl: ["How long a file lives that was cached by being read"],
  default_cache_ttl: ["How long a cached file lives where nothing else says so"],
  write_chunk_num: ["Pieces that may wait to be written"],
  read_chunk_num: ["Pieces that are read ahead"],
  read_parallel: ["Parallel readers of one file"],
  max_cache_block_handles: ["Blocks that are kept open"],
  short_circuit: ["Read a block on this machine from its file, without the network"],
  auto_cache_enabled: ["Cache a file of a UFS when it is read"],
  conn_retry_max_duration_ms: ["How long to try to connect", "60000"],
  conn_retry_min_sleep_ms: ["The shortest wait between two tries to connect", "100"],
  conn_retry_max_sleep_ms: ["The longest wait between two tries to connect", "2000"],
  rpc_retry_max_duration_ms: ["How long a request is tried again", "120000"],
  rpc_retry_min_sleep_ms: ["The shortest wait between two tries of a request", "100"],
  rpc_retry_max_sleep_ms: ["The longest wait between two tries of a request", "10000"],
  rpc_close_idle: ["Close idle connections"],
  conn_timeout_ms: ["How long connecting may take"],
  rpc_timeout_ms: ["How long a request to a master may take"],
  data_timeout_ms: ["How long a read or write of data may take"],
  pipeline_timeout_ms: ["How long a write through several workers may take"],
  master_conn_pool_size: ["Connections to the master"],
  enable_read_ahead: ["Read ahead"],
  failed_worker_ttl_ms: ["How long a failed worker is avoided", undefined, "failed_worker_ttl"],
  enable_unified_fs: ["Show mounted UFS beside Curvine's own files"],
  enable_rust_read_ufs: ["On a miss, read from the UFS directly"],
  audit_logging_enabled: ["Write a line for every operation"],
  mount_update_ttl_ms: [
    "How long the list of mounts is trusted",
    undefined,
    "mount_update_ttl",
  ],
  umask: ["Permission bits that new files do not get", "022"],
  metric_report_enable: ["Report metrics to the master"],
  clean_task_interval_ms: [
    "How often leftovers are cleaned up",
    undefined,
    "clean_task_interval",
  ],
  close_timeout_secs: ["How long closing may take, in seconds"],
  sync_check_interval_min_ms: [
    "The shortest wait between two looks at a file that is being synchronised",
    undefined,
    "sync_check_interval_min",
  ],
  sync_check_interval_max_ms: [
    "The longest wait between two looks at a file that is being synchronised",
    undefined,
    "sync_check_interval_max",
  ],
  max_sync_wait_timeout_ms: [
    "How long to wait for a file that is being synchronised",
    undefined,
    "max_sync_wait_timeout",
  ],
  sync_check_log_tick: ["Looks between two log lines while waiting"],
  enable_block_conn_pool: ["Keep connections to workers for the next block"],
  block_conn_idle_size: ["Unused connections to workers that are kept"],
  block_conn_idle_time_ms: [
    "How long an unused connection to a worker is kept",
    undefined,
    "block_conn_idle_time",
  ],
  enable_smart_prefetch: ["Fetch ahead by how a file is being read"],
  max_read_parallel: ["The most parallel readers of one large file"],
  sequential_read_threshold: ["Reads in a row after which reading counts as sequential"],
};

const FUSE: Entries<"fuse"> = {
  io_threads: ["Threads that talk to the kernel; a ThinRuntime's default is 32"],
  worker_threads: ["Threads that work on requests; a ThinRuntime's default is 56", "56"],
  mnt_path: ["Managed: where the mount appears; Fluid's targetPath"],
  fs_path: ["Managed: the path inside Curvine that is shown"],
  mnt_number: ["Mounts side by side, at mnt-0, mnt-1, … inside the mount path"],
  tasks_per_mnt: ["Tasks that serve one mount; 0 = io_threads", undefined, "mnt_per_task"],
  clone_fd: ["Give every task its own connection to the kernel"],
  fuse_channel_size: ["Requests that may wait; 0 has no queue"],
  stream_channel_size: ["Reads and writes that may wait; 0 has no queue"],
  direct_io: ["Go past the page cache; not together with write_back_cache"],
  cache_readdir: ["Let the kernel keep directory listings"],
  write_back_cache: ["Let the kernel gather writes; not together with direct_io"],
  non_seekable: ["Open files without seeking"],
  remember: ["Keep names and inodes after files are closed"],
  enable_meta_cache: ["Keep metadata inside curvine-fuse"],
  read_dir_fill_ino: ["Look every entry of a listing up, so that its inode is known"],
  check_permission: ["Check permissions"],
  metrics_enabled: ["Count requests, errors and times"],
  entry_timeout_ms: ["How long the kernel trusts a name, in milliseconds"],
  attr_timeout_ms: ["How long the kernel trusts attributes, in milliseconds"],
  negative_timeout_ms: ["How long the kernel trusts that a name does not exist; 0 = never"],
  max_background: ["Requests in the background that the kernel may have open"],
  congestion_threshold: ["Requests in the background from which the kernel holds back"],
  node_cache_timeout: ["How long an unused inode is kept"],
  meta_cache_timeout: ["How long metadata is kept", undefined, "meta_cache_ttl"],
  web_port: ["/healthz and /metrics of curvine-fuse"],
  list_limit: ["Entries that are fetched at once for a listing"],
  debug: ["Log every request"],
  audit_logging_enabled: ["Write a line for every operation"],
  fuse_opts: [
    "mount(2) options; allow_other and async where there are none",
    "allow_other,noatime",
  ],
  readonly: ["Mount read-only"],
  umask: ["Permission bits that are never shown", "022"],
  uid: ["The owner of what has none", "1000"],
  gid: ["The group of what has none", "1000"],
  open_direct_on_stale: ["Open past the page cache where a file has changed on the server"],
  state_dir: ["Where the state lies during a hot reload; the temporary folder", "/var/tmp"],
  max_readahead_kb: ["How far the kernel reads ahead, in KiB", "1024"],
  enable_splice: ["Move data by splice(2), without copying"],
  path_lock_stripes: ["Locks that paths are spread over"],
};

const JOB: Entries<"job"> = {
  job_life_ttl: ["How long a finished job is remembered"],
  job_cleanup_ttl: ["How often finished jobs are cleaned up"],
  terminal_retention: ["How long a finished load can be asked for"],
  job_max_files: ["The most files of one job"],
  master_max_concurrent_load_jobs: ["Loads that a master plans at once"],
  master_max_background_load_jobs: ["Loads that may wait for being planned"],
  master_max_pending_load_job_submits: ["Loads that may wait for being taken at all"],
  master_load_job_runtime_threads: ["Threads that plan loads"],
  master_load_job_blocking_threads: ["Threads that plan loads and wait for the UFS"],
  master_failed_load_job_retry_interval: [
    "How long a load whose source was not there stays failed",
  ],
  task_timeout: ["How long one task may take"],
  task_report_interval: ["How often a task reports"],
  worker_max_concurrent_tasks: ["Tasks that one worker does at once"],
};

const TRANSFER: Entries<"transfer"> = {
  enabled: ["Give loads to the transfer service"],
  store_url: [
    "Where transfers are kept: a memory, sqlite, mysql or postgres URL",
    "sqlite:///data/transfer.db",
  ],
  hostname: ["The transfer service's own name"],
  rpc_port: ["The port that clients connect to"],
  web_port: ["Web pages and /metrics"],
  instance_id: ["This instance's name among several", "transfer-0"],
  endpoints: ["Where the transfer services are", "transfer-0:9010,transfer-1:9010"],
  max_running_transfers: ["Transfers at once"],
  client_pending_queue_size: ["A client's loads that may wait or be under way"],
  client_submit_concurrency: ["Loads that a client hands over at once"],
  lease_timeout: ["An instance silent for this long loses its transfers"],
  terminal_retention: ["How long a finished transfer is remembered"],
};

const LOG: Entries<"log"> = {
  level: ["The least serious lines that are written: error, warn, info, debug, trace", "debug"],
  log_dir: ["Where the log goes: a folder, or stdout for kubectl logs"],
  file_name: ["The log file's name; the program's where it is empty", "curvine.log"],
  max_log_files: ["Log files that are kept"],
  max_file_size_mb: ["The size at which a new log file begins, in MiB"],
  time_rotation: ["When a new log file begins: daily or hourly", "daily"],
  display_thread: ["Show the thread in every line"],
  display_position: ["Show the source's file and line in every line"],
  targets: ["Only the lines of these modules", "curvine_fuse"],
};

const COMPATIBILITY: Entries<"compatibility"> = {
  mode: ["What happens to a component of a wrong version: diagnose or enforce", "enforce"],
  min_worker_version: ["The lowest version of a worker", "0.2.0"],
  min_client_version: ["The lowest version of a client", "0.2.0"],
  blocked_versions: ["Versions that are refused in either mode", "0.1.0"],
};

const DOCS: Readonly<Record<SectionName, Readonly<Record<string, Entry>>>> = {
  "": TOP,
  master: MASTER,
  journal: JOURNAL,
  worker: WORKER,
  client: CLIENT,
  fuse: FUSE,
  job: JOB,
  transfer: TRANSFER,
  compatibility: COMPATIBILITY,
  log: LOG,
};

/** A value as an option may have it, where neither the table nor the default gives one. */
const EXAMPLES: Readonly<Record<KeyType, string>> = {
  string: "text",
  integer: "1",
  count: "1",
  u16: "256",
  port: "9000",
  boolean: "true",
  float: "0.5",
  octal: "022",
  duration: "30s",
  size: "64MB",
  list: "a,b",
};

/**
 * What is known of one key for people.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const { summary, example } = keyDoc("fuse", "umask");
 * assert.equal(summary, "Permission bits that are never shown");
 * assert.equal(example, "022");
 * ```
 */
export function keyDoc(section: SectionName, name: string): KeyDoc {
  const [type, preset]: Key = keyOf(section, name) ?? ["string"];
  const [summary, example, formerly] = DOCS[section][name] ?? [""];
  const usual = type === "boolean" ? String(preset !== true) : presetText(type, preset);
  return {
    summary: summary ?? "",
    example: example ?? (usual === "" ? EXAMPLES[type] : usual),
    since: formerly === undefined ? READ_FROM : `${READ_FROM}; builds before read ${formerly}`,
  };
}

/** A default as an option would have it; empty where there is none. */
export function presetText(type: KeyType, preset: Key[1]): string {
  if (preset === undefined) return "";
  return type === "octal" ? `0${preset.toString(8)}` : String(preset);
}
