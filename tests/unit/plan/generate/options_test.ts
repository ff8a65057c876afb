import assert from "node:assert/strict";
import { type OptionScope, optionTarget } from "../../../../lib/plan/generate/option_target.ts";
import {
  at,
  cacheConfig,
  cacheWorld,
  codes,
  draft,
  plan,
  thinConfig,
  thinWorld,
} from "../../../support/generation.ts";

const TARGETS: [scope: OptionScope, name: string, key: string][] = [
  ["master", "rpc_port", "master.rpc_port"],
  ["master", "rpc-port", "master.rpc_port"],
  ["master", "log.level", "master.log.level"],
  ["master", "cluster_id", "cluster_id"],
  ["master", "journal_port", "journal.rpc_port"],
  ["master", "raft_port", "journal.rpc_port"],
  ["master", "raft-port", "journal.rpc_port"],
  ["master", "journal.snapshot_interval", "journal.snapshot_interval"],
  ["master", "rocksdb.any", "master.rocksdb.any"],
  ["worker", "io_threads", "worker.io_threads"],
  ["worker", "master_hostname", "master.hostname"],
  ["worker", "worker_hostname", "worker.hostname"],
  ["worker", "client.block_size", "client.block_size"],
  ["client", "io_threads", "client.io_threads"],
  ["client", "debug", "fuse.debug"],
  ["client", "web_port", "fuse.web_port"],
  ["client", "entry-timeout", "fuse.entry_timeout_ms"],
  ["client", "enable_write_back", "fuse.write_back_cache"],
  ["client", "fuse.enable_write_back", "fuse.write_back_cache"],
  ["client", "fuse.meta_cache_ttl", "fuse.meta_cache_timeout"],
  ["client", "fuse.io_threads", "fuse.io_threads"],
  ["client", "fuse.io-threads", "fuse.io_threads"],
  ["client", "master_addrs", "client.master_addrs"],
  ["client", "master-addrs", "client.master_addrs"],
  ["client", "client.master-addrs", "client.master_addrs"],
  ["client", "log.level", "fuse.log.level"],
  ["thin", "io-threads", "fuse.io_threads"],
  ["thin", "block_size", "client.block_size"],
  ["thin", "master-web-port", "master.web_port"],
  ["thin", "mnt-per-task", "fuse.tasks_per_mnt"],
  ["thin", "attr-timeout", "fuse.attr_timeout_ms"],
  ["thin", "negative_timeout", "fuse.negative_timeout_ms"],
  ["thin", "master-addrs", "client.master_addrs"],
  // Unknown names stay as they are written, in their own section.
  ["master", "key1", "master.key1"],
  ["master", "some-thing", "master.some-thing"],
  ["client", "some-thing", "client.some-thing"],
  ["thin", "some-thing", "fuse.some-thing"],
  ["worker", "fault_injection.x", "worker.fault_injection.x"],
];
for (const [scope, name, key] of TARGETS) {
  Deno.test(`a ${scope}'s option ${name} sets ${key}`, () => {
    const target = optionTarget(scope, name);
    assert.equal([target?.section, ...target?.path ?? []].filter((part) => part).join("."), key);
  });
}

for (
  const name of ["", ".", "a.", ".a", "a..b", "a b", "a\nb", "ä", 'a"b', "a=1", "[x]", "client."]
) {
  Deno.test(`the option name ${JSON.stringify(name)} is refused`, () => {
    for (const scope of ["master", "client", "thin"] as const) {
      assert.equal(optionTarget(scope, name), undefined);
    }
  });
}

/** The problems of a CacheRuntime's options, each as `path message (hint)`. */
async function problemsOf(parts: Parameters<typeof cacheConfig>[0]): Promise<string[]> {
  const { problems } = await draft(cacheWorld("master", cacheConfig(parts)));
  return problems.map(({ path, message, hint }) => `${path} ${message}${hint ? ` (${hint})` : ""}`);
}

Deno.test("every wrong option is reported at once, with place, value and what is wanted", async () => {
  assert.deepEqual(
    await problemsOf({
      master: { options: { rpc_port: "eighty", "a b": "1", quota_eviction_low_rate: "low" } },
      worker: { options: { enable_send_file: "yes" } },
      client: { options: { "client.block_size": "64Mi", umask: "9", master_addrs: "h:1" } },
    }),
    [
      'master.options.rpc_port is "eighty"; a port from 1 to 65535 is wanted',
      'master.options the option name "a b" is not a key; letters, digits, _ and - are wanted, ' +
      "with dots between nested keys",
      'master.options.quota_eviction_low_rate is "low"; a number such as 0.75 is wanted',
      'worker.options.enable_send_file is "yes"; true or false is wanted (write "true")',
      'client.options.client.block_size is "64Mi"; a size such as 64MB or 1GB is wanted ' +
      '(write "64MB": Curvine\'s units are binary)',
      'client.options.umask is "9"; octal digits such as 022 is wanted',
      'client.options.master_addrs "client.master_addrs" is managed and cannot be set by an option ' +
      "(it follows from the masters)",
    ],
  );
});

for (
  const name of [
    "mnt_path",
    "fuse.mnt_path",
    "fuse.mnt-path",
    "fs-path",
    "fuse.fs_path",
    "master-addrs",
    "client.master_addrs",
    "journal.journal_addrs",
    "journal.hostname",
  ]
) {
  Deno.test(`a CacheRuntime's client cannot set the managed ${name}`, async () => {
    const found = await problemsOf({ client: { options: { [name]: "/x" } } });
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", new RegExp(`^client\\.options\\.${name} ".*managed`));
  });
}
for (
  const name of [
    "mnt-path",
    "fuse.mnt_path",
    "fs-path",
    "client.master_addrs",
    "master-addrs",
    "master.hostname",
    "master.rpc_port",
    "master_hostname",
  ]
) {
  Deno.test(`a ThinRuntime cannot set the managed ${name}`, async () => {
    const { problems } = await draft(thinWorld(thinConfig({ [name]: "/x" })));
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.message ?? "", /managed/);
    assert.equal(problems[0]?.path, `mounts[0].options.${name}`);
  });
}

Deno.test("an unknown option is kept with its natural type and warned about, with the nearest name", async () => {
  const options = { rpc_prot: "8995", key1: "value1", flag: "true", size: "0.5", old: "007" };
  const made = await plan(cacheWorld("master", cacheConfig({ master: { options } })));
  assert.equal(at(made, "master.rpc_prot"), 8995);
  assert.equal(at(made, "master.key1"), "value1");
  assert.equal(at(made, "master.flag"), true);
  assert.equal(at(made, "master.size"), "0.5");
  assert.equal(at(made, "master.old"), "007");
  assert.deepEqual(codes(made), Array(5).fill("unknown-option"));
  const [first, second] = made.warnings;
  assert.match(first?.message ?? "", /did you mean "rpc_port"\?/);
  assert.equal(first?.path, "master.options.rpc_prot");
  assert.doesNotMatch(second?.message ?? "", /did you mean/);
});

Deno.test("a key that Curvine no longer reads is warned about with its successor", async () => {
  const made = await plan(
    cacheWorld("client", cacheConfig({ client: { options: { node_cache_size: "5" } } })),
  );
  assert.match(made.warnings[0]?.message ?? "", /no longer reads it, see "node_cache_timeout"/);
});

Deno.test("dotted names nest; two of them share a table", async () => {
  const options = {
    "log.level": "debug",
    "log.max_log_files": "3",
    "compatibility.blocked_versions": "1,2",
  };
  const made = await plan(cacheWorld("worker", cacheConfig({ worker: { options } })));
  assert.deepEqual(at(made, "worker.log"), { level: "debug", max_log_files: 3 });
  assert.deepEqual(at(made, "worker.compatibility"), { blocked_versions: ["1", "2"] });
});

Deno.test("an option that is a table, or lies below a plain key, is an error: Curvine would not start", async () => {
  const found = await problemsOf({
    master: { options: { log: "debug", "rpc_port.x": "1", "io_timeout.ms": "5" } },
    client: { options: { "fuse.umask.x": "1" } },
  });
  assert.equal(found.length, 4, found.join("\n"));
  assert.match(
    found[0] ?? "",
    /"master\.log" is a table; set a key inside it, such as "log\.level"/,
  );
  for (const line of found.slice(1)) assert.match(line, /"[a-z._]+" is a plain value/);
});

Deno.test("two names of one key with different values are an error, with the same value are not", async () => {
  const found = await problemsOf({ master: { options: { raft_port: "1", journal_port: "2" } } });
  assert.equal(found.length, 1);
  assert.match(
    found[0] ?? "",
    /sets "journal\.rpc_port", and so does "raft_port", to another value/,
  );
  assert.deepEqual(
    await problemsOf({ master: { options: { raft_port: "1", journal_port: "1" } } }),
    [],
  );
});

for (
  const [name, text, value, suspicious] of [
    ["entry-timeout", "300", 300, true],
    ["attr_timeout", "0.5", 1, true],
    ["negative-timeout", "0", 0, false],
    ["entry-timeout", "1000", 1000, false],
    ["entry-timeout", "1500.5", 1501, true],
    ["fuse.entry-timeout", "5", 5, true],
    ["entry_timeout_ms", "5", 5, false],
    ["fuse.entry_timeout_ms", "300000", 300_000, false],
    ["entry-timeout", "5S", 5000, false],
  ] as const
) {
  Deno.test(`the timeout ${name}=${text} is ${value} ms${suspicious ? ", with a warning" : ""}`, async () => {
    const made = await plan(thinWorld(thinConfig({ [name]: text })));
    const key = `fuse.${name.replace("fuse.", "").replaceAll("-", "_").replace(/_ms$/, "")}_ms`;
    assert.equal(at(made, key), value);
    assert.deepEqual(codes(made), suspicious ? ["suspicious-timeout"] : []);
  });
}

for (
  const [name, text, key, value] of [
    ["entry-timeout", "5s", "fuse.entry_timeout_ms", 5000],
    ["fuse.attr_timeout", "1.5s", "fuse.attr_timeout_ms", 1500],
    ["negative_timeout", "250 ms", "fuse.negative_timeout_ms", 250],
    ["client.conn_timeout", "1m", "client.conn_timeout_ms", 60_000],
    ["mount-update-ttl", "10s", "client.mount_update_ttl_ms", 10_000],
    ["client.ttl", "7d", "client.ttl_ms", "7d"],
    ["client.close_timeout", "1500ms", "client.close_timeout_secs", 2],
    ["client.close-timeout", "9", "client.close_timeout_secs", 9],
    ["journal.retry_interval", "1m", "journal.retry_interval_secs", 60],
  ] as const
) {
  Deno.test(`the timeout ${name}=${text} is ${value} of ${key}`, async () => {
    const made = await plan(thinWorld(thinConfig({ [name]: text })));
    assert.equal(at(made, key), value);
    assert.deepEqual(codes(made), []);
  });
}

Deno.test("a timeout that is none is an error, and so is a unit where the name has one", async () => {
  const counted = "milliseconds, or a duration such as 500ms or 5s, is wanted";
  for (
    const [name, text, wanted, hint] of [
      ["entry-timeout", "soon", counted, undefined],
      ["fuse.attr_timeout", "1w", counted, 'write "7d"'],
      ["negative_timeout", "1min", counted, 'write "1m"'],
      ["client.close_timeout", "x", counted.replace("milliseconds", "seconds"), undefined],
      ["entry_timeout_ms", "5s", "a whole number from 0 is wanted", 'write "5000"'],
      ["client.close_timeout_secs", "5s", "a whole number from 0 is wanted", 'write "5"'],
    ] as const
  ) {
    const { problems } = await draft(thinWorld(thinConfig({ [name]: text })));
    assert.equal(problems[0]?.message, `is "${text}"; ${wanted}`, name);
    assert.equal(problems[0]?.hint, hint, name);
  }
});

Deno.test("a duration below a second without a unit is warned about, with the seconds that it looks like", async () => {
  const made = await plan(thinWorld(thinConfig({ node_cache_timeout: "60" })));
  assert.equal(at(made, "fuse.node_cache_timeout"), "60");
  assert.match(made.warnings[0]?.message ?? "", /taken as milliseconds.*for seconds write "60s"$/);
  for (const [name, text] of [["client.ttl_ms", "60"], ["node_cache_timeout", "5000"]] as const) {
    assert.deepEqual(codes(await plan(thinWorld(thinConfig({ [name]: text })))), [], name);
  }
});

Deno.test("Fluid's own options are no keys, and nobody is warned of them", async () => {
  const options = { "fluid.fuse.hostvolume": "/a:/b", "fluid.x": "" };
  for (
    const made of [
      await plan(thinWorld(thinConfig(options, { runtimeOptions: options }))),
      await plan(cacheWorld("worker", cacheConfig({ worker: { options } }))),
    ]
  ) {
    assert.deepEqual(codes(made), []);
    assert(!JSON.stringify(made.config.toml).includes("hostvolume"));
  }
});

Deno.test("a word of mount(2) is no key: it is left out with what to write", async () => {
  for (const text of ["true", "yes", "1", "false"]) {
    const one = await plan(thinWorld(thinConfig({ allow_other: text })));
    assert.deepEqual(codes(one), ["mount-option"], text);
    assert.match(one.warnings[0]?.message ?? "", /\(write fuse_opts: allow_other\)$/);
    assert.equal(at(one, "fuse.allow_other"), undefined);
  }
  const other = await plan(thinWorld(thinConfig({ nonempty: "" })));
  assert.match(other.warnings[0]?.message ?? "", /"nonempty".*curvine-fuse takes no such\)$/);
  const meant = await plan(thinWorld(thinConfig({ mountOptions: "noatime" })));
  assert.match(meant.warnings[0]?.message ?? "", /did you mean "fuse_opts"\?$/);
  const short = await plan(thinWorld(thinConfig({ x: "1" })));
  assert.match(short.warnings[0]?.message ?? "", /; it is kept$/, "no flag of one letter is meant");
  const made = await plan(thinWorld(thinConfig({ noatime: "" })));
  assert.deepEqual(codes(made), ["mount-option"]);
  assert.match(made.warnings[0]?.message ?? "", /fuse_opts: noatime/);
  assert.equal(at(made, "fuse.noatime"), undefined);
  const worker = await plan(cacheWorld("worker", cacheConfig({ worker: { options: { ro: "" } } })));
  assert.deepEqual(codes(worker), ["unknown-option"]);
});

Deno.test("a value that names a secret file is replaced by its content", async () => {
  const world = thinWorld(thinConfig({
    "client.some_token": "/etc/fluid/secrets/cred/token",
    "io-threads": "/etc/fluid/secrets/cred/threads",
    "master-endpoints": "/etc/fluid/secrets/cred/masters",
  }));
  const files = {
    ...world.files,
    "/etc/fluid/secrets/cred/token": "s3cr3t\n",
    "/etc/fluid/secrets/cred/threads": "7\n",
    "/etc/fluid/secrets/cred/masters": "m7:8995\n",
  };
  const made = await plan({ ...world, files });
  assert.equal(at(made, "client.some_token"), "s3cr3t");
  assert.equal(at(made, "fuse.io_threads"), 7);
  assert.deepEqual(at(made, "client.master_addrs"), [{ hostname: "m7", port: 8995 }]);
});

Deno.test("a missing or strange secret file is an error that names it", async () => {
  const world = thinWorld(thinConfig({
    "client.a": "/etc/fluid/secrets/cred/none",
    "client.b": "/etc/fluid/secrets/../../passwd",
    "client.c": "/etc/fluid/secrets/cred/binary",
    "io-threads": "/etc/fluid/secrets/cred/text",
    "master-endpoints": "/etc/fluid/secrets/cred/nowhere",
  }));
  const { problems } = await draft({
    ...world,
    files: {
      ...world.files,
      "/etc/fluid/secrets/cred/binary": new Uint8Array([0xff]),
      "/etc/fluid/secrets/cred/text": "hunter2",
    },
  });
  const lines = problems.map(({ path, message }) => `${path} ${message}`).join("\n");
  assert.match(lines, /options\.client\.a the secret file ".*cred\/none" does not exist/);
  assert.match(lines, /options\.client\.b names ".*passwd"/);
  assert.match(lines, /options\.client\.c the secret file ".*" is not UTF-8/);
  assert.match(lines, /io-threads is the content of ".*cred\/text"; a whole number/);
  assert.match(lines, /master-endpoints the secret file ".*nowhere" does not exist/);
  assert(!lines.includes("hunter2"));
});

Deno.test("an option with half of a surrogate pair is an error, for TOML cannot hold it", async () => {
  const { problems } = await draft(thinWorld(thinConfig({ "client.storage_type": "a\ud800" })));
  assert.match(problems[0]?.message ?? "", /surrogate/);
});

Deno.test("a bare option of a master may be the journal's, and the old names count everywhere", () => {
  const target = (scope: OptionScope, name: string): string => {
    const found = optionTarget(scope, name);
    return found === undefined ? "" : [found.section, ...found.path].join(".");
  };
  assert.equal(target("master", "raft_tick_interval_ms"), "journal.raft_tick_interval_ms");
  assert.equal(target("master", "rpc_port"), "master.rpc_port");
  assert.equal(target("worker", "raft_tick_interval_ms"), "worker.raft_tick_interval_ms");
  for (const scope of ["master", "worker", "client", "thin"] as const) {
    assert.equal(target(scope, "journal_dir"), "journal.journal_dir");
    assert.equal(target(scope, "journal-port"), "journal.rpc_port");
    assert.equal(target(scope, "raft_port"), "journal.rpc_port");
    assert.equal(target(scope, "master_hostname"), "master.hostname");
    assert.equal(target(scope, "worker-hostname"), "worker.hostname");
    assert.equal(target(scope, "fuse.entry-timeout"), "fuse.entry_timeout_ms");
    assert.equal(target(scope, "fuse.enable_write_back"), "fuse.write_back_cache");
    assert.equal(target(scope, "journal.journal_port"), "journal.rpc_port");
  }
  for (const scope of ["client", "thin"] as const) {
    assert.equal(target(scope, "mnt-per-task"), "fuse.tasks_per_mnt");
    assert.equal(target(scope, "meta_cache_ttl"), "fuse.meta_cache_timeout");
  }
  assert.equal(target("worker", "entry_timeout"), "worker.entry_timeout");
  assert.equal(target("thin", "master-web-port"), "master.web_port");
  assert.equal(target("master", "master-web-port"), "master.master-web-port");
});

Deno.test("a word that Curvine does not take, or takes for its default, is kept with a warning", async () => {
  const options = { "fuse.log.level": "WARNING", "client.ttl_action": "evict" };
  const made = await plan(thinWorld(thinConfig(options)));
  assert.equal(at(made, "fuse.log.level"), "WARNING");
  const [level, action] = made.warnings.filter(({ code }) => code === "unknown-word");
  assert.equal(level?.path, "mounts[0].options.fuse.log.level");
  assert.match(
    level?.message ?? "",
    /is "WARNING"; one of error, warn, info, debug, trace is wanted.*\(write "warn"\)$/,
  );
  assert.match(action?.message ?? "", /is "evict"; one of none, delete, free is wanted/);
});

Deno.test("a unit behind a number that counts milliseconds is answered with the number", async () => {
  const { problems } = await draft(thinWorld(thinConfig({ "client.conn_timeout_ms": "1.5s" })));
  assert.equal(problems[0]?.hint, 'write "1500"');
});
