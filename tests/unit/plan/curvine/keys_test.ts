import assert from "node:assert/strict";
import {
  CURVINE_KEYS,
  type Key,
  lookUpKey,
  sectionKeys,
} from "../../../../lib/plan/curvine/key_table.ts";

Deno.test("keys are looked up by section, nested tables by their own keys", () => {
  assert.deepEqual(lookUpKey("", ["cluster_id"]), ["string", "curvine"]);
  assert.deepEqual(lookUpKey("fuse", ["umask"]), ["octal", 18]);
  assert.deepEqual(lookUpKey("master", ["audit_log", "level"]), ["string", "INFO"]);
  assert.deepEqual(lookUpKey("master", ["compatibility", "blocked_versions"]), ["list"]);
  assert.equal(lookUpKey("worker", ["log"]), "table");
  assert.equal(lookUpKey("journal", ["rocksdb", "anything"]), "open");
  assert.deepEqual(lookUpKey("job", ["master_max_concurrent_load_jobs"]), ["count", 16]);
});

Deno.test("what Curvine does not know is unknown, also names of Object's own members", () => {
  for (const path of [["rpc_prot"], ["log", "no"], ["log", "level", "x"], ["rpc_port", "x"], []]) {
    assert.equal(lookUpKey("worker", path), undefined, path.join("."));
  }
  for (const name of ["__proto__", "constructor", "toString"]) {
    assert.equal(lookUpKey("worker", [name]), undefined);
    assert.equal(lookUpKey(name, ["x"]), undefined);
    assert.equal(lookUpKey("worker", ["log", name]), undefined);
    assert.deepEqual(sectionKeys(name), {});
  }
});

Deno.test("every flag of curvine-fuse is a key of [fuse]", () => {
  // Curvine, curvine-fuse: the table of flags.
  const flags = "mnt-path fs-path mnt-number debug readonly io-threads worker-threads " +
    "tasks-per-mnt clone-fd fuse-channel-size stream-channel-size direct-io cache-readdir " +
    "write-back-cache non-seekable remember enable-meta-cache read-dir-fill-ino " +
    "check-permission metrics-enabled entry-timeout-ms attr-timeout-ms negative-timeout-ms " +
    "max-background congestion-threshold node-cache-timeout web-port list-limit";
  const keys = Object.keys(CURVINE_KEYS.fuse);
  for (const flag of flags.split(" ")) assert(keys.includes(flag.replaceAll("-", "_")), flag);
});

Deno.test("every entry of the table is a key with a type, found by its name and by nothing else", () => {
  const types = "string integer count u16 port boolean float octal duration size list".split(" ");
  for (const [section, keys] of Object.entries(CURVINE_KEYS)) {
    for (const [name, key] of Object.entries<Key>(keys)) {
      const [type, preset] = key;
      assert.match(name, /^[a-z][a-z0-9_]*$/);
      assert(types.includes(type), `${section}.${name}: ${type}`);
      const wanted = type === "boolean"
        ? "boolean"
        : /^(string|duration|size)$/.test(type)
        ? "string"
        : "number";
      assert(preset === undefined || typeof preset === wanted, `${section}.${name}: ${preset}`);
      assert(typeof preset !== "number" || Number.isFinite(preset), `${section}.${name}`);
      assert.deepEqual(lookUpKey(section, [name]), key);
      for (const wrong of [`${name} ${type}`, name.slice(1), `\n${name}`, `${name}\n`]) {
        if (!Object.hasOwn(keys, wrong)) {
          assert.equal(lookUpKey(section, [wrong]), undefined, JSON.stringify(wrong));
        }
      }
    }
  }
});
